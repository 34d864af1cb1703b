"""Traceability matrix: for each requirement its need, criteria, deliverable, tests and decisions.

Requirements are read in batches, with a fixed number of queries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Count, Q, QuerySet, Window
from django.utils.translation import gettext_lazy as _

from amoa.acceptance.enums import Result
from amoa.acceptance.models import TestRun
from amoa.requirements.enums import Priority
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.requirements.workflow import CANDIDATES
from amoa.traceability.decisions import map_decisions
from governance.models import Decision
from projects.models import Project

#: Number of ancestors read to find the need of a requirement.
LEVELS = 4
ABOVE = "__".join(["parent"] * LEVELS)
#: Texts that no trace shows, of a requirement and of its ancestors.
LONG = (
    *("words", "justification", "links"),
    *(
        f"{'parent__' * level}{name}"
        for level in range(1, LEVELS + 1)
        for name in ("words", "justification", "links", "criteria", "recipients")
    ),
)


class Alert(models.TextChoices):
    """Something missing or wrong in a trace (domain.md §5)."""

    NO_TEST = "no_test", _("requirement without a test")
    MUST_NOT_COVERED = "must_not_covered", _("must-have requirement without a test, asked for at gate G3")
    NO_RECIPIENT = "no_recipient", _("requirement without a recipient")
    NO_DECISION = "no_decision", _("no decision covers it yet")
    FAILED = "failed", _("the last run of a test did not pass")


@dataclass(frozen=True)
class TestStatus:
    """A test and its last run; None when it was never run."""

    test: AcceptanceTest
    run: TestRun | None

    @property
    def result(self) -> str:
        """Return the result of the last run; empty when never run."""
        return self.run.result if self.run else ""

    @property
    def passed(self) -> bool:
        """Return whether the last run passed."""
        return self.result == Result.PASSED


@dataclass(frozen=True)
class Criterion:
    """A criterion and its tests; tests of no criterion are under an empty number."""

    number: str
    text: str
    tests: tuple[TestStatus, ...] = ()


@dataclass(frozen=True)
class Trace:
    """A requirement with its origin and its proof.

    `approval` is the decision that put its version in force, `acceptances` those on the campaigns that tested it.
    """

    requirement: Requirement
    need: Requirement | None
    criteria: tuple[Criterion, ...]
    approval: Decision | None
    acceptances: tuple[Decision, ...]
    alerts: tuple[Alert, ...] = field(default=())

    @property
    def tests(self) -> list[TestStatus]:
        """List the tests in the order of the criteria."""
        return [tested for criterion in self.criteria for tested in criterion.tests]


def _build_condition(alert: Alert, project: Project) -> Q:
    """Return the condition under which an alert applies to a requirement of `project`.

    Its subqueries depend on no row, so that each runs once for all requirements.
    """
    tests = AcceptanceTest.objects.in_use().filter(project=project, requirement__isnull=False)
    last = TestRun.objects.filter(test__in=tests).latest_of_each_test().values("pk")
    failed = TestRun.objects.filter(pk__in=last).exclude(result=Result.PASSED)
    candidate, tested = Q(state__in=CANDIDATES), Q(pk__in=tests.order_by().values("requirement"))
    return {
        Alert.NO_TEST: candidate & ~tested,
        Alert.MUST_NOT_COVERED: candidate & ~tested & Q(priority=Priority.MUST),
        Alert.NO_RECIPIENT: candidate & Q(recipients=[]),
        Alert.NO_DECISION: candidate & Q(in_force=None),
        Alert.FAILED: Q(pk__in=failed.order_by().values("test__requirement")),
    }[alert]


def filter_by_alert(requirements: QuerySet[Requirement], project: Project, alert: str) -> QuerySet[Requirement]:
    """Filter the requirements of `project` with this alert; any other value keeps all."""
    return requirements.filter(_build_condition(Alert(alert), project)) if alert in Alert.values else requirements


def list_traces(requirements: QuerySet[Requirement]) -> list[Trace]:
    """Build the traces of these requirements, in their order."""
    related = requirements.select_related(ABOVE, "deliverable", "in_force", "project__baseline_in_force__baseline")
    rows = list(related.defer(*LONG, "in_force__content", "project__scope"))
    tests = _map_tests(rows)
    approvals, acceptances = map_decisions(rows)
    return [_build_trace(row, tests.get(row.pk, []), approvals.get(row.pk), acceptances) for row in rows]


def _build_trace(
    row: Requirement, tests: Sequence[TestStatus], approval: Decision | None, acceptances: Mapping[int, Decision]
) -> Trace:
    known = {criterion["number"] for criterion in row.criteria}
    criteria = [
        Criterion(
            criterion["number"], criterion["text"], tuple(t for t in tests if t.test.criterion == criterion["number"])
        )
        for criterion in row.criteria
    ]
    if others := tuple(t for t in tests if t.test.criterion not in known):
        criteria.append(Criterion("", "", others))
    campaigns = dict.fromkeys(tested.run.campaign_id for tested in tests if tested.run)
    accepted = tuple(acceptances[pk] for pk in campaigns if pk in acceptances)
    return Trace(row, find_need(row), tuple(criteria), approval, accepted, tuple(_list_alerts(row, tests)))


def _list_alerts(row: Requirement, tests: Sequence[TestStatus]) -> Iterable[Alert]:
    if row.state in CANDIDATES:
        if not tests:
            yield Alert.MUST_NOT_COVERED if row.priority == Priority.MUST else Alert.NO_TEST
        if not row.recipients:
            yield Alert.NO_RECIPIENT
        if row.in_force_id is None:
            yield Alert.NO_DECISION
    if any(tested.run and not tested.passed for tested in tests):
        yield Alert.FAILED


def find_need(requirement: Requirement) -> Requirement | None:
    """Return the need that a requirement answers: the nearest ancestor that is a need."""
    above, steps = requirement.parent, 0
    while above is not None and not above.is_need and steps < LEVELS:
        above, steps = above.parent, steps + 1
    return above if above is not None and above.is_need else None


def _map_tests(rows: Sequence[Requirement]) -> dict[int, list[TestStatus]]:
    """Map requirements to their tests in use with their last runs."""
    tests = list(AcceptanceTest.objects.in_use().filter(requirement__in=rows).order_by("code"))
    last = TestRun.objects.filter(test__requirement__in=rows).latest_of_each_test().select_related("campaign")
    runs = {run.test_id: run for run in last}
    by_requirement: dict[int, list[TestStatus]] = {}
    for test in tests:
        by_requirement.setdefault(test.requirement_id or 0, []).append(TestStatus(test, runs.get(test.pk)))
    return by_requirement


def count_alerts(project: Project) -> dict[str, Any]:
    """Count the requirements (`total`) and those with each alert (`alerts`). One query."""
    counts = {alert.value: Count("pk", filter=_build_condition(alert, project)) for alert in Alert}
    totals: dict[str, int] = project.requirements.requirements().aggregate(total=Count("pk"), **counts)
    return {"total": totals["total"], "alerts": [(alert, alert.label, totals[alert.value]) for alert in Alert]}


def list_loose_tests(project: Project, most: int) -> list[AcceptanceTest]:
    """List the first tests in use without a requirement, annotated with their total number (`of`)."""
    tests = project.tests.in_use().filter(requirement=None).annotate(of=Window(Count("pk")))
    return list(tests.order_by("code")[:most])
