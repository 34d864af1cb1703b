"""Acts on accounts: set up the first administrator, invite, choose a password, keep one's own account, leave, close.

Their events are in the organisation's chain and name people by their key.
"""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.acts import act, open_act
from core.pages.sessions.sign_ins import end_sessions
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import lock_organisation, record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.notices.subjects import Account
from projects.organisation_settings.queries import organisation as settings_now
from projects.organisation_settings.queries import today
from projects.organisation_settings.services import set_first_settings
from projects.people.accounts.departures import find_obstacle, owns_projects
from projects.people.accounts.farewells import (
    NOBODY,
    Followers,
    PersonPage,
    tell_administrators,
    tell_of_reopening,
    tell_of_vacancies,
    tell_owners,
    tell_owners_of_stay,
)
from projects.people.accounts.invitations import forget_failures, invite_by_outbox
from projects.people.accounts.names import ensure_not_mistaken
from projects.people.accounts.queries import has_entered, list_uninvited
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.hands import lock_hand
from projects.people.credentials.services import give_credential
from projects.people.second_factors.ended_factors import FACTORS_TOO, ends_factors
from projects.people.second_factors.services import end_factors
from projects.project.models import Project
from roles.accounts.addresses import ensure_free
from roles.models import Organisation, User

DAY = timedelta(days=1)


def list_administrators() -> QuerySet[User]:
    """Filter the open accounts of administrators."""
    return User.objects.filter(is_staff=True, is_active=True)


@open_act
def set_up(
    *,
    actor: User,
    organisation: str,
    email: str,
    name: str,
    language: str,
    password: str,
    **settings: str,
) -> User:
    """Open the account of the first administrator, and write the first settings; the installation acts.

    `settings` are fields of OrganisationSettings. Raises ValidationError when there is an administrator already, and on
    a weak password ("password").
    """
    chain = lock_organisation()
    if list_administrators().exists():
        raise ValidationError(_("Ouvrage is set up already. Ask an administrator for an invitation."))
    ensure_free(email)
    home = find_organisation(organisation)
    first = set_first_settings(chain, {"name": organisation, "language": language, **settings})
    person = User(email=email.lower(), name=name, language=language, organisation=home, is_staff=True)
    person.time_zone = first.time_zone
    _set_password(person, password)
    person.save()
    give_credential(actor=actor, person=person, kind=CredentialKind.PASSWORD, origin=Origin.FIRST)
    record(Act.SET_UP, person, project=chain, person=person.key)
    return person


@act("projects.invite")
def invite(
    *, actor: User, email: str, name: str, title: str, organisation: str, language: str, is_another: bool = False
) -> User:
    """Open an account without a password, which its link lets the person choose.

    Raises ValidationError on an address in use, or like one ("email"), and on a name that looks like somebody else's
    unless the actor says that it `is_another` person ("name").
    """
    chain = lock_organisation()
    ensure_free(email)
    ensure_not_mistaken(name, is_another=is_another)
    home = find_organisation(organisation)
    person = build_invited(email=email, name=name, title=title, organisation=home, language=language)
    person.save()
    event = record(Act.INVITE, person, project=chain, person=person.key)
    invite_by_outbox(event, [person])
    return person


@act("projects.invite_holder", on="project")
def invite_holder(
    *, actor: User, project: Project, email: str, name: str, organisation: str, is_another: bool = False
) -> User:
    """Open an account for a person whom the owner is about to appoint, in the language of the organisation.

    The administrators are told. Raises ValidationError as `invite`.
    """
    chain = lock_organisation()
    ensure_free(email)
    ensure_not_mistaken(name, is_another=is_another, with_addresses=False)
    home = find_organisation(organisation)
    language = settings_now().language
    person = build_invited(email=email, name=name, title="", organisation=home, language=language)
    person.save()
    facts: dict[str, Any] = {"person": person.key, "for": project.code}
    event = record(Act.INVITE_HOLDER, person, project=chain, **facts)
    invite_by_outbox(event, [person])
    notify(event=event, reason=Reason.HOLDER_INVITED, about=PersonPage(person), people=list_administrators())
    return person


def build_invited(*, email: str, name: str, title: str, organisation: Organisation | None, language: str) -> User:
    """Build the account of a person who will choose a password."""
    person = User(email=email.lower(), name=name, title=title, organisation=organisation, language=language)
    person.time_zone = settings_now().time_zone
    person.set_unusable_password()
    return person


@act("projects.invite")
def invite_again(*, actor: User, person: User) -> User:
    """Make the earlier link useless, for another one. Raises ValidationError when a password was chosen already."""
    chain = lock_organisation()
    person = User.objects.select_for_update().get(pk=person.pk)
    if has_entered(person) or not person.is_active:
        raise ValidationError(_("This person has already chosen a password."))
    person.set_unusable_password()
    person.save()
    forget_failures(person)
    event = record(Act.INVITE, person, project=chain, person=person.key)
    invite_by_outbox(event, [person])
    return person


