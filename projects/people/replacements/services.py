"""Acts of two hands: close the account of an owner, or name another owner in their place (ADR 49).

Each step is an event of the project, or of the organisation and of each project that the person owns. Everybody who
must know is notified of it.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time, open_act
from core.pages.sessions.sign_ins import end_sessions
from core.record.meaning import TOO_LITTLE, is_meaningful
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import lock_organisation, record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.organisation_settings.queries import today
from projects.people.accounts.departures import list_owned_projects, owns_projects
from projects.people.accounts.services import close_owner
from projects.people.replacements.enums import WEEK, Kind, Outcome
from projects.people.replacements.models import Replacement
from projects.people.replacements.predicates import find_capacity, find_last_owner
from projects.people.replacements.queries import (
    counts_alone,
    is_alone,
    list_announcements,
    list_audience,
    list_projects,
)
from projects.project.models import Project
from projects.seats.mandates.models import Mandate
from projects.seats.mandates.services import ensure_eligible, follow_owner, role_on
from roles.models import INSTALLATION, User


class NoLongerPossible(ValidationError):
    """Raised when a replacement has gone on meanwhile, so that the step is not possible."""

    def __init__(self) -> None:
        super().__init__(_("This was withdrawn, done or objected to meanwhile."))


@open_act
def ask_closing(*, actor: User, person: User, token: str = "") -> Replacement | None:
    """Ask that two people close the account of an owner, for the directory or a last day; the installation acts.

    Return None when that is asked or proposed already. Everybody who must know is notified.
    """
    chain = lock_organisation()
    if Replacement.objects.open().filter(kind=Kind.CLOSING, former=person).exists():
        return None
    asked = Replacement(kind=Kind.CLOSING, project=chain, former=person, proposed_by=actor, proposed_at=act_time())
    asked.save(force_insert=True)
    _tell(Act.ASK_REPLACEMENT, Reason.SEAT_ASKED, asked, token=token)
    return asked


@act("projects.propose_replacement", on=lambda given: given["person"])
def propose_closing(*, actor: User, person: User, because: str, last_day: date | None = None) -> Replacement:
    """Propose to close the account of an owner, at once or after a last day, and say why they are no longer there.

    Raises ValidationError on the account of the actor, on a closed one, on that of a person who owns nothing, on a day
    that is past ("last_day"), on words that say nothing ("because"), and when it is proposed already.
    """
    chain = lock_organisation()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person == actor:
        raise ValidationError(_("You cannot close your own account."))
    if not person.is_active:
        raise ValidationError(_("This account is already closed."))
    if not owns_projects(person):
        raise ValidationError(_("This person no longer owns a project."))
    if last_day and last_day < today():
        raise ValidationError({"last_day": _("Enter a date from today on.")})
    _ensure_words(because)
    for open_one in Replacement.objects.open().filter(kind=Kind.CLOSING, former=person).select_related("proposed_by"):
        if open_one.proposed_by.email != INSTALLATION:
            raise ValidationError(_("It is already proposed to close this account."))
        _end(open_one, Outcome.WITHDRAWN)
        record(Act.END_REPLACEMENT, open_one, project=chain, **_facts(open_one))
    return _propose(
        actor, Replacement(kind=Kind.CLOSING, project=chain, former=person, because=because, last_day=last_day)
    )


@act("projects.propose_replacement", on="project")
def propose_owner(*, actor: User, project: Project, successor: User, because: str) -> Replacement:
    """Propose an owner in place of the last one, and say why that one is no longer there.

    Raises ValidationError when `successor` is the actor or the last owner, or cannot have the role; on words that say
    nothing ("because"), and when another owner is proposed already.
    """
    former = find_last_owner(project)
    if former is None:
        raise NoLongerPossible
    if successor == former:
        raise ValidationError(_("Select another person: this one was the last owner."))
    if not successor.is_active:
        raise ValidationError(_("This account is closed."))
    _ensure_words(because)
    if Replacement.objects.open().filter(kind=Kind.OWNER, project=project).exists():
        raise ValidationError(_("Another owner is already proposed for this project."))
    ensure_eligible(actor, project, role_on(project), successor, None)
    return _propose(
        actor, Replacement(kind=Kind.OWNER, project=project, former=former, successor=successor, because=because)
    )


def _propose(actor: User, replacement: Replacement) -> Replacement:
    replacement.proposed_by, replacement.proposed_at = actor, act_time()
    replacement.alone = is_alone(replacement)
    replacement.save(force_insert=True)
    _tell(Act.PROPOSE_REPLACEMENT, Reason.SEAT_PROPOSED, replacement)
    return replacement


@act("projects.second_replacement", on="replacement")
def second(*, actor: User, replacement: Replacement, because: str) -> Replacement:
    """Second a replacement in words of one's own; the account closes now, or after the last day.

    Raises ValidationError on words that say nothing ("because").
    """
    _ensure_words(because)
    if replacement.ended_at or replacement.seconded_by:
        raise NoLongerPossible
    replacement.capacity = find_capacity(actor, replacement) or ""
    replacement.seconded_by, replacement.seconded_at, replacement.seconded_because = actor, act_time(), because
    replacement.save()
    closes = not replacement.is_of_owner and not replacement.is_contested
    waits = closes and replacement.last_day is not None and replacement.last_day >= today()
    if waits:
        replacement.former.last_day = replacement.last_day
        replacement.former.save()
    _tell(Act.SECOND_REPLACEMENT, Reason.SEAT_SECONDED, replacement)
    if closes and not waits:
        _close(replacement)
    return replacement


@act("projects.take_replacement", on="replacement")
def take_seat(*, actor: User, replacement: Replacement) -> Mandate:
    """Accept the seat of an owner, by the new owner's own hand: the last one's seat ends, theirs begins.

    Raises NoLongerPossible while it is not seconded or is contested, and before one hand alone counts.
    """
    if replacement.ended_at or replacement.is_contested or not replacement.successor:
        raise NoLongerPossible
    if replacement.seconded_by is None and not counts_alone(replacement):
        raise NoLongerPossible
    _end(replacement, Outcome.DONE)
    mandate = follow_owner(
        actor, replacement.project, appointed_by=replacement.proposed_by, replacement_id=replacement.pk
    )
    _tell(Act.TAKE_REPLACEMENT, Reason.SEAT_TAKEN, replacement, mandate=mandate.pk)
    return mandate


@open_act
def announce(*, actor: User, replacement: Replacement) -> bool:
    """Tell everybody again, once a week, that one hand alone is at work; return whether it was time. Idempotent."""
    replacement = replacement.locked()
    told = list_announcements(replacement)
    last = told[0].acted_at if told else replacement.proposed_at
    if replacement.ended_at or not replacement.alone or replacement.seconded_by or last + WEEK > act_time():
        return False
    _tell(Act.ANNOUNCE_REPLACEMENT, Reason.SEAT_WEEKLY, replacement)
    return True


@open_act
def settle_closing(*, actor: User, replacement: Replacement) -> bool:
    """Close the account of an owner where nothing is missing any more; return whether it was. The installation acts."""
    replacement = replacement.locked()
    is_due = replacement.seconded_by_id is not None or counts_alone(replacement)
    is_over = replacement.last_day is None or replacement.last_day < today()
    if replacement.ended_at or replacement.is_of_owner or replacement.is_contested or not (is_due and is_over):
        return False
    _close(replacement)
    return True


def _close(replacement: Replacement) -> None:
    """Close the account of the former owner."""
    person = User.objects.select_for_update(of=("self",)).get(pk=replacement.former_id)
    audience = list_audience(replacement)
    projects = list_projects(replacement)
    _end(replacement, Outcome.DONE)
    if person.is_active:
        close_owner(person)
    _tell(Act.TAKE_REPLACEMENT, Reason.SEAT_TAKEN, replacement, audience=audience, projects=projects)
    end_sessions(person)


@open_act
def object_to_replacement(*, actor: User, replacement: Replacement) -> list[Replacement]:
    """Object, as the former owner, to all that is asked about them or was done within 30 days; return what.

    The caller has checked the link that was mailed, or who is signed in. Raises NoLongerPossible when nothing is left
    to object to.
    """
    rows = Replacement.objects.recent(act_time()).filter(former=replacement.former_id).order_by("pk")
    contested = [row.locked() for row in rows]
    contested = [row for row in contested if row.objected_at is None and row.outcome != Outcome.WITHDRAWN]
    if not contested:
        raise NoLongerPossible
    for row in contested:
        row.objected_at = act_time()
        row.save()
        _tell(Act.OBJECT_REPLACEMENT, Reason.SEAT_OBJECTED, row)
    return contested


@act("projects.confirm_replacement", on="replacement")
def confirm_anew(*, actor: User, replacement: Replacement, because: str) -> Replacement:
    """Confirm what the former owner objects to, in words; it counts again once both have.

    Raises ValidationError on words that say nothing ("because").
    """
    _ensure_words(because)
    if replacement.objected_at is None or replacement.outcome == Outcome.WITHDRAWN:
        raise NoLongerPossible
    hand = "reproposed" if actor.pk == replacement.proposed_by_id else "reseconded"
    if getattr(replacement, f"{hand}_at"):
        raise NoLongerPossible
    setattr(replacement, f"{hand}_at", act_time())
    setattr(replacement, f"{hand}_because", because)
    replacement.save()
    _tell(Act.CONFIRM_REPLACEMENT, Reason.SEAT_CONFIRMED, replacement, hand=hand)
    return replacement


@act("projects.end_replacement", on="replacement")
def withdraw(*, actor: User, replacement: Replacement) -> Replacement:
    """Withdraw a replacement that is not done. Raises NoLongerPossible when it has ended."""
    if replacement.ended_at:
        raise NoLongerPossible
    _end(replacement, Outcome.WITHDRAWN)
    former = replacement.former
    if not replacement.is_of_owner and replacement.seconded_by and former.last_day:
        former.last_day = None
        former.save()
    _tell(Act.END_REPLACEMENT, Reason.SEAT_WITHDRAWN, replacement)
    return replacement


def _ensure_words(because: str) -> None:
    if not is_meaningful(because):
        raise ValidationError({"because": TOO_LITTLE})


def _end(replacement: Replacement, outcome: Outcome) -> None:
    replacement.ended_at, replacement.outcome = act_time(), outcome
    replacement.save()


def _facts(replacement: Replacement) -> dict[str, Any]:
    """Return what each of its events tells: the people by their keys, and whether one hand is alone."""
    successor = replacement.successor
    return {
        "detail": replacement.kind,
        "former": replacement.former.key,
        "successor": successor.key if successor else "",
        "alone": "yes" if replacement.alone else "",
    }


def _tell(
    what: Act,
    reason: Reason,
    replacement: Replacement,
    *,
    audience: list[User] | None = None,
    projects: list[Project] | None = None,
    **facts: Any,
) -> LedgerEvent:
    """Record a step on its chain, and of a closing on each project of the person; notify everybody who must know."""
    told = _facts(replacement) | facts
    if not replacement.is_of_owner:
        owned = projects if projects is not None else list(list_owned_projects(replacement.former))
        for project in Project.objects.lock().filter(pk__in=[project.pk for project in owned]).order_by("pk"):
            seat = project.mandates.deciding().filter(holder=replacement.former_id).latest("pk")
            about = {"replacement": replacement.pk, **told}
            record(what, seat, project=project, **about)
    event = record(what, replacement, **told)
    people = list_audience(replacement) if audience is None else audience
    notify(event=event, reason=reason, about=replacement, people=people, the_actor_too=True)
    return event
