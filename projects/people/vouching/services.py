"""Acts: ask somebody to vouch for a new credential or address, vouch, remind each week, and count without a vouch.

Their events are in the organisation's chain, and in that of each project on which the person decides.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.access import ensure
from core.acts import act, act_time, open_act
from core.record.meaning import ensure_meaningful
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.notices.subjects import Account
from projects.people.addresses.models import AddressChange
from projects.people.addresses.services import apply_if_due, tell_person_of_address
from projects.people.credentials.hands import Hand, lock_hand, tell_of_hand
from projects.people.credentials.holds import find_waiting
from projects.people.credentials.mails import tell_person
from projects.people.credentials.models import Credential
from projects.people.vouching.models import Vouch, Waiting
from projects.people.vouching.notices import tell_vouchers
from projects.people.vouching.predicates import counts_alone, find_capacity, is_vouched
from roles.models import User


@open_act
def ask_vouch(*, actor: User) -> list[Waiting]:
    """Ask whoever may to vouch for the credentials and the address of the actor that wait.

    Raises ValidationError when none does.
    """
    hand = lock_hand(actor)
    waiting = list_to_ask(actor)
    if not waiting:
        raise ValidationError(_("You have no pending credential, or you have asked already."))
    events = []
    for row in waiting:
        setattr(row, "asked_at" if isinstance(row, Credential) else "vouch_asked_at", act_time())
        row.save()
        events.append(_record(Act.ASK_VOUCH, hand, row))
        tell_vouchers(events[-1], row)
    tell_of_hand(events[0], hand)
    return waiting


def list_to_ask(person: User) -> list[Waiting]:
    """List the credentials and the address of a person for which nobody was asked to vouch yet.

    The address of who neither decides nor administers needs no vouch.
    """
    hold = find_waiting(person.pk)
    credentials = [credential for credential in hold.waiting if credential.asked_at is None] if hold else []
    change = AddressChange.objects.open().filter(person=person).first()
    return [*credentials, *([change] if change and change.can_ask_vouch else [])]


@act("projects.vouch", on="waiting", lock=None)
def vouch(*, actor: User, waiting: Waiting, words: str) -> Vouch:
    """Vouch in words for a credential or a change of address; the second person makes it count.

    A confirmation from a mailbox that is missing stays missing. Raises ValidationError on words that say nothing
    ("words").
    """
    ensure_meaningful(words=words)
    hand = lock_hand(waiting.person)
    waiting = waiting.locked()
    ensure(actor, "projects.vouch", waiting)
    capacity = find_capacity(actor, waiting) or ""
    field = "credential" if isinstance(waiting, Credential) else "change"
    given = Vouch.objects.create(voucher=actor, capacity=capacity, words=words, acted_at=act_time(), **{field: waiting})
    enough = is_vouched(waiting)
    facts: dict[str, Any] = {"detail": capacity, "counts": "yes" if enough else ""}
    if enough:
        waiting.vouched_at = act_time()
        waiting.save()
        _record(Act.VOUCH, hand, waiting, **facts)
    event = _record(Act.VOUCH, hand, given, person=waiting.person, **facts, **{field: waiting.pk})
    notify(event=event, reason=Reason.VOUCHED, about=Account(), people=[waiting.person])
    tell_of_hand(_apply(hand, actor, waiting) or event, hand)
    return given


@open_act
def remind_vouch(*, actor: User, waiting: Waiting) -> LedgerEvent:
    """Tell everybody once more what waits for two people to vouch; the installation acts, each week."""
    hand = lock_hand(waiting.person)
    event = _record(Act.REMIND_VOUCH, hand, waiting)
    tell_vouchers(event, waiting)
    _tell(event, waiting)
    tell_of_hand(event, hand)
    return event


@open_act
def count_alone(*, actor: User, waiting: Waiting) -> bool:
    """Let count what nobody can vouch for, 30 days after it was asked; return whether it does. The installation acts.

    Every record of a decision by its person says so.
    """
    hand = lock_hand(waiting.person)
    waiting = waiting.locked()
    if not counts_alone(waiting):
        return False
    waiting.alone_at = act_time()
    waiting.save()
    event = _record(Act.COUNT_ALONE, hand, waiting)
    _tell(event, waiting)
    tell_of_hand(_apply(hand, actor, waiting) or event, hand)
    return True


def _apply(hand: Hand, actor: User, waiting: Waiting) -> LedgerEvent | None:
    """Apply a change of address to which nothing is missing any more; return its event."""
    return apply_if_due(hand, actor, waiting) if isinstance(waiting, AddressChange) else None


def _tell(event: LedgerEvent, waiting: Waiting) -> None:
    if isinstance(waiting, Credential):
        tell_person(event, waiting)
    else:
        tell_person_of_address(event, waiting)


def _record(what: Act, hand: Hand, subject: Waiting | Vouch, person: User | None = None, **facts: Any) -> LedgerEvent:
    facts.setdefault("detail", subject.kind if isinstance(subject, Credential) else "")
    key = (person or hand.person).key
    return record(what, subject, project=hand.chain, person=key, **facts)