@act("projects.invite")
def invite_waiting(*, actor: User) -> list[User]:
    """Leave to the worker the invitations of all whose account was opened for a later one, and return these people."""
    chain = lock_organisation()
    people = list(list_uninvited().select_for_update(of=("self",)))
    for person in people:
        event = record(Act.INVITE, person, project=chain, person=person.key)
        invite_by_outbox(event, [person])
    return people


@act("projects.send_reset")
def send_reset(*, actor: User, person: User, ends_factors: bool = False) -> User:
    """Have the worker mail the person a link to choose a new password; the present one works until then.

    With `ends_factors` their second factors end when they choose it: for somebody who has lost them.
    Raises ValidationError without a password, and on a closed account.
    """
    return _send_reset(person, ends_factors=ends_factors)


@open_act
def mail_reset(*, actor: User, person: User) -> User:
    """Do the same from the server, by the installation, who acts; second factors stay."""
    return _send_reset(person, ends_factors=False)


def _send_reset(person: User, *, ends_factors: bool) -> User:
    chain = lock_organisation()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not person.is_active:
        raise ValidationError(_("This account is closed."))
    if not has_entered(person):
        raise ValidationError(_("This person has not chosen a password yet: send the invitation again."))
    detail = FACTORS_TOO if ends_factors else ""
    event = record(Act.SEND_RESET, person, project=chain, person=person.key, detail=detail)
    notify(event=event, reason=Reason.RESET_SENT, about=Account(), people=[person], the_actor_too=True)
    return person


@act("projects.close_account")
def close_account(*, actor: User, person: User, followers: Followers = NOBODY) -> User:
    """Close an account: its sessions end, the person can no longer sign in, and their roles are vacant.

    The owner of each project is notified, with who is proposed to follow: `followers` by the key of the mandate.
    Raises ValidationError on the account of the actor, on a closed one, and on that of an owner: it takes two people.
    """
    chain = lock_organisation()
    person = _lock_leaving(actor, person)
    _ensure_owns_nothing(person)
    tell_of_vacancies(_close(chain, person, followers), person)
    return person


@act("projects.plan_departure")
def plan_departure(*, actor: User, person: User, last_day: date, followers: Followers = NOBODY) -> User:
    """Set the day after which the account closes, or another one; its person, the owners and administrators are told.

    Raises ValidationError on a day that is past ("last_day"), on the account of the actor, on a closed one, and on that
    of an owner: it takes two people.
    """
    chain = lock_organisation()
    person = _lock_leaving(actor, person)
    _ensure_owns_nothing(person)
    if last_day < today():
        raise ValidationError({"last_day": _("Enter a date from today on.")})
    if person.last_day == last_day:
        return person
    person.last_day = last_day
    person.save()
    tell_owners(Reason.ROLE_LEAVING, person, followers, starts_on=last_day + DAY)
    event = _record_departure(chain, person)
    tell_administrators(event, Reason.DEPARTURE_SET, person)
    return person


@act("projects.plan_departure")
def take_back_departure(*, actor: User, person: User) -> User:
    """Take back the day after which the account closes.

    Raises ValidationError on the account of the actor, and when no day is set.
    """
    chain = lock_organisation()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person == actor:
        raise ValidationError(_("Another administrator takes back your last day."))
    if person.last_day is None:
        raise ValidationError(_("No last day is set."))
    if person.replaced.filter(ended_at=None, seconded_by__isnull=False).exists():
        raise ValidationError(_("Two people set this last day. Withdraw their proposal."))
    person.last_day = None
    person.save()
    event = _record_departure(chain, person)
    tell_administrators(event, Reason.DEPARTURE_OFF, person)
    tell_owners_of_stay(event, person)
    return person


@open_act
def close_departed(*, actor: User, person: User) -> bool:
    """Close an account whose last day is over; return whether it was. The installation acts; it gives no role.

    That of an owner is closed by two people (projects.people.replacements), that of an administrator stays open until
    their rights have ended.
    """
    chain = lock_organisation()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.last_day is None or person.last_day >= today() or person.is_staff or owns_projects(person):
        return False
    event = _close(chain, person, NOBODY)
    tell_administrators(event, Reason.DEPARTURE_OVER, person)
    tell_of_vacancies(event, person)
    return True


@open_act
def close_provisioned(*, actor: User, person: User, token: str) -> User:
    """Close an account as `close_account` does, because the directory of the organisation says so; its token is named.

    The installation acts. Raises ValidationError on a closed account, and on that of an owner.
    """
    chain = lock_organisation()
    person = _lock_leaving(actor, person)
    _ensure_owns_nothing(person)
    tell_of_vacancies(_close(chain, person, NOBODY, token=token), person)
    return person


