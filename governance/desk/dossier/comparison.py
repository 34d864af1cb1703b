"""Comparison of two revisions of the same proposal."""

from dataclasses import dataclass

from django.http import Http404

from core.pages.diff import FieldDifference
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.desk.dossier.differences import list_differences

MOST_OFFERED = 6


@dataclass(frozen=True)
class Comparison:
    """`revision` beside `other`, None for the first revision; `offered` are numbers to compare with."""

    revision: ProposalRevision
    other: ProposalRevision | None
    offered: list[int]

    @property
    def before(self) -> ProposalRevision:
        """Return the older of the two."""
        return self.revision if self.other is None or self.other.number > self.revision.number else self.other

    @property
    def after(self) -> ProposalRevision:
        """Return the newer of the two."""
        return self.other if self.other and self.other.number > self.revision.number else self.revision

    def changes(self) -> list[FieldDifference]:
        """List the differences from the older to the newer one."""
        return list_differences(self.before, self.after)


def compare_revisions(proposal: Proposal, number: int, requested: str) -> Comparison:
    """Compare revision `number` with revision `requested`, else with its predecessor. Raises Http404 when absent."""
    latest = proposal.current.number if proposal.current else 0
    if not 0 < number <= latest:
        raise Http404
    chosen = int(requested) if requested.isascii() and requested.isdecimal() and len(requested) < 10 else 0
    other = chosen if 0 < chosen <= latest and chosen != number else number - 1
    wanted = proposal.revisions.select_related("submitted_by").filter(number__in=[number, other])
    by_number = {revision.number: revision for revision in wanted}
    near = {1, number - 1, number + 1, other, *range(latest - MOST_OFFERED + 1, latest + 1)}
    return Comparison(by_number[number], by_number.get(other), sorted(near & set(range(1, latest + 1)) - {number}))
