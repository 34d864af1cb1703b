"""Coverage of requirements by tests: the musts, and the criteria without a test."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from amoa.requirements.enums import Priority, RequirementState
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.requirements.workflow import CANDIDATES


def filter_musts(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Filter must-have requirements that may be built: proposed, in review or in force; no needs."""
    return requirements.filter(priority=Priority.MUST, state__in=CANDIDATES).exclude(kind="need")


def filter_covered(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Filter the musts with a test in use."""
    return filter_musts(requirements).filter(_has_test())


def filter_uncovered(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Filter the musts without a test in use."""
    return filter_musts(requirements).filter(~_has_test())


def filter_drafts(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Filter the drafts, which get no test before they are proposed; no needs."""
    return requirements.filter(state=RequirementState.DRAFT).exclude(kind="need")


@dataclass(frozen=True)
class Untested:
    """A criterion without a test of its own, or a requirement without criteria and tests; `number` is then empty.

    `whole` are the codes of the tests of the whole requirement.
    """

    requirement: Requirement
    number: str
    text: str
    whole: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, str]:
        """Return the primary key of the requirement and the number of the criterion."""
        return self.requirement.pk, self.number

    @property
    def value(self) -> str:
        """Return the key as a form sends it."""
        return f"{self.requirement.pk}:{self.number}"


def list_untested(requirements: QuerySet[Requirement]) -> list[Untested]:
    """List what has no test in the working text of these requirements, by code. Two queries.

    Needs, drafts, and what is rejected, deferred or withdrawn count as nowhere else either.
    """
    rows = list(
        requirements.filter(state__in=CANDIDATES)
        .exclude(kind="need")
        .only("project", "code", "title", "priority", "criteria")
        .order_by("code")
    )
    tests: dict[int, list[AcceptanceTest]] = defaultdict(list)
    for test in AcceptanceTest.objects.in_use().filter(requirement__in=[row.pk for row in rows]).order_by("code"):
        tests[test.requirement_id or 0].append(test)
    return [gap for row in rows for gap in _list_gaps(row, tests[row.pk])]


def _list_gaps(row: Requirement, tests: list[AcceptanceTest]) -> list[Untested]:
    if not row.criteria:
        return [] if tests else [Untested(row, "", row.title)]
    tested, whole = {test.criterion for test in tests}, tuple(test.code for test in tests if not test.criterion)
    return [
        Untested(row, criterion["number"], criterion["text"], whole)
        for criterion in row.criteria
        if criterion["number"] not in tested
    ]


def _has_test() -> Exists:
    return Exists(AcceptanceTest.objects.in_use().filter(requirement=OuterRef("pk")))
