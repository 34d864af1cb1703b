"""Compare what signs people in with what they were given: a factor replaced, added, deleted or moved is named."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator as Stored

from projects.models import Credential
from projects.people.second_factors.services import add_code_app, add_passkey, end_factors
from roles.models import User
from roles.passkeys.keys import store_key
from tests.authenticator import Authenticator
from tests.database import undone
from tests.projects.ledger.tampering import verify_database

pytestmark = pytest.mark.django_db
PASSKEY, CODE_APP, CODES = "webauthn", "totp", "recovery_codes"


@pytest.fixture
def person(owner: User, monkeypatch: pytest.MonkeyPatch) -> User:
    """Return an owner with a passkey, a code app and recovery codes."""
    monkeypatch.setattr("projects.people.second_factors.services.store_code_app", _store_code_app)
    add_passkey(actor=owner, new=Authenticator().as_new_key(), name="Desk", is_first=False)
    add_code_app(actor=owner, secret="", code="", is_first=False)
    return owner


def _store_code_app(person: User, secret: str, code: str) -> Stored:
    stored: Stored = Stored.objects.create(user=person, type=CODE_APP, data={"secret": "hidden"})
    return stored


def stored(person: User, kind: str) -> Stored:
    return Stored.objects.get(user=person, type=kind)


def judged() -> tuple[int, str]:
    return verify_database()


def test_what_people_were_given_is_intact(person: User) -> None:
    assert {each.type for each in Stored.objects.filter(user=person)} == {PASSKEY, CODE_APP, CODES}
    assert judged()[0] == 0


def test_what_has_ended_is_gone_and_intact(person: User) -> None:
    end_factors(actor=person, person=person)
    assert not Stored.objects.filter(user=person).exists()
    assert judged()[0] == 0


@pytest.mark.parametrize("what", ["key", "id", "person", "unreadable"])
def test_a_passkey_that_is_not_the_one_given_is_named(what: str, person: User, outsider: User) -> None:
    key, other = stored(person, PASSKEY), Authenticator().as_new_key()
    if what == "person":
        key.user = outsider
    elif what == "unreadable":
        key.data = {"id": key.data["id"]}
    else:
        like = store_key(outsider, other)
        key.data = key.data | {what: like.data[what]} if what == "id" else like.data | {"id": key.data["id"]}
        like.delete()
    key.save()
    code, said = judged()
    assert code == (0 if what == "id" else 1)
    assert (f"mfa_authenticator {key.pk} is not what its person was given" in said) == (what != "id")


@pytest.mark.parametrize("kind", [PASSKEY, CODE_APP, CODES])
def test_a_factor_that_is_gone_is_named(kind: str, person: User) -> None:
    stored(person, kind).delete()
    credential = Credential.objects.living().get(person=person, kind=KINDS[kind])
    code, said = judged()
    assert code == 1
    assert f"projects_credential {credential.pk} was given and has not ended, and its {kind} is gone" in said


KINDS = {PASSKEY: "passkey", CODE_APP: "code_app", CODES: "recovery_codes"}


@pytest.mark.parametrize("kind", [PASSKEY, CODE_APP, CODES])
def test_a_factor_that_nobody_was_given_is_named(kind: str, person: User, outsider: User) -> None:
    with undone():
        if kind == PASSKEY:
            added: Any = store_key(outsider, Authenticator().as_new_key())
        else:
            added = Stored.objects.create(user=outsider, type=kind, data={})
        code, said = judged()
        assert code == 1
        assert f"mfa_authenticator {added.pk} is not what its person was given" in said
