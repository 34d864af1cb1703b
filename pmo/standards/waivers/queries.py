"""Queries of the register of waivers: requests, waivers in force, ended waivers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from core.access import Person
from governance.decide.decisions.models import Decision
from governance.decide.proposals.models import Proposal
from governance.enums import EffectiveFrom, Outcome, ProposalState
from pmo.standards.conformity.enums import WaiverEnding
from pmo.standards.conformity.models import Waiver, WaiverQuerySet
from pmo.standards.standards.models import StandardCheckpoint
from pmo.standards.waivers.statuses import Shown, WaiverStatus
from projects.models import Project
from roles.enums import DecisionKind

#: Days before its last one during which a waiver counts as ending.
WARNING = 30
#: Limit of rows of each kind in the register, newest first.
MOST = 200

_ASKED = {
    ProposalState.DRAFT: WaiverStatus.DRAFT,
    ProposalState.RETURNED: WaiverStatus.DRAFT,
    ProposalState.SUBMITTED: WaiverStatus.SUBMITTED,
    ProposalState.UNDER_REVIEW: WaiverStatus.UNDER_REVIEW,
    ProposalState.READY_FOR_DECISION: WaiverStatus.UNDER_REVIEW,
    ProposalState.DEFERRED: WaiverStatus.UNDER_REVIEW,
}
_ENDED = {
    WaiverEnding.REVOKED: WaiverStatus.REVOKED,
    WaiverEnding.CLOSED: WaiverStatus.CLOSED,
    WaiverEnding.REPLACED: WaiverStatus.REPLACED,
}
_SHOWN = {
    WaiverStatus.EXPIRED: Shown.EXPIRED,
    WaiverStatus.REVOKED: Shown.REVOKED,
    WaiverStatus.REPLACED: Shown.REVOKED,
    WaiverStatus.CLOSED: Shown.CLOSED,
    WaiverStatus.REFUSED: Shown.REFUSED,
}


@dataclass(frozen=True)
class Entry:
    """Line of the register: an ungranted request, or a waiver."""

    status: WaiverStatus
    shown: Shown
    proposal: Proposal
    waiver: Waiver | None = None

    @property
    def pk(self) -> str:
        """Return what tells it from the others of the register."""
        return f"w{self.waiver.pk}" if self.waiver else f"p{self.proposal.pk}"

    @property
    def address(self) -> str:
        """Return the address of the waiver, or of the request."""
        return (self.waiver or self.proposal).get_absolute_url()

    @property
    def title(self) -> str:
        """Return the title as the owner decided on it, or of the request."""
        return self.waiver.version.title if self.waiver else self.proposal.title

    @property
    def terms(self) -> dict[str, str]:
        """Return the granted or requested terms."""
        terms: dict[str, str] = (
            self.waiver.terms if self.waiver else (self.proposal.current or self.proposal.draft).terms
        )
        return terms

    @property
    def references(self) -> str:
        """Return the names of the checkpoints, separated by commas."""
        return self.terms.get("checkpoints", "").replace(",", ", ")

    @property
    def measure(self) -> str:
        """Return the compensating measure; empty while unwritten."""
        return self.terms.get("measure", "")


def list_ending(projects: QuerySet[Project], on: date, days: int) -> WaiverQuerySet:
    """List the waivers of `projects` in force on that day with at most `days` days left, nearest end first."""
    return (
        Waiver.objects.filter(project__in=projects).in_force(on).filter(ends_within(on, days)).order_by("ends_on", "pk")
    )


def ends_within(on: date, days: int) -> Q:
    """Build the condition that a waiver in force on that day has at most `days` days left."""
    return Q(ends_on__lte=on + timedelta(days=days))


def waiver_status(waiver: Waiver, on: date) -> WaiverStatus:
    """Return the status of a waiver on that day. Its decision and end must be loaded."""
    if waiver.early_end and waiver.early_end.ended_on <= on:
        return _ENDED[WaiverEnding(waiver.early_end.ending)]
    if waiver.ends_on < on:
        return WaiverStatus.EXPIRED
    conditions = waiver.decision.outcome == Outcome.APPROVED_WITH_CONDITIONS
    return WaiverStatus.GRANTED_WITH_CONDITIONS if conditions else WaiverStatus.GRANTED


def request_status(proposal: Proposal, on: date) -> WaiverStatus | None:
    """Return the status of a request without a waiver; None when withdrawn, merged or granted.

    A request that waits for its conditions expires on its last day: nothing can be granted after it.
    """
    if proposal.state in _ASKED:
        return _ASKED[ProposalState(proposal.state)]
    answer: Decision | None = proposal.answer
    if proposal.current is None or answer is None:
        return None
    if answer.outcome == Outcome.REJECTED or answer.changes_nothing:
        return WaiverStatus.REFUSED
    waits = proposal.state == ProposalState.CONDITIONS_OPEN and answer.effective == EffectiveFrom.WHEN_MET
    if not waits:
        return None
    last = answer.content.terms.get("ends_on", "")
    return WaiverStatus.EXPIRED if last and date.fromisoformat(last) <= on else WaiverStatus.WAITING


def list_entries(project: Project, reader: Person, on: date) -> list[Entry]:
    """List the register of `project` visible to `reader`: requests, then waivers, newest first. Two queries."""
    files = Proposal.objects.visible_to(reader).filter(project=project, kind=DecisionKind.WAIVER)
    files = files.select_related("project", "current__decision__project", "draft").order_by("-number")[:MOST]
    granted = Waiver.objects.filter(project=project).with_record().select_related("revision__decision__project")
    requests = [_build_request_entry(file, on) for file in files]
    return [
        *filter(None, requests),
        *(_build_waiver_entry(waiver, on) for waiver in granted.order_by("-number")[:MOST]),
    ]


def _build_request_entry(proposal: Proposal, on: date) -> Entry | None:
    status = request_status(proposal, on)
    return Entry(status, _SHOWN.get(status, Shown.ASKED), proposal) if status else None


def _build_waiver_entry(waiver: Waiver, on: date) -> Entry:
    status = waiver_status(waiver, on)
    waiver.revision.proposal.project = waiver.project
    return Entry(status, _SHOWN.get(status) or _section_of(waiver, on), waiver.revision.proposal, waiver)


def _section_of(waiver: Waiver, on: date) -> Shown:
    """Return the register section of a waiver that is not over on that day."""
    if waiver.starts_on > on:
        return Shown.COMING
    return Shown.ENDING if (waiver.ends_on - on).days <= WARNING else Shown.IN_FORCE


def count_sections(rows: Iterable[Entry]) -> dict[Shown, int]:
    """Count the lines of each register section."""
    counts = dict.fromkeys(Shown, 0)
    for row in rows:
        counts[row.shown] += 1
    return counts


def list_covered_checkpoints(waiver: Waiver) -> list[StandardCheckpoint]:
    """List the checkpoints of a waiver in order, with version and standard."""
    checkpoints = StandardCheckpoint.objects.filter(pk__in=waiver.checkpoints)
    return list(checkpoints.select_related("version__standard").order_by("number"))
