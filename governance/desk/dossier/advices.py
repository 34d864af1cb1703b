"""Opinions of the advising roles side by side, whether they differ (R2, R7), and the form of the reader's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.access import can
from governance.decide.decisions.models import Decision
from governance.decide.independence.models import IndependenceMark
from governance.decide.independence.queries import read_marks, with_mark
from governance.decide.opinions.forms import OpinionForm
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.desk.dossier.situation import describe_closed_opinion
from projects.models import Mandate
from projects.seats.mandates.availability import Unavailable
from projects.seats.mandates.predicates import opining_role


@dataclass(frozen=True)
class Advice:
    """The opinion of one adviser role on a revision, or its absence and an opinion on an earlier revision.

    `unavailable` tells why nobody can give it now, `wrote` which other proposal on the question the role wrote,
    `marks` why the opinion is not independent.
    """

    code: str
    name: str
    holder: str
    opinion: Opinion | None
    earlier: Opinion | None
    is_author: bool
    is_asked: bool
    unavailable: Unavailable | None = None
    wrote: str = ""
    marks: Sequence[IndependenceMark] = ()


def list_advices(
    proposal: Proposal,
    revision: ProposalRevision | None,
    opinions: list[Opinion],
    seats: list[Mandate],
    absences: Mapping[str, Unavailable] = MappingProxyType({}),
) -> list[Advice]:
    """List one row for each adviser role of the project, PMO before AMOA, the author role included.

    `opinions` are read `with_mark`; those on other revisions are `earlier`, until the role has answered this revision.
    """
    wrote = {rival.author_role: rival.reference for rival in proposal.rivals()}
    given = {o.role: o for o in opinions if revision and o.revision_id == revision.pk}
    marks = read_marks(given.values())
    earlier = {o.role: o for o in opinions if o.role not in given}
    advisers = {seat.role.code: seat for seat in seats if seat.advises}
    codes = sorted(
        {*advisers, *given, *earlier, *(revision.asked_roles if revision else [])},
        key=lambda code: (advisers[code].role.position if code in advisers else 99, code),
    )
    return [
        Advice(
            code=code,
            name=advisers[code].role.name if code in advisers else code,
            holder=str(advisers[code].holder) if code in advisers else "",
            opinion=given.get(code),
            earlier=earlier.get(code),
            is_author=code == proposal.author_role,
            is_asked=bool(revision and code in revision.asked_roles),
            unavailable=absences.get(code),
            wrote=wrote.get(code, ""),
            marks=marks.get(given[code].pk, ()) if code in given else (),
        )
        for code in codes
    ]


def is_divergent(opinions: list[Opinion]) -> bool:
    """Return whether these opinions differ in position, or prefer different options."""
    preferred = {opinion.preferred for opinion in opinions if opinion.preferred}
    return len({opinion.position for opinion in opinions}) > 1 or len(preferred) > 1


@dataclass(frozen=True)
class Opinions:
    """The advising roles with their opinions, whether these differ, and the form of the reader's role, if it has one.

    `closed` tells a reader who gave no opinion why none is taken any more.
    """

    advices: list[Advice]
    diverge: bool
    role: str | None
    form: OpinionForm
    closed: str


def list_given(proposal: Proposal) -> list[Opinion]:
    """List the newest opinion of each role on a submitted proposal."""
    if proposal.current is None:
        return []
    opinions = Opinion.objects.filter(revision__proposal=proposal.pk).select_related("passkey")
    return list(with_mark(opinions.latest_by_role()))


def filter_current(proposal: Proposal, given: list[Opinion]) -> list[Opinion]:
    """Return those on the current revision."""
    return [opinion for opinion in given if opinion.revision_id == proposal.current_id]


def build_opinions(
    user: Any,
    proposal: Proposal,
    given: list[Opinion],
    seats: list[Mandate],
    unavailable: Mapping[str, Unavailable],
    decision: Decision | None,
    form: OpinionForm | None,
    *,
    may_advise: bool,
) -> Opinions:
    """Build the opinions; `unavailable` tells why nobody can give some, `form` is what was posted."""
    opinions, role = filter_current(proposal, given), opining_role(user, proposal.project, proposal.kind)
    is_silent = role and not may_advise and role not in {opinion.role for opinion in opinions}
    fingerprint = proposal.current.hash if proposal.current else ""
    return Opinions(
        list_advices(proposal, proposal.current, given, seats, unavailable),
        is_divergent(opinions),
        role,
        form or OpinionForm(content=proposal.current, initial={"fingerprint": fingerprint}),
        describe_closed_opinion(proposal, decision) if is_silent and can(user, "governance.advise", proposal) else "",
    )
