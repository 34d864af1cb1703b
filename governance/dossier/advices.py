"""The two advices side by side: what each adviser role says of a revision, and whether they differ (R2, R7)."""

from dataclasses import dataclass

from governance.opinions.models import Opinion
from governance.proposals.models import Proposal, ProposalRevision
from projects.models import Mandate


@dataclass(frozen=True)
class Advice:
    """One adviser role before one revision: its opinion, or why there is none and what it said of an older one."""

    code: str
    name: str
    holder: str
    opinion: Opinion | None
    earlier: Opinion | None
    is_author: bool
    is_asked: bool


def advices(
    proposal: Proposal, revision: ProposalRevision | None, opinions: list[Opinion], seats: list[Mandate]
) -> list[Advice]:
    """One line per adviser role of the project, PMO before AMOA, whoever wrote the proposal included.

    `opinions` on another revision are shown as given earlier, as long as the role has not answered this one.
    """
    given = {o.role: o for o in opinions if revision and o.revision_id == revision.pk}
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
        )
        for code in codes
    ]


def diverge(opinions: list[Opinion]) -> bool:
    """Whether the positions given differ."""
    return len({opinion.position for opinion in opinions}) > 1
