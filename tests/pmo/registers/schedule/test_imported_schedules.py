"""Test schedules of Microsoft Project: milestones among tasks, days with their name, a first plan that is missing."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from core.tables.writer import as_csv
from projects.imports.plan import Plan
from tests.projects.imports.factories import bring_in, check, problems

pytestmark = pytest.mark.django_db

FRENCH = ("N°", "Nom de la tâche", "Durée", "Début", "Fin", "Fin planifiée", "Fin réelle")
ENGLISH = ("ID", "Task Name", "Duration", "Start", "Finish", "Baseline Finish", "Actual Finish", "Milestone")


def check_rows(actor: Any, project: Any, head: tuple[str, ...], *rows: tuple[str, ...]) -> tuple[Any, Plan]:
    with translation.override("en"):
        return check(actor, project, as_csv(head, rows), "milestones")


def test_the_french_export_brings_its_milestones(pmo: Any, project_one: Any) -> None:
    rows = (
        ("1", "Études", "12 jours", "Lun 04/01/27", "Mar 19/01/27", "Mar 19/01/27", "NC"),
        ("2", "Études remises", "0 jour", "Mar 19/01/27", "Mar 19/01/27", "Mar 19/01/27", "NC"),
        ("3", "Travaux reçus", "0 jour", "Ven 05/03/27", "Ven 05/03/27", "NC", "NC"),
    )
    job, plan = check_rows(pmo, project_one, FRENCH, *rows)
    assert job.mapping == ["code", "name", "duration", "", "forecast_on", "baseline_on", "actual_on"]
    assert (problems(plan), plan.skipped) == ([], [2])
    assert [(row.line, row.text) for row in plan.warnings] == [
        (2, "This task is no milestone: it is skipped."),
        (4, "The forecast date is used as the initial date."),
    ]
    bring_in(pmo, project_one, as_csv(FRENCH, rows), "milestones")
    codes = dict(project_one.milestones.filter(code__in=["1", "2", "3"]).values_list("code", "baseline_on"))
    assert codes == {"2": date(2027, 1, 19), "3": date(2027, 3, 5)}
    _job, plan = check_rows(pmo, project_one, FRENCH, *rows)
    assert (problems(plan), plan.counts["same"]) == ([], 2)


def test_the_name_of_the_weekday_tells_the_month_from_the_day(pmo: Any, project_one: Any) -> None:
    rows = (
        ("1", "Lock ready", "5 days", "NA", "Mon 1/4/27", "NA", "NA", "Yes"),
        ("2", "Work", "0 days", "NA", "Mon 1/4/27", "NA", "NA", "No"),
    )
    job, plan = check_rows(pmo, project_one, ENGLISH, *rows)
    assert (job.mapping[2], job.mapping[7]) == ("", "milestone")
    assert (problems(plan), plan.skipped) == ([], [3])
    assert [entry.fields["baseline_on"] for entry in plan.new] == [date(2027, 1, 4)]


def test_a_list_without_milestones_of_no_duration_keeps_all_its_rows(pmo: Any, project_one: Any) -> None:
    job, plan = check_rows(pmo, project_one, ("N°", "Tâche", "Durée", "Fin"), ("1", "Étude", "4 jours", "04/01/2027"))
    assert (job.mapping, plan.counts["new"]) == (["code", "name", "", "forecast_on"], 1)


def test_a_column_called_milestone_may_hold_names(pmo: Any, project_one: Any) -> None:
    job, _plan = check_rows(pmo, project_one, ("Code", "Jalon", "Date initiale"), ("J1", "Ouverture", "04/01/2027"))
    assert job.mapping == ["code", "name", "baseline_on"]
