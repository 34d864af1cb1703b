"""Notices when somebody leaves: to the owners of their projects, to administrators and to the person.

They name no one: a notice is kept as it was sent, and a name may be erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, override

from core.acts import act_time
from projects.ledger.models import LedgerEvent
from projects.notices.enums import Reason
from projects.notices.services import notify, notify_once
from projects.notices.subjects import Account
from projects.organisation_settings.queries import organisation
from projects.people.accounts.departures import list_seats
from projects.people.accounts.invitations import invite_by_outbox
from projects.people.accounts.queries import has_entered
from projects.seats.mandates.holders import owners
from projects.seats.mandates.services import RoleNotice, list_vacancy_readers, split_by_page
from roles.enums import Authority
from roles.models import User

#: Who is proposed to follow, by the key of the mandate.
type Followers = Mapping[int, User]
NOBODY: Followers = MappingProxyType({})


@dataclass(frozen=True)
class VacantRole(RoleNotice):
    """The subject of a notice on a seat whose holder leaves or left; it leads to the form that gives the role.

    The form is filled in with `follower`, who is proposed, and with the first day.
    """

    follower: User | None = None
    starts_on: date | None = None

    def get_absolute_url(self) -> str:
        query = {"role": self.code}
        if self.follower:
            query["email"] = str(self.follower.key)
        if self.starts_on:
            query["starts_on"] = self.starts_on.isoformat()
        form = reverse("projects:appointments:mandate_appoint", args=[self.project.code])
        return f"{form}?{urlencode(query)}{self.anchor}"


@dataclass(frozen=True)
class PersonPage:
    """The subject of a notice to administrators: the page of a person."""

    person: User
    reference: str = "Ouvrage"

    @property
    def title(self) -> str:
        with override(organisation().language):
            return gettext("People")

    def get_absolute_url(self) -> str:
        return reverse("projects:people:person", args=[self.person.pk])


def tell_owners(reason: Reason, person: User, followers: Followers, starts_on: date | None = None) -> None:
    """Notify the owner of each project on which the person holds a role, with who is proposed to follow."""
    for seat in list_seats(person, act_time()).exclude(authority=Authority.DECIDES):
        about = VacantRole(seat.project, seat.role.code, f"#mandate-{seat.pk}", followers.get(seat.pk), starts_on)
        notify_once(reason=reason, about=about, people=[mandate.holder for mandate in owners(seat.project)])


def tell_of_vacancies(event: LedgerEvent, person: User) -> None:
    """Notify the other advising roles and the administrators that a role of an adviser is vacant now.

    The owner is told by `tell_owners`. An event is told to each person once, also when several roles are vacant.
    """
    for seat in list_seats(person, act_time()).filter(authority=Authority.ADVISES):
        told = {mandate.holder_id for mandate in owners(seat.project)}
        people = [reader for reader in list_vacancy_readers(seat) if reader.pk not in told]
        for about, readers in split_by_page(RoleNotice(seat.project, seat.role.code), people):
            notify(event=event, reason=Reason.ROLE_VACANT, about=about, people=readers)


def tell_administrators(event: LedgerEvent, reason: Reason, person: User) -> None:
    """Notify the person, while the account is open, and the administrators."""
    if person.is_active:
        notify(event=event, reason=reason, about=Account(), people=[person])
    others = User.objects.filter(is_staff=True, is_active=True)
    notify(event=event, reason=reason, about=PersonPage(person), people=others)


def tell_of_reopening(event: LedgerEvent, person: User) -> None:
    """Notify the person and the administrators; invite a person again who never chose a password."""
    if has_entered(person):
        notify(event=event, reason=Reason.ACCOUNT_REOPENED, about=Account(), people=[person])
    else:
        invite_by_outbox(event, [person])
    others = User.objects.filter(is_staff=True, is_active=True)
    notify(event=event, reason=Reason.ACCOUNT_REOPENED, about=PersonPage(person), people=others)


def tell_owners_of_stay(event: LedgerEvent, person: User) -> None:
    """Notify each owner once that somebody stays who was to leave."""
    for seat in list_seats(person, act_time()).exclude(authority=Authority.DECIDES):
        about = RoleNotice(seat.project, seat.role.code, f"#mandate-{seat.pk}")
        people = [mandate.holder for mandate in owners(seat.project)]
        notify(event=event, reason=Reason.DEPARTURE_OFF, about=about, people=people)
