"""Acts on absences: state one, or another one, and take it back. Their events are in the organisation's chain."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import lock_organisation, record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.notices.subjects import Account, Inbox
from projects.organisation_settings.queries import today
from projects.people.absences.queries import is_over
from projects.project.models import Project
from roles.models import User


@act("projects.state_absence", on=lambda given: given["person"])
def state_absence(*, actor: User, person: User, absent_from: date, absent_until: date, stand_in: User | None) -> User:
    """State the next absence of a person, in place of the one that was stated.

    Raises ValidationError on a first day that is past ("absent_from"), on a last day before it ("absent_until"), on the
    person or a closed account as who to ask ("stand_in"), and on a closed account.
    """
    chain = lock_organisation()
    person = _lock(person)
    new = (absent_from, absent_until, stand_in)
    if new == (person.absent_from, person.absent_until, person.stand_in):
        return person
    if absent_from < today() and absent_from != person.absent_from:
        raise ValidationError({"absent_from": _("Enter a date from today on.")})
    if absent_until < max(absent_from, today()):
        raise ValidationError({"absent_until": _("Enter an end date after the start date.")})
    if stand_in and (stand_in == person or not stand_in.is_active):
        raise ValidationError({"stand_in": _("Select another person, whose account is open.")})
    before = person.stand_in
    person.absent_from, person.absent_until, person.stand_in = new
    person.save()
    event = _record(chain, person)
    notify(event=event, reason=Reason.ABSENCE_STATED, about=Account(), people=[person])
    if stand_in:
        notify(event=event, reason=Reason.ASKED_MEANWHILE, about=Inbox(), people=[stand_in])
    if before and before != stand_in:
        notify(event=event, reason=Reason.ABSENCE_OVER, about=Inbox(), people=[before])
    return person


@act("projects.state_absence", on=lambda given: given["person"])
def take_back_absence(*, actor: User, person: User) -> User:
    """Take back the absence of a person, or end it before its last day. Raises ValidationError without one."""
    chain = lock_organisation()
    person = _lock(person)
    if is_over(person, today()):
        raise ValidationError(_("No absence is declared."))
    before = person.stand_in
    person.absent_from = person.absent_until = person.stand_in = None
    person.save()
    event = _record(chain, person)
    notify(event=event, reason=Reason.ABSENCE_OVER, about=Account(), people=[person])
    if before:
        notify(event=event, reason=Reason.ABSENCE_OVER, about=Inbox(), people=[before])
    return person


def _lock(person: User) -> User:
    """Return the locked account. Raises ValidationError on a closed one."""
    person = User.objects.select_for_update(of=("self",)).select_related("stand_in").get(pk=person.pk)
    if not person.is_active:
        raise ValidationError(_("This account is already closed."))
    return person


def _record(chain: Project, person: User) -> LedgerEvent:
    """Record an absence; without days and key it is taken back."""
    return record(
        Act.STATE_ABSENCE,
        person,
        project=chain,
        person=person.key,
        first=person.absent_from or "",
        last=person.absent_until or "",
        stand_in=person.stand_in.key if person.stand_in else "",
    )
