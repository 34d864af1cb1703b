"""Test signing in: accounts are not revealed, guesses are limited, and signing out ends the session."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from roles.accounts.limits import build_link_token
from roles.models import User
from tests import acts
from tests.conftest import StrictClient
from tests.database import close_account
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

LOGIN = "/sign-in/"
PASSWORD = "ouvrage-cast"
ENGLISH = {"accept-language": "en"}


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


@pytest.mark.parametrize("path", [LOGIN, "/password/reset/", "/sign-in/link/"])
@pytest.mark.parametrize(("language", "label"), [("fr", "Adresse électronique"), ("en", "Email address")])
def test_an_address_has_one_name_on_every_page_before_the_door(
    path: str, language: str, label: str, client: Any
) -> None:
    page = client.get(path, headers={"accept-language": language}).content.decode()
    assert re.search(rf"<label[^>]*>\s*{label}\s*<", page)


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


def test_the_link_in_the_mail_works_for_a_day(client: Any) -> None:
    client.post(reverse("account_reset_password"), {"email": "owner@example.org"})
    [link] = re.findall(r"https?://[^/]+(/password/reset/\S+)", mail.outbox[0].body)
    with time_machine.travel(timezone.now() + timedelta(hours=22)):
        assert StrictClient().get(link).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(hours=26)):
        assert StrictClient().get(link).status_code == 200, "the page that says so"


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


# — limits that keep no owner out —


STRANGER, OFFICE, HOME = "203.0.113.66", "198.51.100.4", "192.0.2.7"
OWNER = {"login": "owner@example.org", "password": PASSWORD}


def guess(times: int, address: str = STRANGER, email: str = "owner@example.org") -> list[Any]:
    """Try wrong passwords, each in a browser of its own."""
    wrong = {"login": email, "password": "wrong"}
    return [StrictClient(REMOTE_ADDR=address).post(LOGIN, wrong, headers=ENGLISH) for _ in range(times)]


def known_browser(address: str = OFFICE) -> StrictClient:
    """Return a browser in which the owner has signed in before and is signed out."""
    browser = StrictClient(REMOTE_ADDR=address)
    assert browser.post(LOGIN, OWNER).status_code == 302
    browser.post(reverse("account_logout"))
    return browser


def test_a_stranger_who_guesses_keeps_the_owner_out_nowhere_else(owner: Any) -> None:
    refused = guess(7)
    assert "Too many wrong passwords. Wait five minutes" in refused[-1].content.decode()
    assert StrictClient(REMOTE_ADDR=STRANGER).post(LOGIN, OWNER).status_code == 200
    assert StrictClient(REMOTE_ADDR=HOME).post(LOGIN, OWNER).status_code == 302


def test_a_colleague_behind_the_same_address_does_not_lock_the_browser_of_the_owner(owner: Any) -> None:
    browser = known_browser()
    guess(12, OFFICE)
    assert StrictClient(REMOTE_ADDR=OFFICE).post(LOGIN, OWNER).status_code == 200
    assert browser.post(LOGIN, OWNER).status_code == 302


def test_guesses_from_everywhere_leave_known_browsers_open_sessions_and_a_link(
    owner: Any, client_of: Any, mailoutbox: list[Any]
) -> None:
    open_session, browser, fresh = client_of(owner), known_browser(), StrictClient(REMOTE_ADDR=HOME)
    for place in range(60):
        [answer] = guess(1, f"203.0.113.{place}")
    assert "Get a sign-in link to sign in from here." in answer.content.decode()
    assert fresh.post(LOGIN, OWNER).status_code == 200
    assert open_session.get("/projects/").status_code == 200
    assert browser.post(LOGIN, OWNER).status_code == 302
    fresh.post(reverse("account_sign_in_link"), {"email": "Owner@example.org"})
    [link] = re.findall(r"https?://[^/]+(/sign-in/link/\S+)", mailoutbox[-1].body)
    assert fresh.get(link).status_code == 200
    assert fresh.post(LOGIN, OWNER).status_code == 200, "the link is opened by a post, not by a scanner of mails"
    assert fresh.post(link)["Location"] == LOGIN
    assert fresh.get("/projects/").status_code == 302, "the link signs nobody in"
    assert fresh.post(LOGIN, OWNER).status_code == 302


def test_a_known_browser_has_its_own_limit(owner: Any) -> None:
    browser = known_browser()
    for _ in range(5):
        browser.post(LOGIN, OWNER | {"password": "wrong"})
    assert browser.post(LOGIN, OWNER).status_code == 200


def test_the_cookie_of_another_person_or_a_forged_one_makes_no_browser_known(owner: Any, pmo: Any) -> None:
    other = StrictClient(REMOTE_ADDR=STRANGER)
    assert other.post(LOGIN, {"login": pmo.email, "password": PASSWORD}).status_code == 302
    other.post(reverse("account_logout"))
    forged = StrictClient(REMOTE_ADDR=STRANGER)
    forged.cookies["known_browser"] = known_browser().cookies["known_browser"].value[:-1] + "x"
    guess(7)
    assert other.post(LOGIN, OWNER).status_code == 200
    assert forged.post(LOGIN, OWNER).status_code == 200


def test_guesses_on_an_unknown_account_look_the_same_at_every_step(client: Any) -> None:
    for place in range(60):
        address = f"203.0.113.{place}"
        known, unknown = guess(1, address), guess(1, address, "nobody@example.org")
        assert words(known[0]) == words(unknown[0]), place


def test_the_link_looks_the_same_for_every_address_and_is_sent_to_open_accounts_alone(
    client: Any, mailoutbox: list[Any]
) -> None:
    path = reverse("account_sign_in_link")
    for email, mails in (("nobody@example.org", 0), ("inactive.owner@example.org", 0), ("owner@example.org", 1)):
        answer = client.post(path, {"email": email})
        assert (answer.status_code, answer["Location"]) == (302, reverse("account_reset_password_done"))
        assert len(mailoutbox) == mails, email


# — links that strangers ask for —


LINK_PAGES = ["account_sign_in_link", "account_reset_password"]


def ask(name: str, address: str, email: str = "owner@example.org", browser: StrictClient | None = None) -> Any:
    """Ask for a link, in a browser of its own unless one is given."""
    return (browser or StrictClient(REMOTE_ADDR=address)).post(reverse(name), {"email": email}, headers=ENGLISH)


def read_links(mails: list[Any]) -> list[str]:
    """Return the paths of the links in the mails."""
    return [link for mail in mails for link in re.findall(r"https?://[^/]+(/(?:sign-in|password)/\S+)", mail.body)]


def test_strangers_with_many_addresses_do_not_use_up_the_way_out(owner: Any, mailoutbox: list[Any]) -> None:
    for place in range(64):
        guess(1, f"203.0.113.{place % 16}")
    asked = [ask(name, f"203.0.113.{place}") for name in LINK_PAGES for place in range(5)]
    fresh = StrictClient(REMOTE_ADDR="192.0.2.17")
    assert fresh.post(LOGIN, OWNER).status_code == 200, "the guesses keep unknown browsers out"
    asked.append(ask("account_sign_in_link", HOME, browser=fresh))
    assert {(answer.status_code, answer["Location"]) for answer in asked} == {(302, "/password/reset/sent/")}
    assert len(mailoutbox) == 6, "three of each kind, whoever asks"
    link = [path for path in read_links(mailoutbox) if path.startswith("/sign-in/link/")][-1]
    assert fresh.post(link)["Location"] == LOGIN
    assert fresh.post(LOGIN, OWNER).status_code == 302


@pytest.mark.parametrize("name", LINK_PAGES)
def test_whenever_a_person_asks_a_link_in_the_mailbox_works_for_half_an_hour(
    name: str, owner: Any, mailoutbox: list[Any]
) -> None:
    began = timezone.now().replace(hour=8, minute=0)
    for minute in range(0, 180, 3):  # strangers never stop
        with time_machine.travel(began + timedelta(minutes=minute), tick=False):
            assert ask(name, f"203.0.113.{minute}").status_code == 302
    assert len(mailoutbox) <= 3 * 6
    for minute in range(0, 180, 7):
        asked = began + timedelta(minutes=minute)
        with time_machine.travel(asked + timedelta(minutes=29), tick=False):
            newest = [mail for mail in mailoutbox if sent_at(mail) <= asked][-1]
            [link] = read_links([newest])
            page = StrictClient().get(link, follow=True, headers=ENGLISH).content.decode()
            assert "expired" not in page, minute


def sent_at(mail: Any) -> Any:
    """Return when a mail says that it was requested, on the day of this test."""
    [hour, minute] = re.findall(r"(?:requested at|Demandé à) (\d\d):(\d\d)", mail.body)[0]
    return timezone.localtime().replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)


@pytest.mark.parametrize("name", LINK_PAGES)
def test_a_known_browser_has_links_of_its_own(name: str, owner: Any, mailoutbox: list[Any]) -> None:
    browser = known_browser()
    for place in range(9):
        ask(name, f"203.0.113.{place}")
    for _ in range(25):
        ask(name, OFFICE, "nobody@example.org")
    assert ask(name, OFFICE).status_code == 429, "an unknown browser behind the address of who asks all the time"
    before = len(mailoutbox)
    assert [ask(name, OFFICE, browser=browser).status_code for _ in range(5)] == [302] * 5
    assert len(mailoutbox) == before + 3


@pytest.mark.parametrize("name", LINK_PAGES)
def test_how_many_links_are_asked_for_tells_of_no_account(name: str, mailoutbox: list[Any]) -> None:
    for email in ("owner@example.org", "nobody@example.org"):
        answers = [ask(name, f"203.0.113.{place}", email) for place in range(6)]
        assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/password/reset/sent/")}
    assert len(mailoutbox) == 3


def test_a_link_works_for_an_hour_and_while_the_account_is_open(owner: Any, client: Any) -> None:
    path = reverse("account_sign_in_from_here", args=[build_link_token(owner)])
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "known_browser" not in client.post(path).cookies
    assert "known_browser" in client.post(path).cookies
    close_account(owner, owner)
    assert "known_browser" not in StrictClient().post(path).cookies


@pytest.mark.parametrize("name", ["account_reset_password", "account_sign_in_link"])
def test_neither_the_time_of_a_mail_nor_its_loss_tells_of_an_account(
    name: str, client: Any, monkeypatch: Any, mailoutbox: list[Any]
) -> None:
    later: list[Any] = []
    monkeypatch.setattr("roles.accounts.mails.SENDERS.submit", lambda send, message: later.append((send, message)))
    answers = [client.post(reverse(name), {"email": email}) for email in ("owner@example.org", "nobody@example.org")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/password/reset/sent/")] * 2
    assert (len(later), mailoutbox) == (1, [])
    [(send, message)] = later
    monkeypatch.setattr(type(message), "send", lambda _message: (_ for _ in ()).throw(ConnectionRefusedError))
    send(message)


@pytest.mark.parametrize("email", ["nobody@example.org", "inactive.owner@example.org", "invited@example.org"])
def test_a_refused_sign_in_costs_as_many_hashes_as_a_known_account(email: str, monkeypatch: Any) -> None:
    User.objects.create_user("invited@example.org", name="Invited")
    hashed: list[str] = []
    encode = Argon2PasswordHasher.encode
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda self, *given: hashed.append("encode") or encode(self, *given)
    )
    verify = Argon2PasswordHasher.verify
    monkeypatch.setattr(
        Argon2PasswordHasher, "verify", lambda self, *given: hashed.append("verify") or verify(self, *given)
    )
    guess(1)
    known = len(hashed)
    guess(1, HOME, email)
    assert (known, len(hashed)) == (1, 2)


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
    client = client_of(owner)
    close_account(owner, owner)
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
