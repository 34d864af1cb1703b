"""Test the security headers of every answer: only our own scripts, styles, frames and forms.

Every page of the product is looked at in tests/pages/test_page_rules.py.
"""

from hashlib import sha256
from typing import Any

import pytest
from django.urls import reverse

from core.acts import acting_as
from projects.models import Logo
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
PNG = b"\x89PNG\r\n\x1a\n"
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def guarded(answer: Any) -> bool:
    """Return whether the answer carries the whole policy and nothing that loosens it."""
    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()}
    return policy == POLICY and {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_the_admin_site_does_too(superuser: Any, client_of: Any) -> None:
    client = client_of(superuser)
    for path in ("/admin/", "/admin/roles/user/", "/admin/projects/mandate/", "/admin/governance/decision/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert guarded(answer), path


def test_the_pages_of_plight_do_too(client: Any, owner: Any, client_of: Any, monkeypatch: Any) -> None:
    broken = client_of(owner)
    broken.raise_request_exception = False
    monkeypatch.setattr("governance.desk.home.views._list_terms", lambda project: 1 / 0)
    answers = {
        400: client.get("/", headers={"host": "evil.example"}),
        404: broken.get("/nothing/"),
        405: broken.post(reverse("governance:inbox:inbox")),
        500: broken.get(reverse("governance:home:project_home", args=["ONE"])),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert guarded(answer), status


def test_pages_of_a_reader_are_kept_by_nobody_else(owner: Any, proposal: Any, client_of: Any) -> None:
    answer = client_of(owner).get(proposal("decided").get_absolute_url())
    assert "Cookie" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def is_private(answer: Any) -> bool:
    """Return whether nobody but the reader, and no disk, keeps the answer."""
    return {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))


def test_redirects_refusals_and_files_are_private_too(owner: Any, moe: Any, proposal: Any, client_of: Any) -> None:
    client, file = client_of(owner), proposal("decided")
    client.raise_request_exception = False
    answers = [
        client.get("/start/"),
        client.get("/nothing/"),
        client.get(reverse("roles:preferences")),
        client.post(reverse("roles:preferences"), {"language": "en", "next": "/"}),
        client_of(moe).post(act("decide", file)[0], act("decide", file)[1]),
        client.get(reverse("projects:people:person_list")),
        client.post(reverse("account_logout")),
    ]
    assert [answer.status_code for answer in answers if not is_private(answer)] == []


def test_what_everybody_may_keep_stays_public(owner: Any, client_of: Any) -> None:
    with acting_as(owner):
        picture = Logo.objects.create(content=PNG, sha256=sha256(PNG).hexdigest(), media_type="image/png")
    answer = client_of(owner).get(picture.get_absolute_url())
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_request_is_never_sent_back(client: Any, owner: Any, client_of: Any) -> None:
    for browser, path in ((client, "/sign-in/"), (client, "/healthz"), (client_of(owner), "/account/")):
        answer = browser.generic("TRACE", path, headers={"x-secret": "a-secret"})
        assert answer.status_code == 405
        assert b"a-secret" not in answer.content


@pytest.mark.parametrize("has_tls", [True, False])
def test_every_cookie_of_ours_is_locked(has_tls: bool, client: Any, settings: Any) -> None:
    settings.HTTPS, settings.COOKIE_PREFIX = has_tls, "__Host-" if has_tls else ""
    for chosen in ({"theme": "dark"}, {"language": "en"}):
        client.post(reverse("roles:preferences"), chosen)
    for name in ("theme", "django_language"):
        cookie = client.cookies[f"{settings.COOKIE_PREFIX}{name}"]
        assert (bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"]) == (has_tls, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_the_server_does_not_say_what_it_is(client: Any) -> None:
    answer = client.get(reverse("account_login"))
    assert not answer.headers.keys() & {"X-Powered-By", "Server", "Access-Control-Allow-Origin"}


def test_a_folder_is_not_listed(client: Any) -> None:
    for path in ("/static/", "/static/js/"):
        assert client.get(path).status_code == 404
