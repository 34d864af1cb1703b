"""Test passkeys: added, used to sign in and to confirm, and removed; whatever else is sent is refused."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa import models as stored
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.allauth_internals import METHODS
from core.pages.sessions.sign_ins import FIRST
from projects.models import Credential, LedgerEvent, Notification
from projects.notices.tasks import relay
from projects.people.accounts.services import close_account
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import confirm_credential, end_credential, give_credential, rename_credential
from projects.people.second_factors.services import end_factors
from roles.models import User
from roles.passkeys.relying_party import is_available, origin, rp_id
from tests import acts
from tests.authenticator import PRESENT, VERIFIED, Authenticator
from tests.conftest import StrictClient
from tests.database import fire_deferred_triggers
from tests.pages.visits import act
from tests.roles.reauthentication.test_reauthentication import FIELD, PASSWORD, grow_old, is_page

pytestmark = pytest.mark.django_db
ADD, OPTIONS = "/account/passkeys/add/", "/account/passkeys/options/"
SIGN_IN, PROOF_OPTIONS = "/sign-in/passkey/", "/sign-in/passkey/options/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def add(client: Any, name: str = "Desk") -> Authenticator:
    """Add a passkey by the pages."""
    key = Authenticator(counter=1)
    answer = client.post(ADD, {"name": name, "credential": key.make(client.post(OPTIONS).json())})
    assert answer.status_code in {200, 302}, answer.text
    return key


def sign_in(key: Authenticator, client: Any = None, **lies: Any) -> Any:
    """Sign in with a passkey; return the client."""
    client = client or StrictClient(headers=ENGLISH)
    proof = key.answer(client.post(PROOF_OPTIONS).json(), **lies)
    client.answer = client.post(SIGN_IN, {"credential": proof, "next": "/account/"})
    client.proof = proof
    return client


def is_signed_in(client: Any) -> bool:
    return "_auth_user_id" in client.session


def test_the_relying_party_is_the_address_of_the_installation(settings: Any) -> None:
    for address, expected in {
        "https://ouvrage.example": ("ouvrage.example", "https://ouvrage.example", True),
        "https://ouvrage.example:443/": ("ouvrage.example", "https://ouvrage.example", True),
        "https://Ouvrage.example:8443": ("ouvrage.example", "https://ouvrage.example:8443", True),
        "http://localhost:8000": ("localhost", "http://localhost:8000", True),
        "http://ouvrage.example": ("ouvrage.example", "http://ouvrage.example", False),
        "http://127.0.0.1:8000": ("127.0.0.1", "http://127.0.0.1:8000", False),
    }.items():
        settings.BASE_URL = address
        assert (rp_id(), origin(), is_available()) == expected


def test_a_passkey_is_added_recorded_and_signs_in(pmo: User, english: Any) -> None:
    client = english(pmo)
    assert "It counts once you have confirmed it" in client.get(ADD).text
    key = add(client)
    passkey, codes = Credential.objects.living().filter(person=pmo).order_by("pk")
    assert (passkey.kind, passkey.origin, passkey.name, passkey.confirmed_at) == ("passkey", "added", "Desk", None)
    assert (bytes(passkey.public_key or b""), bytes(passkey.credential_id or b"")) == (
        key.public_key,
        key.credential_id,
    )
    assert codes.kind == "recovery_codes"
    assert Notification.objects.filter(recipient=pmo, reason="credential_changed").count() == 2
    assert "Desk" in client.get("/account/").text
    browser = sign_in(key)
    assert browser.answer["Location"] == "/account/"
    assert browser.session["_auth_user_id"] == str(pmo.pk)
    [method] = browser.session[METHODS]
    assert (method["method"], method["type"], method["passwordless"]) == ("mfa", "webauthn", True)
    again = sign_in(key, browser)
    assert again.answer["Location"] == "/", "who is signed in stays so"
    confirm_credential(actor=pmo, credential=passkey)
    codes.refresh_from_db()
    assert codes.confirmed_at, "the codes of the same act are confirmed with it"


def test_what_is_added_signs_in_and_is_no_proof_of_ones_own_hand(owner: User, proposal: Any, english: Any) -> None:
    key = add(english(owner))
    browser, file = sign_in(key), proposal("ready_for_decision")
    assert browser.get(file.get_absolute_url()).status_code == 200
    before = acts.count_evidence()
    assert is_page(browser.post(*act("decide", file)))
    assert acts.count_evidence() == before


LIES = {
    "another origin": ({"at": "http://localhost.example"}, {}),
    "a site below": ({"at": "http://evil.localhost:8000"}, {}),
    "another relying party": ({"of": "example.org"}, {}),
    "nobody was verified": ({"flags": PRESENT}, {}),
    "nobody was there": ({"flags": VERIFIED}, {}),
    "another challenge": ({}, {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}),
    "the making of a passkey": ({}, {"kind": "webauthn.create"}),
    "another person": ({"handle": bytes(16)}, {}),
    "no person": ({"handle": None}, {}),
    "an unknown passkey": ({"credential_id": bytes(32)}, {}),
    "another key": ({"key": Authenticator().key}, {}),
    "a counter that went back": ({"counter": -1}, {}),
}


def test_whatever_else_is_proved_signs_nobody_in(pmo: User, english: Any) -> None:
    key = add(english(pmo))
    honest = sign_in(key)
    assert is_signed_in(honest)
    for name, (attributes, lies) in LIES.items():
        true = {attribute: getattr(key, attribute) for attribute in attributes}
        for attribute, lie in attributes.items():
            setattr(key, attribute, lie)
        browser = sign_in(key, **lies)
        assert (browser.answer.status_code, browser.answer["Location"]) == (302, "/sign-in/"), name
        assert not is_signed_in(browser), name
        for attribute, value in true.items():
            setattr(key, attribute, value)
    cache.clear()
    assert is_signed_in(sign_in(key))


def test_a_proof_works_once_where_it_was_asked_for(pmo: User, english: Any) -> None:
    key = add(english(pmo))
    proof = sign_in(key).proof
    other = StrictClient()
    for _attempt in range(2):
        other.post(PROOF_OPTIONS)
        other.post(SIGN_IN, {"credential": proof})
        assert not is_signed_in(other)
    for nonsense in ("", "{", "[]", "[" * 5000, '{"id": 1}', '{"rawId": "AA", "response": []}', "x" * 30_000):
        other.post(PROOF_OPTIONS)
        assert other.post(SIGN_IN, {"credential": nonsense}).status_code == 302
        assert not is_signed_in(other)


def test_an_old_challenge_no_longer_works(pmo: User, english: Any, time_machine: Any) -> None:
    key = add(english(pmo))
    browser = StrictClient()
    proof = key.answer(browser.post(PROOF_OPTIONS).json())
    time_machine.move_to(timezone.now() + timedelta(seconds=301))
    browser.post(SIGN_IN, {"credential": proof})
    assert not is_signed_in(browser)


def test_a_closed_account_is_not_opened_by_its_passkey(pmo: User, staff_admin: User, english: Any) -> None:
    key = add(english(pmo))
    close_account(actor=staff_admin, person=pmo)
    assert not is_signed_in(sign_in(key))


def test_a_passkey_is_asked_for_beside_the_password(pmo: User, english: Any) -> None:
    key = add(english(pmo))
    browser = StrictClient(headers=ENGLISH)
    answer = browser.post("/sign-in/", {"login": pmo.email, "password": PASSWORD, "next": "/account/"})
    assert answer["Location"] == "/sign-in/second-step/"
    assert not is_signed_in(browser)
    assert "Use a passkey" in browser.get("/sign-in/second-step/").text
    assert browser.post("/sign-in/second-step/", {}).status_code == 422
    asked = browser.post(PROOF_OPTIONS).json()
    assert len(asked["publicKey"]["allowCredentials"]) == 1
    answer = browser.post("/sign-in/second-step/", {"credential": key.answer(asked)})
    assert answer["Location"] == "/account/"
    assert [method["method"] for method in browser.session[METHODS]] == ["password", "mfa"]


def test_an_old_session_is_confirmed_by_a_passkey_of_its_person_alone(
    owner: User, pmo: User, proposal: Any, english: Any
) -> None:
    invited = english(owner)  # as in the session of an invitation, whose passkey counts at once
    give_credential(actor=owner, person=owner, kind=CredentialKind.PASSWORD, origin=Origin.FIRST)
    session = invited.session
    session[FIRST] = True
    session.save()
    theirs, others = add(invited), add(english(pmo))
    client, file = grow_old(english(owner)), proposal("ready_for_decision")
    path, fields = act("decide", file)
    page = client.post(path, fields)
    assert is_page(page)
    assert "Use a passkey" in page.text
    for key, status in ((others, 403), (theirs, 302)):
        key.handle = None
        proof = key.answer(client.post(PROOF_OPTIONS).json())
        answer = client.post(path, fields | {"reauthenticate-credential": proof})
        assert answer.status_code == status
    assert client.session[METHODS][-1]["type"] == "webauthn"


def test_a_page_that_was_opened_is_opened_again_once_confirmed(pmo: User, english: Any) -> None:
    client = grow_old(english(pmo))
    assert client.post(OPTIONS).status_code == 403
    page = client.get(f"{ADD}?next=/account/")
    assert is_page(page)
    answer = client.post(f"{ADD}?next=/account/", {FIELD: PASSWORD, "reauthenticate-opened": "1"})
    assert answer["Location"] == f"{ADD}?next=/account/"
    assert client.get(ADD).status_code == 200


def test_a_passkey_is_removed_by_its_person(pmo: User, amoa: User, english: Any) -> None:
    client = english(pmo)
    key = add(client)
    passkey = Credential.objects.living().get(person=pmo, kind=CredentialKind.PASSKEY)
    address = reverse("projects:second_factors:factor_remove", args=[passkey.pk])
    assert english(amoa).post(address).status_code == 404
    assert is_page(grow_old(english(pmo)).post(address))
    assert "Desk" in client.get(address).text
    assert client.post(address)["Location"] == "/account/"
    assert client.post(address).status_code == 404
    assert not Credential.objects.living().filter(person=pmo).exists(), "the recovery codes end with it"
    assert not stored.Authenticator.objects.filter(user=pmo).exists()
    assert not is_signed_in(sign_in(key))


def test_a_passkey_is_renamed_by_its_person_and_they_are_told(
    pmo: User, amoa: User, english: Any, mailoutbox: list[Any]
) -> None:
    client = english(pmo)
    key = add(client)
    passkey = Credential.objects.living().get(person=pmo, kind=CredentialKind.PASSKEY)
    address = reverse("projects:second_factors:passkey_rename", args=[passkey.pk])
    assert 'value="Desk"' in client.get(address).text
    assert english(amoa).post(address, {"name": "Mine"}).status_code == 404
    assert is_page(grow_old(english(pmo)).post(address, {"name": "Mine"}))
    for wrong in ("", "  ", "x" * 61):
        assert client.post(address, {"name": wrong}).status_code == 422
    for _twice in range(2):
        assert client.post(address, {"name": " Office  key "})["Location"] == "/account/"
    passkey.refresh_from_db()
    assert (passkey.name, "Office key" in client.get("/account/").text) == ("Office key", True)
    [event] = LedgerEvent.objects.filter(act="rename_credential")
    assert (event.actor, event.subject_id) == (pmo, passkey.pk)
    assert b"Office" not in bytes(event.body), "a name is no part of the record"
    relay()
    assert re.search("got another name|nouveau nom", mailoutbox[-1].body)
    assert is_signed_in(sign_in(key))
    fire_deferred_triggers()
    codes = Credential.objects.living().get(person=pmo, kind=CredentialKind.RECOVERY_CODES)
    assert client.post(reverse("projects:second_factors:passkey_rename", args=[codes.pk])).status_code == 404
    with pytest.raises(ValidationError):
        rename_credential(actor=pmo, credential=end_credential(actor=pmo, credential=passkey), name="Late")


def test_a_passkey_is_one_persons(pmo: User, amoa: User, english: Any) -> None:
    key = add(english(pmo))
    client = english(amoa)
    answer = client.post(ADD, {"credential": key.make(client.post(OPTIONS).json())})
    assert (answer.status_code, "already has a passkey" in answer.text) == (422, True)
    assert [asked["id"] for asked in english(pmo).post(OPTIONS).json()["publicKey"]["excludeCredentials"]]
    key = Authenticator(at="http://elsewhere.example")
    assert client.post(ADD, {"credential": key.make(client.post(OPTIONS).json())}).status_code == 422
    key = Authenticator(counter=1)
    key.flags = PRESENT
    assert client.post(ADD, {"credential": key.make(client.post(OPTIONS).json())}).status_code == 422
    assert client.post(ADD, {"credential": Authenticator().make({"publicKey": _made_up()})}).status_code == 422


def _made_up() -> dict[str, Any]:
    return {"challenge": "AAAA", "user": {"id": "AAAA"}}


def test_the_session_of_the_invitation_gives_a_first_passkey_that_counts_at_once(staff_admin: User) -> None:
    from projects.people.accounts.invitations import build_link
    from projects.people.accounts.services import invite

    person = invite(
        actor=staff_admin, email="new@example.org", name="New Person", title="", organisation="", language="en"
    )
    browser = Client()
    browser.post(build_link(person).partition("8000")[2], {"password": "a-long-word-of-mine"})
    assert browser.session[METHODS][0]["method"] == "password"
    add(browser)
    passkey = Credential.objects.get(person=person, kind=CredentialKind.PASSKEY)
    assert (passkey.origin, passkey.counts_from) == (Origin.FIRST, passkey.given_at)
    give_credential(actor=person, person=person, kind=CredentialKind.PASSWORD, origin=Origin.EXCHANGED)
    add(browser, "Later")
    later = Credential.objects.get(person=person, name="Later")
    assert later.origin == Origin.ADDED, "not once the first password is exchanged"
    end_factors(actor=person, person=person)
    assert not stored.Authenticator.objects.filter(user=person).exists()
