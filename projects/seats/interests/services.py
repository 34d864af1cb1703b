"""Acts: note a bidder, declare a tie, settle a tie (R8).

Organisations are looked up by name and created when unknown. Texts of ties and rulings stay in the row; ledger events
carry keys and the seal only.
"""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.acts import act, act_time, take_database_time
from core.record.meaning import is_meaningful
from projects.impartiality.models import Bidder, Interest, Ruling
from projects.independence.judging import judge_soon
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.project.models import Project
from projects.seats.mandates.holders import owners
from projects.seats.mandates.models import Delegation
from projects.seats.mandates.predicates import project_seats
from projects.seats.mandates.services import end_mandate, revoke
from roles.models import Organisation, User


class SettledAlready(ValidationError):
    """Raised when the tie already has a ruling."""

    def __init__(self) -> None:
        super().__init__(_("The owner has already ruled on this interest."))


@dataclass(frozen=True)
class _Ties:
    """Subject of a notice about a tie; links to the page of ties of the project."""

    project: Project

    @property
    def reference(self) -> str:
        return self.project.code

    @property
    def title(self) -> str:
        return self.project.title

    def get_absolute_url(self) -> str:
        return reverse("projects:interests:interests", args=[self.project.code])


@act("projects.note_bidder", on="project")
def note_bidder(*, actor: User, project: Project, organisation: str) -> Bidder:
    """Note that an organisation bids on the project; from now on a tie with it blocks.

    Raises ValidationError ("organisation") on an empty name and on a known bidder.
    """
    named = _get_or_create_organisation(organisation)
    if project.bidders.filter(organisation=named).exists():
        raise ValidationError({"organisation": _("This organisation is already a bidder.")})
    bidder = Bidder.objects.create(project=project, organisation=named, noted_by=actor, acted_at=act_time())
    event = record(Act.NOTE_BIDDER, bidder, role=_role_code(actor, project), organisation=named.pk)
    ties = project.interests.filter(organisation=named, ruling="").select_related("person")
    blocked = [tie.person for tie in ties if project_seats(tie.person, project)]
    notify(event=event, reason=Reason.TIE_BLOCKS, about=_Ties(project), people=blocked)
    if blocked:
        notify(event=event, reason=Reason.TIE_WAITS, about=_Ties(project), people=_owners(project))
    judge_soon(project.pk)
    return bidder


@act("projects.declare_interest", on="project")
def declare_interest(
    *, actor: User, project: Project, organisation: str, tie: str, starts_on: date | None = None
) -> Interest:
    """Declare a tie of the actor with an organisation, by default since today; a tie with a bidder blocks their role.

    Seats and opinions are judged anew. Raises ValidationError on an empty name or an unsettled tie with it
    ("organisation"), on an empty text ("tie"), and on a day to come ("starts_on").
    """
    if not is_meaningful(tie):
        raise ValidationError({"tie": _("Describe the interest.")})
    if starts_on and starts_on > timezone.localdate(act_time()):
        raise ValidationError({"starts_on": _("Enter a date, today at the latest.")})
    named = _get_or_create_organisation(organisation)
    if project.interests.filter(person=actor, organisation=named, ruling="").exists():
        raise ValidationError({"organisation": _("This interest is already declared.")})
    interest = Interest.objects.create(
        project=project, person=actor, organisation=named, tie=tie, starts_on=starts_on, acted_at=act_time()
    )
    event = record(
        Act.DECLARE_INTEREST, interest, role=_role_code(actor, project), person=actor.key, organisation=named.pk
    )
    notify(event=event, reason=Reason.TIE_WAITS, about=_Ties(project), people=_owners(project))
    judge_soon(project.pk)
    return interest


@act("projects.settle_interest", on="interest")
def settle_interest(*, actor: User, interest: Interest, ruling: Ruling, because: str) -> Interest:
    """Settle a tie of another person, once and with reasons.

    `Ruling.LEAVES` ends every seat of the person on the project now, for the same reason. Raises SettledAlready, and
    ValidationError without a reason ("because").
    """
    project = interest.project
    if interest.ruling:
        raise SettledAlready
    if not is_meaningful(because):
        raise ValidationError({"because": _("Enter the reasons.")})
    if ruling == Ruling.LEAVES:
        _end_every_seat(actor, interest, because)
        take_database_time()  # the trigger wants the seats to end before the tie is settled
    interest.ruling, interest.ruled_because = ruling, because
    interest.ruled_by, interest.ruled_at = actor, act_time()
    interest.save()
    event = record(
        Act.SETTLE_INTEREST,
        interest,
        role=_role_code(actor, project),
        detail=ruling,
        person=interest.person.key,
        organisation=interest.organisation_id,
    )
    notify(event=event, reason=Reason.TIE_SETTLED, about=_Ties(project), people=[interest.person])
    return interest


def _end_every_seat(actor: User, interest: Interest, because: str) -> None:
    """End the person's mandates and delegations on this project, including future ones."""
    now, project, person = act_time(), interest.project, interest.person
    for delegation in Delegation.objects.filter(mandate__project=project, delegate=person).order_by("pk"):
        if not delegation.taken_back and delegation.ends_at > now:
            revoke(actor=actor, delegation=delegation)
    for mandate in project.mandates.filter(holder=person).not_over(now).order_by("pk"):
        end_mandate(actor=actor, mandate=mandate, because=because)


def _owners(project: Project) -> list[User]:
    return [mandate.holder for mandate in owners(project)]


def _get_or_create_organisation(name: str) -> Organisation:
    """Get the organisation by name, ignoring case, or create it. Raises ValidationError on an empty name."""
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"organisation": _("Name the organisation.")})
    alike = list(Organisation.objects.filter(name__iexact=name).order_by("pk"))
    known = next((organisation for organisation in alike if organisation.name == name), None) or next(iter(alike), None)
    return known or Organisation.objects.get_or_create(name=name)[0]


def _role_code(actor: User, project: Project) -> str:
    """Return the role code of the actor, even while a tie blocks it; empty for delegates."""
    return next((seat.role for seat in project_seats(actor, project) if not seat.is_delegated), "")
