"""Test signing in: accounts are not revealed, guesses are limited, and signing out ends the session."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext, override

from tests import acts
from tests.conftest import StrictClient
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

LOGIN = "/sign-in/"
PASSWORD = "ouvrage-cast"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def sign_in(client: Any, email: str, password: str) -> Any:
    """Try to sign in."""
    return client.post(LOGIN, {"login": email, "password": password})


def words(answer: Any) -> str:
    """Return the page without tokens and typed values."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"', "", answer.content.decode())
    return re.sub(r"\S+@example\.org", "@", text)


def test_the_door_opens_with_the_password_whatever_the_case_of_the_address(client: Any, owner: Any) -> None:
    answer = sign_in(client, "Owner@Example.org", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/start/")
    assert client.get("/projects/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_the_same(client: Any) -> None:
    known, unknown = sign_in(client, "owner@example.org", "wrong"), sign_in(client, "nobody@example.org", "wrong")
    assert known.status_code == unknown.status_code == 200
    assert words(known) == words(unknown)


def test_a_closed_account_looks_the_same_too(client: Any) -> None:
    closed = sign_in(client, "inactive.owner@example.org", PASSWORD)
    unknown = sign_in(client, "nobody@example.org", PASSWORD)
    assert closed.status_code == unknown.status_code == 200
    assert words(closed) == words(unknown)
    assert client.get("/projects/").status_code == 302


def test_asking_for_a_new_password_looks_the_same_and_writes_only_to_accounts(client: Any) -> None:
    path = reverse("account_reset_password")
    for email, mails in (("nobody@example.org", 0), ("inactive.owner@example.org", 0), ("owner@example.org", 1)):
        answer = client.post(path, {"email": email})
        assert (answer.status_code, answer["Location"]) == (302, reverse("account_reset_password_done"))
        assert len(mail.outbox) == mails, email


def test_the_link_in_the_mail_gives_a_new_password_once(client: Any) -> None:
    client.post(reverse("account_reset_password"), {"email": "owner@example.org"})
    [link] = re.findall(r"https?://\S+/password/reset/\S+", mail.outbox[0].body)
    path = re.sub(r"^https?://[^/]+", "", link)
    form = client.get(path, follow=True)
    answer = client.post(form.redirect_chain[-1][0], {"password1": "a-new-password-9", "password2": "a-new-password-9"})
    assert answer["Location"] == reverse("account_reset_password_from_key_done")
    assert sign_in(StrictClient(), "owner@example.org", "a-new-password-9").status_code == 302
    assert sign_in(StrictClient(), "owner@example.org", PASSWORD).status_code == 200
    assert not StrictClient().get(path, follow=True).redirect_chain


@pytest.mark.parametrize("door", [LOGIN, "/admin/login/"])
def test_guessing_is_stopped_after_some_tries_even_with_the_right_password(door: str, client: Any) -> None:
    for guess in range(20):
        client.post(
            door, {"login": "superuser@example.org", "username": "superuser@example.org", "password": str(guess)}
        )
    client.post(door, {"login": "superuser@example.org", "username": "superuser@example.org", "password": PASSWORD})
    assert client.get("/admin/").status_code == 302


def test_behind_a_proxy_the_guesses_of_one_address_lock_nobody_else_out(client: Any, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for guess in range(12):
        fields = {"login": f"nobody{guess}@example.org", "password": "wrong"}
        client.post(LOGIN, fields, headers={"x-forwarded-for": f"198.51.100.{guess}, 203.0.113.9"})
    right = {"login": "owner@example.org", "password": PASSWORD}
    same = client.post(LOGIN, right, headers={"x-forwarded-for": "203.0.113.9"})
    assert same.status_code == 200, "what a client itself claims before the proxy does not count"
    assert client.post(LOGIN, right, headers={"x-forwarded-for": "203.0.113.10"}).status_code == 302


def test_nobody_opens_an_account(client: Any) -> None:
    assert client.get("/signup/").status_code == client.get("/accounts/signup/").status_code
    assert client.get("/accounts/signup/").status_code in {302, 404}


def test_signing_in_changes_the_session(client: Any) -> None:
    client.get(LOGIN)
    client.cookies["sessionid"] = "chosen-by-somebody-else-000000000"
    sign_in(client, "owner@example.org", PASSWORD)
    assert client.cookies["sessionid"].value != "chosen-by-somebody-else-000000000"


def test_signing_out_takes_a_post_and_ends_the_session(owner: Any, client_of: Any) -> None:
    client = client_of(owner)
    key = client.cookies["sessionid"].value
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get("/projects/").status_code == 200
    client.post(reverse("account_logout"))
    assert client.get("/projects/").status_code == 302
    client.cookies["sessionid"] = key
    assert client.get("/projects/").status_code == 302


def test_an_account_closed_meanwhile_is_out_at_once(owner: Any, client_of: Any) -> None:
    from core.acts import acting_as

    client = client_of(owner)
    owner.is_active = False
    with acting_as(owner):
        owner.save()
    assert client.get("/projects/").status_code == 302


# — forms that come from elsewhere —


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("name", "by", "on"),
    [
        ("decide", "owner", "ready_for_decision"),
        ("advise", "pmo", "submitted"),
        ("submit", "amoa", "draft"),
        ("withdraw", "amoa", "draft"),
        ("lift", "owner", "conditions_open"),
        ("draft", "amoa", "draft"),
        ("edit", "amoa", "draft"),
        ("take_up", "pmo", "submitted"),
        ("preferences", "owner", "draft"),
        ("sign_out", "owner", "draft"),
        ("read_notifications", "owner", "draft"),
    ],
)
def test_a_form_without_its_token_records_nothing(
    name: str, by: str, on: str, language: str, cast: Any, proposal: Any
) -> None:
    client = StrictClient(enforce_csrf_checks=True)
    client.force_login(cast[by])
    path, fields = act(name, proposal(on))
    before = acts.count_evidence()
    answer = client.post(path, fields, headers={"accept-language": language})
    assert answer.status_code == 403
    with override(language):
        assert gettext("The form has expired") in answer.content.decode()
    assert acts.count_evidence() == before
    assert client.get("/projects/").status_code == 200


def test_a_form_of_several_megabytes_is_too_large_before_its_token_is_read(owner: Any, proposal: Any) -> None:
    client = StrictClient(enforce_csrf_checks=True)
    client.force_login(owner)
    file = proposal("ready_for_decision")
    client.get(file.get_absolute_url())
    path, fields = act("decide", file, reasons="a" * 3_000_000)
    token = client.cookies["csrftoken"].value
    assert client.post(path, fields | {"csrfmiddlewaretoken": token}).status_code == 400
