"""Queries of recipient groups: their representatives, the requirements that serve them, the gaps."""

from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Exists, Func, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from amoa.requirements.enums import RequirementState
from amoa.requirements.models import Requirement
from projects.models import Mandate, Project, RecipientGroup
from projects.seats.recipient_groups.enums import Degree, InterestDegree

#: Maximum number of groups on the map, and of rows of each list of gaps.
MOST = 200
LISTED = 50
#: States of requirements that serve nobody any more.
GONE = (RequirementState.REJECTED, RequirementState.WITHDRAWN)


@dataclass(frozen=True)
class Line:
    """A group with its representatives and its champions of today."""

    group: RecipientGroup
    representatives: list[Mandate]
    champions: list[Mandate]


@dataclass(frozen=True)
class Gaps:
    """Gaps: requirements without a group and groups without a requirement; both lists are capped."""

    requirements: list[Requirement]
    more: bool
    groups: list[RecipientGroup]


def annotate_groups(project: Project) -> QuerySet[RecipientGroup]:
    """Annotate the groups of `project` with `served` and `heard`.

    `served` counts the requirements that serve the group; `heard` tells whether it has a mandate in force.
    """
    serving = (
        Requirement.objects.requirements()
        .exclude(state__in=GONE)
        .filter(project=OuterRef("project"), recipients__contains=_build_array(OuterRef("pk")))
        .order_by()
        .values("project")
        .annotate(n=Count("pk"))
    )
    counted = Coalesce(Subquery(serving.values("n"), output_field=IntegerField()), 0)
    heard = Mandate.objects.active().filter(recipient_group=OuterRef("pk"))
    return project.recipient_groups.annotate(served=counted, heard=Exists(heard))


def _build_array(number: OuterRef) -> Func:
    """Build an array of this one primary key."""
    return Func(number, template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField()))


def prefetch_seats(groups: QuerySet[RecipientGroup]) -> QuerySet[RecipientGroup]:
    """Prefetch the mandates in force of each group. One query."""
    mandates = Mandate.objects.active().select_related("holder", "role").order_by("pk")
    return groups.prefetch_related(Prefetch("mandates", mandates))


def build_line(group: RecipientGroup) -> Line:
    """Build the line of a group loaded by `prefetch_seats`."""
    seats = list(group.mandates.all())
    return Line(group, [s for s in seats if not s.champion], [s for s in seats if s.champion])


def build_map(groups: list[RecipientGroup]) -> list[tuple[Degree, list[list[RecipientGroup]]]]:
    """Arrange the groups on the map: rows by falling influence, columns by rising interest."""
    return [
        (
            influence,
            [[g for g in groups if (g.influence, g.interest) == (influence, interest)] for interest in InterestDegree],
        )
        for influence in reversed(Degree)
    ]


def find_gaps(project: Project, groups: list[RecipientGroup]) -> Gaps:
    """Return the gaps of `project`, whose `groups` carry `served`. One query."""
    bare = project.requirements.requirements().exclude(state__in=GONE).filter(recipients=[])
    requirements = list(bare.only("pk", "code", "title", "project").order_by("code")[: LISTED + 1])
    unserved = [group for group in groups if not group.served]  # type: ignore[attr-defined]
    return Gaps(requirements[:LISTED], len(requirements) > LISTED, unserved)
