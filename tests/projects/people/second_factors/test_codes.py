"""Test code apps and recovery codes: added, asked for at sign-in, each code once; guesses are counted."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from core.allauth_internals import METHODS, format_hotp_value, hotp_value
from core.pages.sessions.sign_ins import FIRST
from projects.models import Credential
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import give_credential
from roles.models import User
from roles.second_factors.codes import count_recovery_codes
from tests.conftest import StrictClient
from tests.roles.reauthentication.test_reauthentication import FIELD, PASSWORD, grow_old, is_page

pytestmark = pytest.mark.django_db
ADD, CODES, STEP = "/account/code-app/", "/account/recovery-codes/", "/sign-in/second-step/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def show(secret: str, periods: int = 0) -> str:
    """Return the code that the app shows now, or some periods later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def open_page(client: Any) -> tuple[str, str]:
    """Open the page that adds a code app; return its seal and its secret."""
    text = client.get(ADD).text
    seal, secret = re.search(r'name="seal" value="([^"]+)"', text), re.search(r'class="mono">([A-Z2-7 ]+)<', text)
    assert seal
    assert secret
    return seal[1], secret[1].replace(" ", "")


def add(client: Any) -> tuple[str, list[str]]:
    """Add a code app by the pages; return its secret and the recovery codes."""
    seal, secret = open_page(client)
    answer = client.post(ADD, {"seal": seal, "code": show(secret)})
    return secret, re.findall(r"<li>(\d{8})</li>", answer.text)


def give_password(person: User) -> Any:
    """Give the password of the cast; return the client, at the second step."""
    browser = StrictClient(headers=ENGLISH)
    answer = browser.post("/sign-in/", {"login": person.email, "password": PASSWORD, "next": "/account/"})
    assert answer["Location"] == STEP
    return browser


def is_signed_in(client: Any) -> bool:
    return "_auth_user_id" in client.session


def test_a_code_app_is_added_with_recovery_codes_and_asked_for(pmo: User, english: Any, time_machine: Any) -> None:
    client = english(pmo)
    seal, secret = open_page(client)
    assert client.post(ADD, {"seal": seal, "code": "000000"}).status_code == 422
    assert client.post(ADD, {"seal": "x", "code": show(secret)}).status_code == 422, "the secret is that of the page"
    answer = client.post(f"{ADD}?next=/notifications/", {"seal": seal, "code": show(secret)})
    codes = re.findall(r"<li>(\d{8})</li>", answer.text)
    assert len(set(codes)) == 10
    assert 'href="/notifications/"' in answer.text
    assert 'download="ouvrage-recovery-codes.txt"' in answer.text
    kinds = [credential.kind for credential in Credential.objects.living().filter(person=pmo).order_by("pk")]
    assert kinds == ["code_app", "recovery_codes"]
    stored = str(list(Authenticator.objects.filter(user=pmo).values_list("data", flat=True)))
    assert secret not in stored, "secrets are encrypted"
    assert not any(code in stored for code in codes)
    browser = give_password(pmo)
    assert not is_signed_in(browser)
    assert browser.get("/account/")["Location"].startswith("/sign-in/")
    assert browser.get("/sign-in/")["Location"] == STEP
    assert browser.post(STEP, {"code": show(secret)}).status_code == 422, "the code that added the app is used up"
    time_machine.move_to(timezone.now() + timedelta(seconds=60))
    code = show(secret)
    answer = browser.post(STEP, {"code": f"{code[:3]} {code[3:]}"})
    assert answer["Location"] == "/account/"
    assert [(method["method"], method.get("type")) for method in browser.session[METHODS]] == [
        ("password", None),
        ("mfa", "totp"),
    ]
    assert give_password(pmo).post(STEP, {"code": code}).status_code == 422, "a code works once"


def test_a_recovery_code_works_once(pmo: User, english: Any) -> None:
    client = english(pmo)
    _secret, codes = add(client)
    browser = give_password(pmo)
    assert browser.post(STEP, {"code": codes[3]}).status_code == 302
    assert browser.session[METHODS][-1]["type"] == "recovery_codes"
    assert "9 codes left" in client.get("/account/").text
    assert give_password(pmo).post(STEP, {"code": codes[3]}).status_code == 422
    assert "Your previous codes stop working" in client.get(CODES).text
    others = re.findall(r"<li>(\d{8})</li>", client.post(CODES).text)
    assert not set(others) & set(codes)
    assert give_password(pmo).post(STEP, {"code": codes[4]}).status_code == 422
    assert give_password(pmo).post(STEP, {"code": others[4]}).status_code == 302


def test_recovery_codes_need_a_factor_that_they_stand_in_for(pmo: User, english: Any) -> None:
    assert english(pmo).post(CODES).status_code == 409
    assert not Authenticator.objects.filter(user=pmo).exists()


