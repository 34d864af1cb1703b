"""Acts on the organisation for which a person works: a dated fact that judges their seats and opinions anew (R8)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time, open_act
from projects.independence.judging import judge_soon
from projects.independence.models import EVER, Employment
from projects.independence.queries import employers_on
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import lock_organisation, record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.organisation_settings.queries import today
from projects.people.accounts.changes import tell_changes
from projects.people.accounts.departures import list_seats
from projects.people.accounts.services import find_organisation
from projects.seats.launch.checklist import TWO_SIDES
from projects.seats.mandates.holders import owners
from projects.seats.mandates.services import RoleNotice
from roles.models import Organisation, User

type Move = tuple[User, Organisation | None, Organisation | None]


@act("projects.change_employer", on=lambda given: given["person"])
def change_employer(*, actor: User, person: User, organisation: str, starts_on: date) -> User:
    """Record for which organisation a person works from a day on, which may be past or to come.

    The person and the owners of the projects on which they advise or deliver are told. Raises ValidationError without a
    name ("organisation"), on what is recorded already ("starts_on"), and on a closed account.
    """
    chain = lock_organisation()
    person = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)
    if not person.is_active:
        raise ValidationError(_("This account is closed."))
    home = find_organisation(organisation)
    if home is None:
        raise ValidationError({"organisation": _("Name the organisation.")})
    if Employment.objects.filter(person=person).exists() and employers_on([person], starts_on)[person.pk] == home:
        raise ValidationError({"starts_on": _("This is already recorded for that day.")})
    begin_employments(actor, [(person, person.organisation, home)], starts_on)
    person.organisation = employers_on([person], today())[person.pk]
    person.save()
    event = record(
        Act.CHANGE_EMPLOYER,
        person,
        project=chain,
        person=person.key,
        organisation=home.pk,
        start=starts_on,
        changed="organisation",
    )
    if person != actor:
        tell_changes([(event, person)])
    tell_owners_of_employer(event, person)
    return person


@open_act
def apply_employment(*, actor: User, person: User) -> bool:
    """Let the account name the organisation whose first day has come; return whether it changed. The installation acts.

    The seats are judged by the dates themselves.
    """
    chain = lock_organisation()
    person = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)
    now = employers_on([person], today()).get(person.pk, person.organisation)
    if now == person.organisation:
        return False
    person.organisation = now
    person.save()
    facts: dict[str, Any] = {"person": person.key, "changed": "organisation"}
    event = record(Act.EDIT_ACCOUNT, person, project=chain, **facts)
    tell_changes([(event, person)])
    tell_owners_of_employer(event, person)
    return True


def begin_employments(actor: User, moves: Iterable[Move], starts_on: date) -> None:
    """Record inside an act that people work for another organisation: (person, before, after).

    The first employment of a person keeps what their account said before. The event of the act is about the person.
    Seats and opinions are judged anew.
    """
    moved = list(moves)
    known = set(
        Employment.objects.filter(person__in=[person for person, *_rest in moved]).values_list("person", flat=True)
    )
    rows: list[tuple[User, Organisation | None, date]] = []
    for person, before, after in moved:
        if person.pk not in known:
            rows.append((person, before, EVER))
        rows.append((person, after, starts_on))
    Employment.objects.bulk_create(
        Employment(person=person, organisation=home, starts_on=day, recorded_by=actor, acted_at=act_time())
        for person, home, day in rows
    )
    if rows:
        judge_soon()


def tell_owners_of_employer(event: LedgerEvent, person: User) -> None:
    """Notify the owner of each project on which the person advises or delivers."""
    for seat in list_seats(person, act_time()).filter(authority__in=TWO_SIDES):
        about = RoleNotice(seat.project, seat.role.code, f"#mandate-{seat.pk}")
        people = [mandate.holder for mandate in owners(seat.project)]
        notify(event=event, reason=Reason.EMPLOYER_CHANGED, about=about, people=people)
