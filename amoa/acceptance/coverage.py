"""Which requirements must be met and whether a test covers them: rows → those that count."""

from django.db.models import Exists, OuterRef, QuerySet

from amoa.requirements.enums import Priority
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.requirements.workflow import CANDIDATES


def musts(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """The must requirements that somebody may build: proposed, in review or in force; no needs."""
    return requirements.filter(priority=Priority.MUST, state__in=CANDIDATES).exclude(kind="need")


def covered(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """The musts that a test in use covers."""
    return musts(requirements).filter(_tested())


def uncovered(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """The musts that no test in use covers."""
    return musts(requirements).filter(~_tested())


def _tested() -> Exists:
    return Exists(AcceptanceTest.objects.in_use().filter(requirement=OuterRef("pk")))