def test_wrong_codes_are_counted_by_account_and_browser(pmo: User, amoa: User, english: Any) -> None:
    _secret, codes = add(english(pmo))
    _other, others = add(english(amoa))
    browser = give_password(pmo)
    for guess in range(5):
        assert browser.post(STEP, {"code": f"00000{guess}"}).status_code == 422
    answer = browser.post(STEP, {"code": codes[0]})
    assert (answer.status_code, "Too many wrong codes" in answer.text) == (422, True)
    assert count_recovery_codes(pmo) == 10
    assert give_password(amoa).post(STEP, {"code": others[0]}).status_code == 302
    for address in range(20):  # from elsewhere, slowly, with the password
        cache_free = give_password(pmo)
        cache_free.defaults["REMOTE_ADDR"] = f"192.0.2.{address}"
        cache_free.post(STEP, {"code": "000000"})
    last = give_password(pmo)
    last.defaults["REMOTE_ADDR"] = "198.51.100.7"
    assert "for this account" in last.post(STEP, {"code": codes[0]}).text


def test_somebody_else_may_sign_in_from_the_second_step(pmo: User, amoa: User, english: Any) -> None:
    add(english(pmo))
    browser = give_password(pmo)
    assert pmo.email in browser.get(STEP).text
    assert browser.post(STEP, {"cancel": "1"})["Location"] == "/sign-in/"
    assert browser.get(STEP)["Location"] == "/sign-in/"
    assert browser.post("/sign-in/", {"login": amoa.email, "password": PASSWORD}).status_code == 302
    assert browser.session["_auth_user_id"] == str(amoa.pk)


def begin_first_session(person: User, english: Any) -> Any:
    """Return the client in the session of an invitation, whose factors count at once."""
    give_credential(actor=person, person=person, kind=CredentialKind.PASSWORD, origin=Origin.FIRST)
    client = english(person)
    session = client.session
    session[FIRST] = True
    session.save()
    return client


def test_a_code_that_does_not_count_yet_confirms_nobody(pmo: User, english: Any) -> None:
    client = english(pmo)
    _secret, codes = add(client)
    answer = grow_old(client).post(ADD, {"reauthenticate-opened": "1", FIELD: "", "reauthenticate-code": codes[0]})
    assert "it proves nothing until you confirm it from your mailbox" in answer.text
    assert is_page(grow_old(client).get(ADD))


def test_a_code_confirms_who_one_is(pmo: User, english: Any) -> None:
    client = begin_first_session(pmo, english)
    _secret, codes = add(client)
    page = grow_old(client).get(ADD)
    assert is_page(page)
    assert "reauthenticate-code" in page.text
    opened = {"reauthenticate-opened": "1"}
    assert is_page(client.post(ADD, opened | {FIELD: "", "reauthenticate-code": "12345678"}))
    assert client.post(ADD, opened | {FIELD: "", "reauthenticate-code": codes[0]})["Location"] == ADD
    assert client.session[METHODS][-1]["reauthenticated"]


def test_another_code_app_ends_the_one_before(pmo: User, english: Any, time_machine: Any) -> None:
    client = english(pmo)
    before, codes = add(client)
    after, none = add(client)
    assert (len(codes), none) == (10, []), "the recovery codes stay"
    time_machine.move_to(timezone.now() + timedelta(seconds=60))
    assert give_password(pmo).post(STEP, {"code": show(before)}).status_code == 422
    assert give_password(pmo).post(STEP, {"code": show(after)}).status_code == 302
    apps = Credential.objects.filter(person=pmo, kind=CredentialKind.CODE_APP).order_by("pk")
    assert [app.ended_at is None for app in apps] == [False, True]


def test_a_secret_stored_under_another_key_opens_nothing_and_breaks_nothing(
    pmo: User, english: Any, settings: Any
) -> None:
    client = english(pmo)
    secret, codes = add(client)
    for stored in Authenticator.objects.filter(user=pmo):
        stored.data = {name: "gAAAAA" if name in {"secret", "seed"} else value for name, value in stored.data.items()}
        stored.save()
    assert client.get("/account/").status_code == 200
    browser = give_password(pmo)
    assert browser.post(STEP, {"code": show(secret, 1)}).status_code == 422
    assert browser.post(STEP, {"code": codes[0]}).status_code == 422


def test_a_code_app_is_removed_with_its_recovery_codes(pmo: User, english: Any) -> None:
    client = english(pmo)
    add(client)
    app = Credential.objects.living().get(person=pmo, kind=CredentialKind.CODE_APP)
    client.post(reverse("projects:second_factors:factor_remove", args=[app.pk]))
    assert not Authenticator.objects.filter(user=pmo).exists()
    browser = StrictClient()
    browser.post("/sign-in/", {"login": pmo.email, "password": PASSWORD})
    assert is_signed_in(browser)
