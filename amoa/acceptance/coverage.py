"""Querysets of the must requirements and their coverage by tests."""

from django.db.models import Exists, OuterRef, QuerySet

from amoa.requirements.enums import Priority
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.requirements.workflow import CANDIDATES


def filter_musts(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Filter must requirements that may be built: proposed, in review or in force; no needs."""
    return requirements.filter(priority=Priority.MUST, state__in=CANDIDATES).exclude(kind="need")


def filter_covered(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Filter the musts with a test in use."""
    return filter_musts(requirements).filter(_has_test())


def filter_uncovered(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Filter the musts without a test in use."""
    return filter_musts(requirements).filter(~_has_test())


def _has_test() -> Exists:
    return Exists(AcceptanceTest.objects.in_use().filter(requirement=OuterRef("pk")))
