"""Acts that give and end the rights of an administrator, in the chain of the organisation.

All administrators and the person are told of each. Given rights wait before they count; the end of rights that count
leaves their person the time to object, or takes a second administrator.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time, open_act
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import lock_organisation, record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.notices.subjects import Account
from projects.organisation_settings.queries import day_of, organisation, today
from projects.people.accounts.farewells import PersonPage
from projects.people.accounts.names import ensure_not_mistaken
from projects.people.accounts.services import build_invited, list_administrators
from projects.people.administrators.enums import HOURS, End
from projects.people.administrators.models import AdministratorEnding
from projects.people.administrators.queries import rights_count
from projects.project.models import Project
from roles.accounts.addresses import ensure_free
from roles.models import INSTALLATION, User


class NoLongerOpen(ValidationError):
    """Raised when the request has ended, or its person has objected."""

    def __init__(self) -> None:
        super().__init__(_("No end of these rights is pending."))


@act("projects.name_administrator")
def name_administrator(*, actor: User, person: User) -> User:
    """Make a person an administrator. Raises ValidationError for a closed account and for an administrator."""
    chain = lock_organisation()
    person = _lock_person(actor, person)
    if person.is_staff:
        raise ValidationError(_("Another administrator has just done this."))
    person.is_staff = True
    person.save()
    event = record(Act.NAME_ADMINISTRATOR, person, project=chain, person=person.key)
    _tell(event, Reason.ADMINISTRATOR_NAMED, person)
    return person


@open_act
def invite_operator(*, actor: User, email: str, name: str, is_another: bool = False) -> User:
    """Open the account of an administrator from the server, by the installation, who acts; they choose a password.

    All administrators are told. The rights count after the waiting time, at once where there is no other administrator:
    the event says so. Raises ValidationError as `invite`.
    """
    chain = lock_organisation()
    ensure_free(email)
    ensure_not_mistaken(name, is_another=is_another)
    alone = "" if list_administrators().exists() else "yes"
    person = build_invited(email=email, name=name, title="", organisation=None, language=organisation().language)
    person.is_staff = person.is_superuser = True
    person.save()
    key = person.key
    event = record(Act.INVITE, person, project=chain, person=key, administrator="yes", alone=alone)
    _tell(event, Reason.ADMINISTRATOR_NAMED, person)
    return person


@act("projects.end_administrator")
def end_administrator(*, actor: User, person: User) -> AdministratorEnding:
    """Ask that the rights of an administrator end; those that do not count yet end at once.

    Raises ValidationError for the actor, for one who is none, and while another request is open.
    """
    chain = lock_organisation()
    person = _lock_person(actor, person)
    if not person.is_staff:
        raise ValidationError(_("Another administrator has just done this."))
    return _ask(chain, actor, person)


@open_act
def end_departed(*, actor: User, person: User) -> bool:
    """Ask for the end once the last day of an administrator is over; return whether it was. The installation acts.

    Once in a departure: an objection leaves it to administrators.
    """
    chain = lock_organisation()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not person.is_staff or person.last_day is None or person.last_day >= today():
        return False
    newest = AdministratorEnding.objects.filter(person=person).order_by("-pk").first()
    if newest and (newest.ended_at is None or day_of(newest.asked_at) > person.last_day):
        return False
    if not list_administrators().exclude(pk=person.pk).exists():
        return False
    _ask(chain, actor, person)
    return True


@act("projects.end_administrator")
def second_ending(*, actor: User, person: User) -> AdministratorEnding:
    """End the rights of an administrator as the second one who says so.

    Raises ValidationError for the person, for who asked, and for an administrator newer than the waiting time.
    """
    chain = lock_organisation()
    ending = _lock_ending(person)
    if not ending.may_be_seconded_by(actor):
        raise ValidationError(
            _(
                "Another administrator confirms, who did not ask for it and whose rights are older than the waiting"
                " time."
            )
        )
    ending.seconded_by = actor
    _close(chain, ending, End.APPLIED)
    return ending


@act("projects.end_administrator")
def keep_administrator(*, actor: User, person: User) -> AdministratorEnding:
    """Take back the end of the rights of an administrator. Raises ValidationError unless the actor asked for it."""
    chain = lock_organisation()
    ending = _lock_ending(person)
    if not ending.may_be_kept_by(actor):
        raise ValidationError(_("Only the administrator who asked for it takes it back."))
    _close(chain, ending, End.TAKEN_BACK)
    return ending


@open_act
def object_to_ending(*, actor: User, ending: AdministratorEnding) -> AdministratorEnding:
    """Record that an administrator, who acts, objects to the end of their rights: it takes a second one from now on.

    The caller has checked the link that was mailed. Raises NoLongerOpen.
    """
    chain = lock_organisation()
    ending = _lock_ending(ending.person)
    if ending.objected_at:
        raise NoLongerOpen
    ending.objected_at = act_time()
    ending.save()
    _tell_ending(_record(Act.OBJECT_RIGHTS_END, chain, ending), ending)
    return ending


@open_act
def settle_ending(*, actor: User, ending: AdministratorEnding) -> bool:
    """Apply a request to which its person did not object, or let it lapse; return whether it ended.

    The installation acts. It lapses when who asked is no longer entitled to.
    """
    chain = lock_organisation()
    try:
        ending = _lock_ending(ending.person)
    except NoLongerOpen:
        return False
    if not _may_ask(ending):
        _close(chain, ending, End.LAPSED)
    elif ending.is_due(act_time(), today()):
        _close(chain, ending, End.APPLIED)
    else:
        return False
    return True


def _may_ask(ending: AdministratorEnding) -> bool:
    """Return whether who asked still may: an administrator, or the installation after a last day."""
    if ending.asked_by.email == INSTALLATION:
        return ending.person.last_day is not None and ending.person.last_day < today()
    return rights_count(ending.asked_by)


def _lock_person(actor: User, person: User) -> User:
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person == actor:
        raise ValidationError(_("Another administrator ends your rights."))
    if not person.is_active:
        raise ValidationError(_("This account is closed."))
    return person


def _lock_ending(person: User) -> AdministratorEnding:
    """Return the open request about a person, fresh and locked with them. Raises NoLongerOpen."""
    open_ones = AdministratorEnding.objects.open().select_for_update(of=("self",)).select_related("asked_by")
    ending = open_ones.filter(person=person.pk).first()
    if ending is None:
        raise NoLongerOpen
    ending.person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    return ending


def _ask(chain: Project, actor: User, person: User) -> AdministratorEnding:
    if AdministratorEnding.objects.open().filter(person=person).exists():
        raise ValidationError(_("The end of these rights is pending already."))
    now, counted = act_time(), rights_count(person)
    ending = AdministratorEnding(person=person, asked_by=actor, asked_at=now)
    ending.counts_from = now + timedelta(hours=HOURS) if counted else now
    ending.save(force_insert=True)
    event = _record(Act.ASK_RIGHTS_END, chain, ending)
    if counted:
        _tell_ending(event, ending)
    else:
        _close(chain, ending, End.APPLIED)
    return ending


def _close(chain: Project, ending: AdministratorEnding, outcome: End) -> None:
    ending.ended_at, ending.outcome = act_time(), outcome
    ending.save()
    if outcome == End.APPLIED:
        ending.person.is_staff = False
        ending.person.save()
    what = Act.END_ADMINISTRATOR if outcome == End.APPLIED else Act.KEEP_RIGHTS
    _tell_ending(_record(what, chain, ending, detail=outcome), ending)


def _record(what: Act, chain: Project, ending: AdministratorEnding, detail: str = "") -> LedgerEvent:
    key = ending.person.key
    return record(what, ending, project=chain, detail=detail, person=key)


def _tell_ending(event: LedgerEvent, ending: AdministratorEnding) -> None:
    _tell(event, Reason.ADMINISTRATOR_ENDED, ending.person)


def _tell(event: LedgerEvent, reason: Reason, person: User) -> None:
    """Notify the person and all administrators, also the one who acts: their session may be stolen."""
    notify(event=event, reason=reason, about=Account(), people=[person], the_actor_too=True)
    others = list_administrators().exclude(pk=person.pk)
    notify(event=event, reason=reason, about=PersonPage(person), people=others, the_actor_too=True)
