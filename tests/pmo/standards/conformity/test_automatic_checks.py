"""Test the automatic checks: result, figures, and the cases left to people.

The figures are recounted here, in Python from all rows, on every project of the demonstration scenarios.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from amoa.acceptance.coverage import filter_musts, filter_uncovered
from amoa.models import AcceptanceTest, Requirement
from amoa.requirements.lint import Draft, list_findings
from core.acts import cached_reads
from core.history import version_of
from core.pages.charts import list_months
from pmo.models import RiskReview
from pmo.registers.risks.services import review_risks
from pmo.standards.conformity import automatic_checks
from pmo.standards.conformity.automatic_checks import CHECKS, Computed, working_days
from pmo.standards.conformity.business_checks import GIVEN_UP
from pmo.standards.conformity.check_inputs import load_inputs
from pmo.standards.conformity.due import passed_gates
from pmo.standards.conformity.enums import Result
from projects.models import OrganisationSettings, Project
from projects.organisation_settings.queries import zone
from projects.organisation_settings.services import edit_settings
from projects.seats.launch.checklist import checklist
from tests import acts
from tests.amoa.requirements.factories import write
from tests.database import statements
from tests.days import today

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


def seen(project: Project, name: str, at: datetime) -> Any:
    """Return the project annotated for the check of this name."""
    [found] = load_inputs(Project.objects.filter(pk=project.pk), [name], at)
    return found


def compute(name: str, project: Project, at: datetime | None = None) -> Computed | None:
    """Return the result of the check of this name."""
    at = at or timezone.now()
    return automatic_checks.compute(name, seen(project, name, at), at)


# — counted again —


def _launch(project: Project, at: datetime) -> list[int]:
    items = checklist(project, at)
    return [len(items), sum(not item.done for item in items)]


def _charters(project: Project, at: datetime) -> list[int]:
    return [sum("charte" in document.name.lower() for document in project.documents.all())]


def _criteria(project: Project, at: datetime) -> list[int]:
    states = [criterion.state for criterion in project.success_criteria.all()]
    return [states.count("approved"), states.count("proposed")]


def _texts(project: Project, at: datetime) -> list[int]:
    rows = [
        requirement
        for requirement in project.requirements.all()
        if requirement.state not in {"rejected", "withdrawn", "deferred"}
    ]
    drafts = [
        Draft(row.title, row.statement, [c["text"] for c in row.criteria], row.kind, project.language) for row in rows
    ]
    return [len(rows), sum(bool(list_findings(draft)) for draft in drafts)]


def _gates(project: Project, at: datetime) -> list[int]:
    return [len(passed_gates(project, at))]


def _risks(project: Project, at: datetime) -> list[int]:
    month = at - timedelta(days=31)
    risks = [risk for risk in project.risks.all() if risk.status in {"proposed", "assessed", "treated", "accepted"}]
    risks = [risk for risk in risks if risk.raised_at <= at]
    reviewed = {review.risk_id for review in RiskReview.objects.all() if month < review.acted_at <= at}
    return [len(risks), sum(risk.raised_at > month or risk.pk in reviewed for risk in risks)]


def _weather(project: Project, at: datetime) -> list[int]:
    day = at.astimezone(zone()).date() - timedelta(days=9)
    months = [month for month in list_months(day, 4)[:-1] if month >= project.starts_on.replace(day=1)]
    published = {report.month for report in project.weather.all() if report.acted_at <= at}
    return [len(months), len(published.intersection(months))]


def _decisions(project: Project, at: datetime) -> list[int]:
    rows = [decision for decision in project.decisions.all() if decision.acted_at <= at]
    here = [row for row in rows if not row.entered_afterwards]
    late = 0
    for decision in here:
        day, last = decision.acted_at.astimezone(zone()).date(), decision.recorded_at.astimezone(zone()).date()
        late += len([n for n in range(1, (last - day).days + 1) if (day + n * DAY).isoweekday() < 6]) > 5
    return [len(here), late, len(rows) - len(here)]


def _campaigns(project: Project, at: datetime) -> list[int]:
    rows = AcceptanceTest.history.filter(project_id=project.pk, history_type="+")
    days = [row.history_date.astimezone(zone()).date() for row in rows]
    begun = [
        campaign.starts_on for campaign in project.campaigns.all() if campaign.starts_on <= at.astimezone(zone()).date()
    ]
    return [len(days), len(begun), sum(not days or min(days) > day for day in begun)]


def _groups(project: Project, at: datetime) -> list[int]:
    groups = {group.pk for group in project.recipient_groups.all()}
    told = {
        communication.group_id for communication in project.communications.all() if communication.state != "cancelled"
    }
    return [len(groups), len(groups - told)]


def _musts(project: Project, at: datetime) -> list[int]:
    tested = {test.requirement_id for test in AcceptanceTest.objects.all() if not test.retired}
    rows = [
        requirement
        for requirement in project.requirements.all()
        if requirement.priority == "must" and requirement.kind != "need"
    ]
    rows = [row for row in rows if row.state not in {"draft", "rejected", "deferred", "withdrawn"}]
    return [len(rows), sum(row.pk not in tested for row in rows)]


AGAIN: dict[str, Callable[[Project, datetime], list[int]]] = {
    "roles_defined": _launch,
    "charter_attached": _charters,
    "success_criteria_approved": _criteria,
    "requirements_linted": _texts,
    "baseline_in_force": lambda project, at: [len(project.baselines.all())],
    "gates_decided_in_order": _gates,
    "risks_reviewed_monthly": _risks,
    "dashboard_published_monthly": _weather,
    "decisions_listed_in_time": _decisions,
    "acceptance_planned_before": _campaigns,
    "communication_planned": _groups,
    "must_requirements_covered": _musts,
}


def test_every_check_is_counted_again() -> None:
    assert set(AGAIN) == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("days", [0, 45, 200])
def test_the_figures_of_a_check_are_those_of_the_rows(name: str, days: int, demo: None, db: None) -> None:
    at = timezone.now() - days * DAY
    projects = load_inputs(Project.objects.exclude(level="organisation"), [name], at)
    for project in projects:
        found = automatic_checks.compute(name, project, at)
        again = AGAIN[name](project, at)
        if found is None:
            assert again[0] == 0 or project.state == "draft", project.code
        else:
            assert [fact.number for fact in found.facts] == again, project.code


def test_all_checks_of_all_projects_are_read_in_three_queries_beside_the_settings(
    project_one: Any, project_two: Any
) -> None:
    now = timezone.now()
    with cached_reads(), statements() as asked:
        rows = load_inputs(Project.objects.exclude(level="organisation"), CHECKS, now)
        together = {(name, row.pk): automatic_checks.compute(name, row, now) for name in CHECKS for row in rows}
    assert (asked.total(), len(rows) > 1) == (4, True)
    alone = {(name, row.pk): compute(name, row, now) for name in CHECKS for row in rows}
    assert together == alone


# — what each finds —


def test_every_check_answers_or_says_that_it_cannot(project_one: Any, project_two: Any) -> None:
    for name in CHECKS:
        for project in (project_one, project_two):
            answer = compute(name, project)
            assert answer is None or (answer.sentence.endswith(".") and answer.facts), name
    assert compute("unknown", project_one) is None


def test_a_check_that_cannot_be_computed_is_left_to_a_person(pmo: Any, project_two: Any) -> None:
    """Without an open risk, and before the launch, only a person can tell."""
    for name in ("risks_reviewed_monthly", "dashboard_published_monthly"):
        assert compute(name, project_two) is None, name


def test_success_criteria_count_once_the_owner_has_approved_all_of_them(project_one: Any, project_two: Any) -> None:
    none, some = compute("success_criteria_approved", project_two), compute("success_criteria_approved", project_one)
    assert none is not None
    assert some is not None
    assert (none.result, none.facts[0].number) == (Result.NOT_CONFORM, 0)
    states = list(project_one.success_criteria.values_list("state", flat=True))
    assert [fact.number for fact in some.facts] == [states.count("approved"), states.count("proposed")]
    assert some.result == Result.PARTIALLY_CONFORM


@pytest.mark.parametrize(
    ("approved", "result"), [(1, "partially_conform"), (2, "conform"), (5, "conform"), (6, "partially_conform")]
)
def test_a_project_has_from_two_to_five_success_criteria(approved: int, result: str) -> None:
    """The checkpoint of the catalogue asks this, and the automatic check prevails."""
    project = SimpleNamespace(code="ONE", criteria_=["approved"] * approved)
    answer = automatic_checks.compute("success_criteria_approved", project, timezone.now())
    assert answer is not None
    assert answer.result == result


def test_risks_count_as_reviewed_within_a_month_of_the_act(project_one: Any, pmo: Any) -> None:
    review_risks(actor=pmo, project=project_one, note="As before.")
    now = compute("risks_reviewed_monthly", project_one)
    later = compute("risks_reviewed_monthly", project_one, timezone.now() + timedelta(days=40))
    assert now is not None
    assert later is not None
    assert (now.result, now.facts[0].number) == (Result.CONFORM, project_one.risks.open().count())
    assert (later.result, later.facts[1].number) == (Result.NOT_CONFORM, 0)


def test_the_weather_is_due_each_full_month_three_at_most(project_one: Any) -> None:
    months = list_months(today() - 9 * DAY, 4)[:-1]
    published = set(project_one.weather.values_list("month", flat=True))
    found = compute("dashboard_published_monthly", project_one)
    assert found is not None
    due = [month for month in months if month >= project_one.starts_on.replace(day=1)]
    assert [fact.number for fact in found.facts] == [len(due), len(published & set(due))]


@pytest.mark.parametrize(("day", "months"), [(1, None), (9, None), (10, 1), (31, 1)])
def test_the_weather_of_a_month_is_due_on_the_tenth_of_the_next(day: int, months: int | None, project_one: Any) -> None:
    name, at = "dashboard_published_monthly", datetime(2026, 12, day, 12, tzinfo=ZoneInfo(settings.TIME_ZONE))
    project = seen(project_one, name, at)
    project.starts_on = date(2026, 11, 2)
    answer = automatic_checks.compute(name, project, at)
    assert (answer.facts[0].number if answer else None) == months


def test_roles_are_defined_once_the_checklist_is_there(project_one: Any, project_two: Any) -> None:
    answer = compute("roles_defined", project_two)
    assert answer is not None
    assert answer.result == Result.NOT_CONFORM
    assert answer.facts[1].number > 0


def test_a_charter_is_a_document_called_one(amoa: Any, project_one: Any) -> None:
    results = []
    for name in ("Quotation 40", "Project charter", "Charte du projet"):
        acts.add_document(amoa, project_one, name)
        answer = compute("charter_attached", project_one)
        assert answer is not None
        results.append((answer.result, answer.facts[0].number))
    assert results == [("not_conform", 0), ("conform", 1), ("conform", 2)]


def test_requirements_are_judged_by_the_rules_of_writing(project_one: Any, project_two: Any) -> None:
    assert compute("requirements_linted", project_two) is None
    answer = compute("requirements_linted", project_one)
    assert answer is not None
    assert answer.facts[0].number == project_one.requirements.exclude(state__in=GIVEN_UP).count()


@pytest.mark.parametrize(
    ("passed", "result"),
    [
        ([], None),
        (["G0"], "conform"),
        (["G0", "G1", "G2"], "conform"),
        (["G0", "G2"], "not_conform"),
        (["G1", "G0"], "not_conform"),
    ],
)
def test_gates_in_order_and_out_of_order(passed: list[str], result: str | None) -> None:
    project = SimpleNamespace(code="ONE", effects_=[("gate", "", gate) for gate in passed])
    answer = automatic_checks.compute("gates_decided_in_order", project, timezone.now())
    assert (answer.result if answer else None) == result


def test_a_gate_passed_before_the_one_before_it_is_out_of_order(project_one: Any, owner: Any) -> None:
    acts.decide(owner, acts.submit_to_owner(project_one, "gate", terms={"gate": "G4", "skips": "A trial."}))
    answer = compute("gates_decided_in_order", project_one)
    assert answer is not None
    assert answer.result == Result.NOT_CONFORM


def test_must_requirements_need_a_test_and_are_counted_as_at_the_gate(project_one: Any, amoa: Any) -> None:
    write(amoa, project_one, title="Lamps", priority="must", state="draft")
    write(amoa, project_one, title="Boats", priority="must")
    answer = compute("must_requirements_covered", project_one)
    assert answer is not None
    rows = Requirement.objects.filter(project=project_one)
    assert [fact.number for fact in answer.facts] == [filter_musts(rows).count(), filter_uncovered(rows).count()]
    assert answer.facts[1].number


def test_each_group_is_told_something(project_one: Any, project_three: Any) -> None:
    answer = compute("communication_planned", project_one)
    assert answer is not None
    assert answer.facts[0].number == project_one.recipient_groups.count()
    assert compute("communication_planned", project_three) is None


def test_a_decision_is_judged_by_the_settings_of_its_day(staff_admin: Any) -> None:
    at = timezone.now()
    edit_settings(actor=staff_admin, fields={"list_days": 2}, seen=version_of(OrganisationSettings.objects.get()))
    changes = OrganisationSettings.history.order_by("history_id")
    rows = [{"since": change.history_date.isoformat(), "days": change.list_days} for change in changes]
    assert automatic_checks._days_to_record(rows, at) == 5
    assert automatic_checks._days_to_record(rows, timezone.now()) == 2
    assert automatic_checks._days_to_record([], at) == 5


def test_decisions_entered_afterwards_are_not_judged(project_one: Any, owner: Any) -> None:
    assert compute("decisions_listed_in_time", project_one) is None  # the cast is entered afterwards
    acts.decide(owner, acts.submit_to_owner(project_one))
    answer = compute("decisions_listed_in_time", project_one)
    assert answer is not None
    assert (answer.result, answer.facts[0].number) == (Result.CONFORM, 1)
    assert answer.facts[2].number == project_one.decisions.count() - 1


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-11-27", "2026-11-30", 1),
        ("2026-11-23", "2026-11-30", 5),
        ("2026-11-28", "2026-11-29", 0),
        ("2026-11-30", "2026-11-27", 0),
    ],
)
def test_working_days_are_monday_to_friday(first: str, last: str, days: int) -> None:
    assert working_days(date.fromisoformat(first), date.fromisoformat(last)) == days


def test_acceptance_is_planned_before_it_begins(project_one: Any, project_three: Any) -> None:
    answer = compute("acceptance_planned_before", project_one)
    assert answer is not None
    assert answer.facts[1].number == project_one.campaigns.filter(starts_on__lte=today()).count()
    none = compute("acceptance_planned_before", project_three)
    assert none is not None
    assert none.result == Result.NOT_CONFORM
