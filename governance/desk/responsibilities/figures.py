"""Figures of two roles on a project: proposals, opinions, and how often the owner followed them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from governance.decide.decisions.contradictions import CONTRADICTED, SETTLED, TAKES_A_SIDE
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.models import Proposal
from projects.models import Project


@dataclass(frozen=True)
class Figures:
    """Figures of one role.

    `answered` counts its opinions that took a side on a revision the owner approved or rejected. `followed` counts
    those that the decision does not contradict (R7): by the option the adviser prefers, else by the position.
    """

    proposals: int = 0
    opinions: int = 0
    answered: int = 0
    followed: int = 0


def count_figures(project: Project, roles: Iterable[str]) -> dict[str, Figures]:
    """Return the figures of each role by code, without drafts. Two queries."""
    codes = list(roles)
    written = Proposal.objects.filter(project=project, author_role__in=codes, current__isnull=False)
    proposals = dict(written.values_list("author_role").annotate(Count("pk")).order_by())
    opinions = Opinion.objects.filter(revision__proposal__project=project, role__in=codes).order_by()
    counted = {
        row["role"]: row
        for row in opinions.values("role").annotate(
            given=Count("pk"),
            answered=Count("pk", filter=SETTLED & TAKES_A_SIDE),
            contradicted=Count("pk", filter=CONTRADICTED),
        )
    }
    nothing = {"given": 0, "answered": 0, "contradicted": 0}
    figures = {code: counted.get(code, nothing) for code in codes}
    return {
        code: Figures(proposals.get(code, 0), row["given"], row["answered"], row["answered"] - row["contradicted"])
        for code, row in figures.items()
    }
