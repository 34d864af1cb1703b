"""Test credentials: from when each counts, its events, and what the database refuses of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core import access
from core.access import Permission, Person
from core.acts import acting_as
from governance.models import Decision
from projects.ledger.services import record
from projects.models import Credential, LedgerEvent, Project
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import confirm_credential, end_credential, give_credential
from roles.models import User
from tests import acts
from tests.attacks import Attacks, leaves
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DATED = "A credential is dated when it is given"
BEGINS = "A credential begins when it is given"
FIRST = "A first credential is given by the invitation link, and in the session that it opened"
NO_SOONER = "A credential that is exchanged counts no sooner than the one before"
WAITS = "A new credential waits before it counts"
FROM_THE_MAILBOX = "A credential that was added in a session is confirmed from the mailbox of its person"
NOTHING_ELSE = "A credential is confirmed once and ended once, and nothing else of it changes"


def give(person: User, origin: Origin, kind: CredentialKind = CredentialKind.PASSWORD, **more: Any) -> Credential:
    return give_credential(actor=person, person=person, kind=kind, origin=origin, **more)


def test_a_first_credential_counts_at_once(outsider: User) -> None:
    first = give(outsider, Origin.FIRST)
    assert first.confirmed_at == first.counts_from == first.given_at
    added = give(outsider, Origin.FIRST, CredentialKind.CODE_APP)
    assert added.counts_from == added.given_at


def test_a_credential_added_in_a_session_waits_and_is_to_be_confirmed(outsider: User) -> None:
    added = give(outsider, Origin.ADDED, CredentialKind.CODE_APP)
    assert (added.confirmed_at, added.counts_from) == (None, added.given_at + DAY)
    confirmed = confirm_credential(actor=outsider, credential=added)
    assert (confirmed.confirmed_at is not None, confirmed.counts_from) == (True, added.counts_from)
    with pytest.raises(ValidationError):
        confirm_credential(actor=outsider, credential=added)


def test_a_password_chosen_by_a_mailed_link_is_confirmed_and_waits(outsider: User) -> None:
    mailed = give(outsider, Origin.MAILED)
    assert (mailed.confirmed_at, mailed.counts_from) == (mailed.given_at, mailed.given_at + DAY)
    exchanged = give(outsider, Origin.EXCHANGED)
    assert exchanged.counts_from == mailed.counts_from, "the waiting time cannot be cut short by another password"
    assert list(Credential.objects.living().filter(person=outsider)) == [exchanged]


def test_each_change_is_an_event_of_the_organisation(outsider: User) -> None:
    before = LedgerEvent.objects.count()
    added = give(outsider, Origin.ADDED, CredentialKind.PASSKEY, name="Key", public_key=b"key", credential_id=b"id")
    confirm_credential(actor=outsider, credential=added)
    end_credential(actor=outsider, credential=added)
    with pytest.raises(ValidationError):
        end_credential(actor=outsider, credential=added)
    fire_deferred_triggers()
    events = LedgerEvent.objects.order_by("pk")[before:]
    assert [(event.act, event.detail, event.subject_id) for event in events] == [
        (act, "passkey", added.pk) for act in ("give_credential", "confirm_credential", "end_credential")
    ]
    added.refresh_from_db()
    assert added.name == "", "what its person called it is not kept"


def test_who_acts_by_their_own_hand_is_asked_for(
    owner: User, project_one: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = acts.submit_to_owner(project_one)
    asked = []

    def refuse(person: Person, permission: Permission) -> None:
        asked.append((person.pk, permission.name))
        raise PermissionError

    monkeypatch.setattr(access, "OWN_HAND", [refuse])
    before = Decision.objects.count()
    with pytest.raises(PermissionError):
        acts.decide(owner, proposal)
    assert asked == [(owner.pk, "governance.decide")]
    assert Decision.objects.count() == before


class World:
    """The outsider, with a passkey that waits, and raw writes of credentials."""

    def __init__(self, person: User) -> None:
        self.person = person
        with acting_as(person):
            self.waiting = give(person, Origin.ADDED, CredentialKind.CODE_APP)
            self.mailed = give(person, Origin.MAILED)

    def write(self, **changes: Any) -> None:
        """Write a passkey past the services."""
        now = timezone.now()
        with acting_as(self.person):
            row = Credential(
                **{
                    "person": self.person,
                    "kind": "passkey",
                    "origin": "added",
                    "given_at": now,
                    "given_by": self.person,
                    "counts_from": now + DAY,
                    "needs_consent": True,
                    "public_key": b"key",
                    "credential_id": b"id",
                }
                | changes
            )
            row.save()

    def exchange(self, **changes: Any) -> None:
        """Write a password in place of the one that was mailed, past the services."""
        now = timezone.now()
        self.change(self.mailed, ended_at=now)
        about = {"kind": "password", "origin": "exchanged", "public_key": None, "credential_id": None}
        self.write(**{**about, "given_at": now, "confirmed_at": now, **changes})

    def change(self, row: Credential, **fields: Any) -> None:
        """Change a credential past the services."""
        for name, value in fields.items():
            setattr(row, name, value)
        with acting_as(self.person):
            row.save()

    def confirm_at_once(self) -> None:
        """Write a passkey that is confirmed when it is added."""
        now = timezone.now()
        self.write(given_at=now, confirmed_at=now, counts_from=now + DAY)

    def silently(self) -> None:
        """Give a credential without an event about it."""
        self.write()
        record(act="invite", actor=self.person, project=Project.objects.get(level="organisation"), subject=self.person)
        fire_deferred_triggers()

    def tell_another_key(self) -> None:
        """Give a passkey with an event that tells the fingerprint of another key."""
        self.write()
        row = Credential.objects.latest("pk")
        chain = Project.objects.get(level="organisation")
        record(act="give_credential", actor=self.person, project=chain, subject=row, detail="passkey", key="00" * 32)
        fire_deferred_triggers()


@pytest.fixture
def world(outsider: User) -> World:
    world = World(outsider)
    fire_deferred_triggers()
    return world


NOT_A_KEY = {"public_key": None, "credential_id": None}
ATTACKS = Attacks(
    triggers=[
        (f"credential.{trigger}", what, attempt, words)
        for trigger, what, attempt, words in [
            ("counts_as_it_was_come_by", "given yesterday", lambda w: w.write(given_at=timezone.now() - DAY), DATED),
            (
                "counts_as_it_was_come_by",
                "given twice as old as it is",
                lambda w: w.write(counts_from=timezone.now() - DAY),
                BEGINS,
            ),
            (
                "counts_as_it_was_come_by",
                "a first password after another",
                lambda w: w.exchange(origin="first"),
                FIRST,
            ),
            (
                "counts_as_it_was_come_by",
                "a first passkey of an old account",
                lambda w: w.write(origin="first"),
                FIRST,
            ),
            (
                "counts_as_it_was_come_by",
                "a first identity provider of an account with a password",
                lambda w: w.write(kind="provider", origin="first", public_key=None),
                FIRST,
            ),
            (
                "counts_as_it_was_come_by",
                "exchanged to wait no longer",
                lambda w: w.exchange(counts_from=timezone.now() + timedelta(minutes=1)),
                NO_SOONER,
            ),
            (
                "counts_as_it_was_come_by",
                "a passkey in exchange for nothing",
                lambda w: w.write(origin="exchanged"),
                NO_SOONER,
            ),
            (
                "counts_as_it_was_come_by",
                "without waiting",
                lambda w: w.write(counts_from=timezone.now() + timedelta(minutes=1)),
                WAITS,
            ),
            (
                "counts_as_it_was_come_by",
                "confirmed when it is added",
                lambda w: w.confirm_at_once(),
                FROM_THE_MAILBOX,
            ),
            (
                "is_only_confirmed_and_ended",
                "waits no longer",
                lambda w: w.change(w.waiting, counts_from=timezone.now()),
                NOTHING_ELSE,
            ),
            (
                "is_only_confirmed_and_ended",
                "given by another way",
                lambda w: w.change(w.waiting, origin="mailed"),
                NOTHING_ELSE,
            ),
            (
                "is_only_confirmed_and_ended",
                "confirmed again",
                lambda w: w.change(w.mailed, confirmed_at=None),
                NOTHING_ELSE,
            ),
            ("leaves_an_event", "given silently", lambda w: w.silently(), leaves(Credential)),
            (
                "tells_its_key_in_its_event",
                "a passkey whose event tells another key",
                lambda w: w.tell_another_key(),
                "The event that gives a passkey tells the fingerprint of its public key",
            ),
        ]
    ],
    constraints={
        "a_credential_has_a_known_kind": lambda w: w.write(kind="card", **NOT_A_KEY),
        "a_credential_has_a_known_origin": lambda w: w.write(origin="found"),
        "a_passkey_has_its_public_key": lambda w: w.write(public_key=None),
        "one_living_credential_of_a_kind": lambda w: w.write(kind="code_app", **NOT_A_KEY),
        "a_passkey_is_one_persons": lambda w: (w.write(), w.write()),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
