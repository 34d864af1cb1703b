"""Test changes of address: both mailboxes answer, an objection ends it, and nothing else moves an address."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from core.access import Refused
from core.acts import acting_as, back_entry
from governance.record.erasure.services import erase_person
from projects.models import AddressChange, Credential, LedgerEvent, Notification
from projects.notices.tasks import relay
from projects.people.accounts.services import close_account
from projects.people.addresses.enums import End, Side
from projects.people.addresses.services import (
    NoLongerOpen,
    ask_address,
    confirm_address,
    object_to_address,
    propose_address,
    take_back_address,
)
from projects.people.addresses.tasks import settle_addresses
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.holds import Held, find_hold
from projects.people.credentials.services import give_credential
from roles.models import User
from tests.attacks import Attacks, leaves
from tests.database import fire_deferred_triggers, owning

pytestmark = pytest.mark.django_db
NEW = "new.address@example.org"
LINK = re.compile(r"https?://[^/\s]+(/address/\S+)")
HOUR = timedelta(hours=1)
BEGINS = "A change of address begins with the present address of an open account"
NOTHING_ELSE = "A change of address is confirmed once by each mailbox and ended once, and nothing else of it changes"
COUNTS = "An address counts once it is confirmed, and the present one too, or two people vouched for who decides"
MOVES = "The address of an account changes by what its mailboxes confirmed, and nobody else's hand"
GIVEN = "An address is given by the change of address that its mailboxes confirmed"


@pytest.fixture
def change(outsider: User) -> AddressChange:
    """Ask for another address of the outsider."""
    return ask_address(actor=outsider, email=NEW)


def links(mailoutbox: list[Any], box: str) -> list[str]:
    """Send what waits, and list the links in the mails to a mailbox."""
    relay()
    return [link for mail in mailoutbox if mail.to == [box] for link in LINK.findall(mail.body)]


def address_of(person: User) -> str:
    """Return the address of an account as it is now."""
    return User.objects.get(pk=person.pk).email


def test_it_counts_at_once_when_both_mailboxes_confirm(
    change: AddressChange, outsider: User, mailoutbox: list[Any]
) -> None:
    [old], [new] = links(mailoutbox, outsider.email), links(mailoutbox, NEW)
    visitor = Client(headers={"accept-language": "en"})
    for link in (old, new):
        assert "Another address of your account" in visitor.get(link).text
    assert address_of(outsider) == outsider.email, "reading the page writes nothing"
    assert "as soon as it confirms" in visitor.post(old, {"answer": "confirm"}).text
    assert "the new address counts" in visitor.post(new, {"answer": "confirm"}).text
    fire_deferred_triggers()
    assert address_of(outsider) == NEW
    assert "no longer works" in visitor.post(new, {"answer": "confirm"}).text
    assert find_hold(outsider.pk) is None
    credential = Credential.objects.living().get(person=outsider, kind="address")
    assert (credential.origin, credential.counts) == ("moved", True)
    mailoutbox.clear()
    relay()
    assert {tuple(mail.to) for mail in mailoutbox} == {(NEW,), (outsider.email,)}, "both are told"
    acts = LedgerEvent.objects.filter(subject="projects.addresschange").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["ask_address", "confirm_address", "confirm_address", "change_address"]
    assert [*AddressChange.objects.values_list("old", "new")] == [("", "")], "the addresses are let go of"


def ask_before(person: User, hours: int) -> AddressChange:
    """Ask for another address that many hours ago."""
    with owning(), back_entry(timezone.now() - hours * HOUR):
        return ask_address(actor=person, email=NEW)


@pytest.mark.parametrize(("hours", "counts"), [(71, False), (73, True)])
def test_it_counts_after_72_hours_without_an_objection(hours: int, counts: bool, outsider: User) -> None:
    change = ask_before(outsider, hours)
    assert settle_addresses() == 0, "the new mailbox has not confirmed"
    confirm_address(actor=outsider, change=change, side=Side.NEW)
    fire_deferred_triggers()
    assert (address_of(outsider) == NEW) is counts
    assert settle_addresses() == 0


def test_it_ends_when_the_new_mailbox_does_not_confirm(outsider: User) -> None:
    change = ask_before(outsider, 15 * 24)
    assert settle_addresses() == 1
    change.refresh_from_db()
    assert (change.outcome, change.new) == (End.EXPIRED, "")


def test_an_objection_ends_it_and_tells_the_administrators(
    change: AddressChange, outsider: User, staff_admin: User, mailoutbox: list[Any]
) -> None:
    [old], [new] = links(mailoutbox, outsider.email), links(mailoutbox, NEW)
    visitor = Client(headers={"accept-language": "en"})
    assert "objected" in visitor.post(old, {"answer": "object"}).text
    assert "no longer works" in visitor.get(new).text
    change.refresh_from_db()
    assert (change.outcome, address_of(outsider)) == (End.OBJECTED, outsider.email)
    told = Notification.objects.filter(reason="address_objected").values_list("recipient", flat=True)
    assert staff_admin.pk in told


def test_the_new_mailbox_cannot_answer_for_the_present_one(
    change: AddressChange, outsider: User, mailoutbox: list[Any]
) -> None:
    [new] = links(mailoutbox, NEW)
    answer = Client().post(new, {"answer": "object"})
    assert answer.status_code == 200
    change.refresh_from_db()
    assert change.ended_at is None


def test_its_person_asks_on_their_account_and_takes_it_back(outsider: User, english: Any) -> None:
    browser = english(outsider)
    assert "Both addresses get an email" in browser.post("/account/address/", {"email": NEW}, follow=True).text
    assert NEW in browser.get("/account/").text
    assert "is already pending" in browser.post("/account/address/", {"email": "other@example.org"}).text
    browser.post("/account/address/take-back/")
    assert AddressChange.objects.get().outcome == "taken_back"
    assert browser.post("/account/address/take-back/").status_code == 409


def test_asking_needs_a_recent_proof(outsider: User, client_of: Any) -> None:
    browser = client_of(outsider)
    session = browser.session
    session["proved_at"] = (timezone.now() - timedelta(minutes=16)).isoformat()
    session.save()
    assert browser.post("/account/address/", {"email": NEW}).status_code == 403
    assert not AddressChange.objects.exists()


def test_an_administrator_proposes_and_the_mailboxes_answer(
    owner: User, staff_admin: User, superuser: User, english: Any, mailoutbox: list[Any]
) -> None:
    path = f"/administration/people/{owner.pk}/address/"
    assert "Both mailboxes" in english(staff_admin).post(path, {"email": NEW}, follow=True).text
    assert address_of(owner) == owner.email
    assert Notification.objects.filter(event__act="propose_address", recipient=superuser).exists()
    assert len(links(mailoutbox, owner.email)) == len(links(mailoutbox, NEW)) == 1
    assert NEW in english(staff_admin).get(f"/administration/people/{owner.pk}/").text


@pytest.mark.parametrize("member", ["owner", "pmo", "outsider"])
def test_nobody_else_proposes(member: str, cast: dict[str, Any], moe: User) -> None:
    with pytest.raises(Refused):
        propose_address(actor=cast[member], person=moe, email=NEW)


def test_an_administrator_proposes_nothing_for_themselves_or_while_held(staff_admin: User, owner: User) -> None:
    with pytest.raises(ValidationError):
        propose_address(actor=staff_admin, person=staff_admin, email=NEW)
    give_credential(actor=staff_admin, person=staff_admin, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    with pytest.raises(Held):
        propose_address(actor=staff_admin, person=owner, email=NEW)


def test_a_held_account_moves_only_once_it_is_not(change: AddressChange, outsider: User) -> None:
    give_credential(actor=outsider, person=outsider, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    for side in Side:
        confirm_address(actor=outsider, change=change, side=side)
    assert address_of(outsider) == outsider.email
    assert settle_addresses() == 0


@pytest.mark.parametrize("email", ["pmo@example.org", "PMO@example.org"])
def test_an_address_in_use_is_refused(email: str, outsider: User) -> None:
    with pytest.raises(ValidationError):
        ask_address(actor=outsider, email=email)


def test_of_two_people_who_ask_for_an_address_the_first_to_confirm_has_it(
    change: AddressChange, outsider: User, moe: User
) -> None:
    other = ask_address(actor=moe, email=NEW)
    for side in Side:
        confirm_address(actor=outsider, change=change, side=side)
    for side in Side:
        other = confirm_address(actor=moe, change=other, side=side)
    fire_deferred_triggers()
    assert (other.outcome, address_of(outsider), address_of(moe)) == (End.TAKEN, NEW, moe.email)


def test_a_mailbox_answers_once(change: AddressChange, outsider: User) -> None:
    confirm_address(actor=outsider, change=change, side=Side.OLD)
    with pytest.raises(NoLongerOpen):
        confirm_address(actor=outsider, change=change, side=Side.OLD)
    object_to_address(actor=outsider, change=change)
    with pytest.raises(NoLongerOpen):
        object_to_address(actor=outsider, change=change)
    with pytest.raises(NoLongerOpen):
        take_back_address(actor=outsider)


def test_it_ends_with_the_account(
    change: AddressChange, outsider: User, staff_admin: User, mailoutbox: list[Any]
) -> None:
    [new] = links(mailoutbox, NEW)
    close_account(actor=staff_admin, person=outsider)
    assert "no longer works" in Client(headers={"accept-language": "en"}).get(new).text
    assert settle_addresses() == 1
    change.refresh_from_db()
    assert (change.outcome, change.new) == (End.CLOSED, "")


def test_an_erasure_lets_go_of_the_addresses(change: AddressChange, outsider: User) -> None:
    with owning():
        erase_person(actor=User.objects.installation(), person=outsider, because="Request.")
        fire_deferred_triggers()
    change.refresh_from_db()
    assert (change.outcome, change.old, change.new) == (End.CLOSED, "", "")


def test_a_former_address_is_told_of_credentials_without_a_link(
    change: AddressChange, outsider: User, mailoutbox: list[Any]
) -> None:
    for side in Side:
        confirm_address(actor=outsider, change=change, side=side)
    moved = User.objects.get(pk=outsider.pk)
    give_credential(actor=moved, person=moved, kind=CredentialKind.CODE_APP, origin=Origin.ADDED)
    relay()
    linked = [mail.to for mail in mailoutbox if "/credential/" in mail.body]
    told = [mail.to for mail in mailoutbox if "moyen de connexion" in mail.body]
    assert linked == [[NEW]]
    assert [outsider.email] in told


def test_the_hourly_task_is_scheduled() -> None:
    assert settings.CELERY_BEAT_SCHEDULE["settle-addresses"]["task"] == settle_addresses.name


# — what the database keeps —


class World:
    """A change of address that waits, and raw writes."""

    def __init__(self, change: AddressChange, cast: dict[str, Any]) -> None:
        self.change, self.cast, self.person = change, cast, change.person

    def edit(self, **fields: Any) -> None:
        """Change the change past the services, with or without its event."""
        for name, value in fields.items():
            setattr(self.change, name, value)
        self.change.save()

    def ask(self, **changes: Any) -> None:
        """Write a change past the services."""
        person = self.cast["moe"]
        given = {"person": person, "old": person.email, "new": "mine@example.org", "asked_by": person}
        AddressChange(**{**given, "asked_at": timezone.now(), **changes}).save()

    def silently(self) -> None:
        """Ask without an event."""
        self.ask()
        fire_deferred_triggers()

    def apply(self, **confirmed: Any) -> None:
        """Apply it past the services."""
        self.edit(**confirmed)
        self.edit(outcome="applied", ended_at=timezone.now())

    def move(self) -> None:
        """Move the address past the services."""
        with acting_as(self.person):
            self.person.email = "mine@example.org"
            self.person.save()

    def give(self) -> None:
        """Give an address as a credential past the flow."""
        give_credential(actor=self.person, person=self.person, kind=CredentialKind.ADDRESS, origin=Origin.MOVED)


def again(world: World) -> None:
    """Confirm twice."""
    world.edit(new_confirmed_at=timezone.now())
    world.edit(new_confirmed_at=timezone.now() + HOUR)


@pytest.fixture
def world(change: AddressChange, cast: dict[str, Any]) -> World:
    fire_deferred_triggers()
    return World(change, cast)


ASKED, GOES_ON = "addresschange.is_asked_as_things_stand", "addresschange.goes_on_as_it_was_asked"
ATTACKS = Attacks(
    triggers=[
        (ASKED, "from another address", lambda w: w.ask(old="pmo@example.org"), BEGINS),
        (ASKED, "three days ago", lambda w: w.ask(asked_at=timezone.now() - 72 * HOUR), BEGINS),
        (ASKED, "confirmed already", lambda w: w.ask(new_confirmed_at=timezone.now()), BEGINS),
        (GOES_ON, "to another address", lambda w: w.edit(new="mine@example.org"), NOTHING_ELSE),
        (GOES_ON, "older than it is", lambda w: w.edit(asked_at=timezone.now() - 72 * HOUR), NOTHING_ELSE),
        (GOES_ON, "confirmed twice", again, NOTHING_ELSE),
        (GOES_ON, "applied before 72 hours", lambda w: w.apply(new_confirmed_at=timezone.now()), COUNTS),
        (GOES_ON, "applied unconfirmed", lambda w: w.apply(old_confirmed_at=timezone.now()), COUNTS),
        ("addresschange.leaves_an_event", "asked silently", lambda w: w.silently(), leaves(AddressChange)),
        ("user.moves_by_a_change_of_address", "by hand", lambda w: w.move(), MOVES),
        ("credential.counts_as_it_was_come_by", "an address past the flow", lambda w: w.give(), GIVEN),
    ],
    constraints={
        "one_open_change_of_address_per_person": lambda w: (w.ask(), w.ask()),
        "a_change_of_address_ends_in_a_known_way": lambda w: w.edit(outcome="lost", ended_at=timezone.now()),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
