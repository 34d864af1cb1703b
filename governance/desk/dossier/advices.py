"""Opinions of the adviser roles side by side, and whether they differ (R2, R7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from governance.decide.independence.models import IndependenceMark
from governance.decide.independence.queries import read_marks
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.models import Proposal, ProposalRevision
from projects.mandates.availability import Unavailable
from projects.models import Mandate


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