@act("projects.reopen_account")
def reopen_account(*, actor: User, person: User) -> User:
    """Reopen a closed account, without any role; its person and the administrators are told.

    Somebody who never chose a password is invited again. Raises ValidationError on an open account, and on one that
    `find_obstacle` names.
    """
    chain = lock_organisation()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.is_active:
        raise ValidationError(_("This account is open."))
    if obstacle := find_obstacle(person):
        raise ValidationError(obstacle)
    person.is_active = True
    if not has_entered(person):
        person.set_unusable_password()  # links of before the closing stay without effect
    person.save()
    event = record(Act.REOPEN_ACCOUNT, person, project=chain, person=person.key)
    tell_of_reopening(event, person)
    return person


def close_owner(person: User) -> None:
    """Close the account of an owner inside an act of two people (projects.people.replacements)."""
    tell_of_vacancies(_close(lock_organisation(), person, NOBODY), person)


def _ensure_owns_nothing(person: User) -> None:
    if owns_projects(person):
        raise ValidationError(_("This person owns a project: two people close the account."))


def _lock_leaving(actor: User, person: User) -> User:
    """Return the locked account of a person who may leave. Raises ValidationError."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person == actor:
        raise ValidationError(_("You cannot close your own account."))
    if not person.is_active:
        raise ValidationError(_("This account is already closed."))
    return person


def _close(chain: Project, person: User, followers: Followers, **facts: Any) -> LedgerEvent:
    if person.is_staff:
        raise ValidationError(_("This person is an administrator. Remove the administrator rights first."))
    person.is_active, person.last_day = False, None
    person.save()
    end_sessions(person)
    tell_owners(Reason.ROLE_LEFT, person, followers)
    event = record(Act.CLOSE_ACCOUNT, person, project=chain, person=person.key, **facts)
    if has_entered(person):
        notify(event=event, reason=Reason.ACCOUNT_CLOSED, about=Account(), people=[person])
    return event


def _record_departure(chain: Project, person: User) -> LedgerEvent:
    day = person.last_day.isoformat() if person.last_day else ""
    return record(Act.PLAN_DEPARTURE, person, project=chain, person=person.key, last_day=day)


@open_act
def edit_account(
    *, actor: User, name: str, title: str, language: str, time_zone: str, is_another: bool = False
) -> User:
    """Change what the account of the actor says of them. Records what changed; nothing when nothing did.

    Raises ValidationError as `invite` on another name.
    """
    chain = lock_organisation()
    person = User.objects.select_for_update().get(pk=actor.pk)
    if name != person.name:
        ensure_not_mistaken(name, person, is_another=is_another)
    new = {"name": name, "title": title, "language": language, "time_zone": time_zone}
    changed = sorted(field for field, value in new.items() if getattr(person, field) != value)
    if not changed:
        return person
    for field in changed:
        setattr(person, field, new[field])
    person.save()
    listed = ",".join(changed)
    record(Act.EDIT_ACCOUNT, person, project=chain, person=person.key, changed=listed)
    return person


@open_act
def choose_password(*, actor: User, password: str) -> User:
    """Give an invited person, who acts, the password they chose. Raises ValidationError on a weak one ("password")."""
    return _record_password(actor, password, Origin.FIRST)


@open_act
def reset_password(*, actor: User, password: str) -> User:
    """Give the actor the password that they chose by a mailed link. Raises ValidationError on a weak one ("password").

    It counts once the waiting time is over. Second factors end if an administrator had the link say so.
    """
    lock_hand(actor)
    if ends_factors(actor):
        end_factors(actor=actor, person=actor)
    return _record_password(actor, password, Origin.MAILED)


@open_act
def change_password(*, actor: User, current: str, password: str) -> User:
    """Exchange the password of the actor, which ends their other sessions.

    Raises ValidationError when the current password is wrong ("current") and on a weak one ("password").
    """
    if not actor.check_password(current):
        raise ValidationError({"current": _("This is not your current password.")})
    return _record_password(actor, password, Origin.EXCHANGED)


def _record_password(actor: User, password: str, origin: Origin) -> User:
    """Write the password alone, on the row as it is now: an account closed meanwhile stays closed."""
    chain = lock_hand(actor).chain
    person = User.objects.select_for_update().get(pk=actor.pk)
    _set_password(person, password)
    person.save(update_fields=["password"])
    give_credential(actor=person, person=person, kind=CredentialKind.PASSWORD, origin=origin)
    record(Act.CHANGE_PASSWORD, person, actor=person, project=chain, person=person.key)
    return person


def _set_password(person: User, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    person.set_password(password)


def find_organisation(name: str) -> Organisation | None:
    """Return the organisation of this name, a new one when it is unknown, or None without a name."""
    if not name:
        return None
    known = Organisation.objects.filter(name__iexact=name).first()
    return known or Organisation.objects.create(name=name)
