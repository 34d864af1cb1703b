"""Test the security headers of every answer: only our own scripts, styles, frames and forms."""

from typing import Any

import pytest
from django.urls import reverse

from tests.pages.visits import visits

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


def test_every_page_carries_the_strict_policy(cast: Any, proposal: Any, client_of: Any) -> None:
    assert [name for name, visit in visits(proposal) if not guarded(visit.by(client_of(cast[visit.member])))] == []


def test_the_admin_site_does_too(superuser: Any, client_of: Any) -> None:
    client = client_of(superuser)
    for path in ("/admin/", "/admin/roles/user/", "/admin/projects/mandate/", "/admin/governance/decision/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert guarded(answer), path


def test_the_pages_of_plight_do_too(client: Any, owner: Any, client_of: Any, monkeypatch: Any) -> None:
    broken = client_of(owner)
    broken.raise_request_exception = False
    monkeypatch.setattr("governance.home.views._list_terms", lambda project: 1 / 0)
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
    assert "public" not in answer.headers.get("Cache-Control", "")


def test_the_server_does_not_say_what_it_is(client: Any) -> None:
    answer = client.get(reverse("account_login"))
    assert not answer.headers.keys() & {"X-Powered-By", "Server"}
