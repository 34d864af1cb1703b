"""The recipients as the pages show them: who speaks for each group, what serves it, and what is left uncovered."""

from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Exists, Func, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from amoa.requirements.enums import RequirementState
from amoa.requirements.models import Requirement
from projects.models import Mandate, Project, RecipientGroup
from projects.recipient_groups.enums import Degree, InterestDegree

#: The most groups on the map, and the most rows of each list of what is uncovered.
MOST = 200
LISTED = 50
#: What was refused or taken back serves nobody.
GONE = (RequirementState.REJECTED, RequirementState.WITHDRAWN)


@dataclass(frozen=True)
class Line:
    """A group, and who speaks for it today: its representatives, and the champions who relay in their unit."""

    group: RecipientGroup
    representatives: list[Mandate]
    champions: list[Mandate]


@dataclass(frozen=True)
class Coverage:
    """What does not meet: requirements that serve no group, groups that no requirement serves; each list is capped."""

    requirements: list[Requirement]
    more: bool
    groups: list[RecipientGroup]


def groups_of(project: Project) -> QuerySet[RecipientGroup]:
    """The groups of `project`, each with `served`, how many requirements serve it, and `heard`, whether somebody
    speaks for it today.
    """
    serving = (
        Requirement.objects.requirements()
        .exclude(state__in=GONE)
        .filter(project=OuterRef("project"), recipients__contains=_only(OuterRef("pk")))
        .order_by()
        .values("project")
        .annotate(n=Count("pk"))
    )
    counted = Coalesce(Subquery(serving.values("n"), output_field=IntegerField()), 0)
    heard = Mandate.objects.active().filter(recipient_group=OuterRef("pk"))
    return project.recipient_groups.annotate(served=counted, heard=Exists(heard))


def _only(number: OuterRef) -> Func:
    """An array of this one number."""
    return Func(number, template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField()))


def with_seats(groups: QuerySet[RecipientGroup]) -> QuerySet[RecipientGroup]:
    """With the mandates in force for each group, read in one query."""
    held = Mandate.objects.active().select_related("holder", "role").order_by("pk")
    return groups.prefetch_related(Prefetch("mandates", held))


def line(group: RecipientGroup) -> Line:
    """The line of a group of `with_seats`."""
    seats = list(group.mandates.all())
    return Line(group, [s for s in seats if not s.champion], [s for s in seats if s.champion])


def placed(groups: list[RecipientGroup]) -> list[tuple[Degree, list[list[RecipientGroup]]]]:
    """The map: from high influence down, the groups by interest from low to high."""
    return [
        (
            influence,
            [[g for g in groups if (g.influence, g.interest) == (influence, interest)] for interest in InterestDegree],
        )
        for influence in reversed(Degree)
    ]


def coverage(project: Project, groups: list[RecipientGroup]) -> Coverage:
    """What is left uncovered on `project`, whose `groups` are counted. One query."""
    bare = project.requirements.requirements().exclude(state__in=GONE).filter(recipients=[])
    found = list(bare.only("pk", "code", "title", "project").order_by("code")[: LISTED + 1])
    unserved = [group for group in groups if not group.served]  # type: ignore[attr-defined]
    return Coverage(found[:LISTED], len(found) > LISTED, unserved)
