"""Acts on the address of an account: ask, propose, confirm, object, take back, apply, end.

Their events are in the organisation's chain and name people by their key, never by an address.
"""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time, open_act
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.notices.subjects import Account
from projects.people.accounts.farewells import PersonPage
from projects.people.accounts.services import list_administrators
from projects.people.addresses.enums import End, Side
from projects.people.addresses.models import AddressChange
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.hands import Hand, is_decider, lock_hand, tell_of_hand
from projects.people.credentials.holds import find_waiting
from projects.people.credentials.services import give_credential
from projects.project.models import Project
from roles.accounts.addresses import ensure_free
from roles.models import User


class NoLongerOpen(Exception):
    """The change of address has ended, or this mailbox has answered."""


@open_act
def ask_address(*, actor: User, email: str) -> AddressChange:
    """Ask for another address of the actor; both mailboxes are told.

    Raises ValidationError on an address in use ("email"), and while another change waits.
    """
    return _ask(Act.ASK_ADDRESS, actor, actor, email)


@act("projects.propose_address")
def propose_address(*, actor: User, person: User, email: str) -> AddressChange:
    """Propose another address for somebody else, who answers from their mailboxes; administrators are told.

    Raises ValidationError as `ask_address`, and on the account of the actor and a closed one.
    """
    if person == actor:
        raise ValidationError(_("Change your own address on your account page."))
    return _ask(Act.PROPOSE_ADDRESS, actor, person, email)


def _ask(what: Act, actor: User, person: User, email: str) -> AddressChange:
    hand = lock_hand(person)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    email = email.strip().lower()
    if not person.is_active:
        raise ValidationError(_("This account is closed."))
    ensure_free(email, person)
    if AddressChange.objects.open().filter(person=person).exists():
        raise ValidationError(_("Another change of this address is already pending."))
    change = AddressChange(person=person, old=person.email, new=email, asked_by=actor, asked_at=act_time())
    if actor != person and is_decider(person.pk):
        change.vouch_asked_at = change.asked_at  # they may have lost the present mailbox
    change.save(force_insert=True)
    event = _record(what, hand.chain, change)
    tell_person_of_address(event, change)
    if actor != person and not change.vouch_asked_at:
        about = PersonPage(person)
        notify(event=event, reason=Reason.ADDRESS_PROPOSED, about=about, people=list_administrators())
    tell_of_hand(event, hand)
    return change


@open_act
def confirm_address(*, actor: User, change: AddressChange, side: Side) -> AddressChange:
    """Record that a mailbox confirmed, and apply the change when nothing is missing. Raises NoLongerOpen.

    The caller has checked the link that was mailed.
    """
    hand = lock_hand(change.person)
    change = _lock(change)
    field = "new_confirmed_at" if side == Side.NEW else "old_confirmed_at"
    if getattr(change, field):
        raise NoLongerOpen
    setattr(change, field, act_time())
    change.save()
    event = _record(Act.CONFIRM_ADDRESS, hand.chain, change, detail=side)
    tell_of_hand(apply_if_due(hand, actor, change) or event, hand)
    return change


@open_act
def object_to_address(*, actor: User, change: AddressChange) -> AddressChange:
    """End the change because the present mailbox objects; its person and the administrators are told.

    Raises NoLongerOpen. The caller has checked the link that was mailed.
    """
    hand = lock_hand(change.person)
    change = _lock(change)
    event = _end(hand.chain, change, End.OBJECTED)
    about = PersonPage(change.person)
    notify(event=event, reason=Reason.ADDRESS_OBJECTED, about=about, people=list_administrators())
    tell_of_hand(event, hand)
    return change


@open_act
def take_back_address(*, actor: User) -> AddressChange:
    """End the change of the actor's address that waits. Raises NoLongerOpen."""
    hand = lock_hand(actor)
    change = AddressChange.objects.open().filter(person=actor).first()
    if change is None:
        raise NoLongerOpen
    change = _lock(change)
    tell_of_hand(_end(hand.chain, change, End.TAKEN_BACK), hand)
    return change


@open_act
def settle_address(*, actor: User, change: AddressChange) -> bool:
    """Apply a change that is due, or end one that can no longer be; return whether it ended. The installation acts."""
    hand = lock_hand(change.person)
    try:
        change = _lock(change)
    except NoLongerOpen:
        return False
    if not change.person.is_active:
        _end(hand.chain, change, End.CLOSED)
        return True
    event = apply_if_due(hand, actor, change)
    if event is None and change.is_lapsed(act_time()) and not change.may_count_alone:
        event = _end(hand.chain, change, End.EXPIRED)
    if event:
        tell_of_hand(event, hand)
    return event is not None


@open_act
def close_address(*, actor: User, person: User) -> None:
    """End the open change of a person whose account is being erased, and let go of its addresses."""
    hand = lock_hand(person)
    change = AddressChange.objects.open().filter(person=person).first()
    if change:
        _end(hand.chain, _lock(change), End.CLOSED)


def _lock(change: AddressChange) -> AddressChange:
    """Return the fresh change, locked with its person. Raises NoLongerOpen."""
    locked = AddressChange.objects.open().select_for_update(of=("self",)).filter(pk=change.pk).first()
    if locked is None:
        raise NoLongerOpen
    locked.person = User.objects.select_for_update(of=("self",)).get(pk=locked.person_id)
    return locked


def apply_if_due(hand: Hand, actor: User, change: AddressChange) -> LedgerEvent | None:
    """Give the account its new address if nothing is missing, and return the event; the caller holds the locks.

    The change ends when somebody else has the address, or one like it, by now.
    """
    if not change.is_due(act_time()) or find_waiting(change.person_id):
        return None
    person = change.person
    try:
        ensure_free(change.new, person)
    except ValidationError:
        return _end(hand.chain, change, End.TAKEN)
    change.ended_at, change.outcome = act_time(), End.APPLIED
    change.save()
    person.email = change.new
    person.save(update_fields=["email"])
    EmailAddress.objects.filter(user=person).delete()
    give_credential(actor=actor, person=person, kind=CredentialKind.ADDRESS, origin=Origin.MOVED)
    _clear(change)
    event = _record(Act.CHANGE_ADDRESS, hand.chain, change)
    tell_person_of_address(event, change)
    return event


def _end(chain: Project, change: AddressChange, outcome: End) -> LedgerEvent:
    change.ended_at, change.outcome = act_time(), outcome
    change.save()
    _clear(change)
    event = _record(Act.END_ADDRESS, chain, change, detail=outcome)
    if outcome != End.CLOSED:
        tell_person_of_address(event, change)
    return event


def _clear(change: AddressChange) -> None:
    """Let go of the addresses of a change that has ended."""
    change.old = change.new = ""
    change.save()


def tell_person_of_address(event: LedgerEvent, change: AddressChange) -> None:
    """Notify the person, at every mailbox that is theirs, whoever acts."""
    people = [change.person]
    notify(event=event, reason=Reason.ADDRESS_CHANGED, about=Account(), people=people, the_actor_too=True)


def _record(what: Act, chain: Project, change: AddressChange, detail: str = "") -> LedgerEvent:
    key = change.person.key
    return record(what, change, project=chain, detail=detail, person=key)
