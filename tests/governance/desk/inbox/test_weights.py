"""Test what orders tasks: the weight of each kind, then days late; periods and projects of routine as one row."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone, translation

from core.acts import cached_reads
from governance.decide.obligations.missed import find_point, find_together
from governance.decide.obligations.queries import load_obligations
from governance.desk.inbox.filters import Filter
from governance.desk.inbox.folds import SEVERAL, fold
from governance.desk.inbox.obligations import OBLIGATIONS, OpenDuty, describe_duty, fold_points
from governance.desk.inbox.queries import list_tasks, load_details, sort_by_weight
from governance.desk.inbox.task import Task
from governance.desk.inbox.weights import RULES, Scale, Weight, describe_due, explain
from governance.workspace_registry import TASKS
from pmo.registers.schedule.models import Milestone
from projects.models import Project
from projects.organisation_settings.queries import today
from tests import acts
from tests.governance.decide.obligations.test_together import list_late_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: A Monday without public holidays around it.
MONDAY = date(2026, 6, 8)
KINDS = {kind.name: kind for kind in (*TASKS, OBLIGATIONS)}
ENGLISH = {"accept-language": "en"}


def test_each_kind_of_task_has_a_weight_and_no_other_name_has_one() -> None:
    assert set(RULES) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "days", "number"),
    [
        ("decide", None, 65),
        ("decide", -200, 100),
        ("decide", 2, 100),
        ("decide", 3, 65),
        ("advise", 7, 90),
        ("advise", 8, 65),
        ("rework", 90, 90),
        ("checks", 14, 80),
        ("checks", 15, 45),
        ("checks", None, 45),
        ("launches", None, 80),
        ("launch_proposals", None, 80),
        ("prepared_roles", None, 45),
        ("conditions", -1, 75),
        ("conditions", 3, 75),
        ("conditions", 4, 50),
        ("proofs", 90, 75),
        ("vacancies", None, 70),
        ("acceptances", -9, 70),
        ("delegations", 29, 70),
        ("moves", None, 70),
        ("vouches", None, 70),
        ("reviews", None, 65),
        ("requests", None, 65),
        ("defects", 0, 55),
        ("defects", None, 40),
        ("corrections", None, 55),
        ("tests", -90, 55),
        ("actions", -90, 50),
        ("risk_actions", -90, 50),
        ("check_actions", -90, 50),
        ("waivers", -90, 45),
        ("risk_acceptances", -90, 45),
        ("risk_reviews", -90, 45),
        ("risks", None, 45),
        ("benefits", -90, 45),
        ("dependencies", None, 45),
        ("questions", None, 40),
        ("feedback", None, 40),
        ("weather", -90, 30),
        ("obligations", -900, 30),
        ("readings", -90, 10),
    ],
)
def test_a_task_weighs_by_its_kind_and_more_within_some_working_days(kind: str, days: int | None, number: int) -> None:
    presses = None if days is None else MONDAY + days * DAY
    assert Scale.of(MONDAY).weigh(kind, presses).number == number


def test_each_weight_says_why_in_both_languages() -> None:
    weights = {weight for rule in RULES.values() for weight in (rule.usual, rule.pressing) if weight}
    for language in ("en", "fr"):
        with translation.override(language):
            words = [str(weight.why) for weight in weights]
            assert len(set(words)) == len({str(weight.why) for weight in weights})
            assert all(words)
    assert all(weight.is_routine == (weight.number <= 30) for weight in weights)


@pytest.mark.parametrize(
    ("days", "english", "french"),
    [
        (-200, "200 days late", "200 jours de retard"),
        (-1, "1 day late", "1 jour de retard"),
        (0, "due today", "pour aujourd’hui"),
        (1, "due tomorrow", "pour demain"),
        (9, "due 17 Jun 2026", "pour le 17 juin 2026"),
    ],
)
def test_a_row_says_when_it_is_due(days: int, english: str, french: str) -> None:
    for language, words in (("en", english), ("fr", french)):
        with translation.override(language):
            assert describe_due(MONDAY + days * DAY, MONDAY) == words
            assert explain(Weight(1, "Why"), MONDAY + days * DAY, MONDAY) == f"Why, {words}"
    assert explain(Weight(1, "Why"), None, MONDAY) == "Why"


def build(kind: str, project: int, due: date | None, row: str = "1") -> Task:
    return Task(KINDS[kind], row, project, due, "")


def test_a_decision_due_tomorrow_comes_before_twelve_points_that_are_200_days_late() -> None:
    day = today()
    points = [build("obligations", number, day - 200 * DAY) for number in range(1, 13)]
    decision = build("decide", 1, day + DAY)
    tasks = sort_by_weight([*points, build("readings", 1, day - 20 * DAY), decision])
    assert [task.kind.name for task in tasks] == ["decide", *["obligations"] * 12, "readings"]
    shown = fold(Filter({}), tasks, {})
    assert [(task.kind.name, folded.count if folded else 1) for task, folded in shown] == [
        ("decide", 1),
        ("obligations", 12),
        ("readings", 1),
    ]
    points_row = shown[1][1]
    assert points_row
    assert (points_row.projects, points_row.url) == (12, "/?kind=obligations&group=project")
    with translation.override("en"):
        assert decision.why == "Only you can decide, due tomorrow"


def test_of_equal_weight_the_later_one_comes_first() -> None:
    day = today()
    tasks = [build("risk_actions", 1, due) for due in (None, day + DAY, day - DAY, day - 9 * DAY)]
    assert [task.due for task in sort_by_weight(tasks)] == [day - 9 * DAY, day - DAY, day + DAY, None]


@pytest.mark.parametrize(("kind", "projects", "rows"), [("questions", 4, 1), ("questions", 3, 3), ("vouches", 9, 9)])
def test_light_tasks_of_a_kind_on_four_projects_are_one_row(kind: str, projects: int, rows: int) -> None:
    tasks = sort_by_weight(build(kind, number, None) for number in range(1, projects + 1))
    assert len(fold(Filter({}), tasks, {})) == rows
    assert len(fold(Filter({}, group="project"), tasks, {})) == projects
    assert len(fold(Filter({}, kind=kind), tasks, {})) == projects
    assert SEVERAL == 4


# — on the pages —


def test_the_checks_of_a_gate_weigh_by_its_day(cast: dict[str, Any], project_one: Project) -> None:
    task = next(task for task in list_tasks(cast["pmo"]) if task.kind.name == "checks")
    ahead = Milestone.objects.filter(project=project_one, gate=project_one.next_gate, actual_on=None)
    assert task.presses == (ahead.get().forecast_on if ahead else None)


def test_an_opinion_weighs_by_the_day_of_its_decision(cast: dict[str, Any], project_one: Project) -> None:
    file = acts.draft(cast["amoa"], project_one)
    acts.submit(cast["amoa"], file)
    file.refresh_from_db()
    [task] = [task for task in list_tasks(cast["pmo"]) if task.key == f"advise-{file.pk}"]
    assert task.presses == file.current.decide_by
    assert task.due
    assert task.due <= file.current.decide_by
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.move_to(timezone.now() + (file.current.decide_by - today()))
        [task] = [task for task in sort_by_weight(list_tasks(cast["pmo"])) if task.key == f"advise-{file.pk}"]
        assert task.weight.number == 90


def test_all_monthly_obligations_of_a_role_are_one_task(
    cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    with time_machine.travel(timezone.now() + 200 * DAY, tick=False), translation.override("en"), cached_reads():
        tasks = [task for task in list_tasks(cast["pmo"]) if task.kind is OBLIGATIONS]
        load_details(tasks)
        [point] = [task for task in tasks if task.project_id == project_one.pk and task.title.startswith("Monthly")]
        codes = {row.duty.code for row in (point.obligation, *point.more)}
        assert len(codes) > 1
        assert all(code in point.title for code in codes)
        assert "months missed since" in point.title
        assert not [task for task in tasks if task is not point and task.code in codes]
        assert point.due == min([point.due, *point.others])
        assert point.url == "/projects/ONE/obligations/PMO/catch-up/?rhythm=monthly"
        listed = client_of(cast["pmo"]).get(point.url).context["form"].fields["missed"].choices
        assert {place.split(".")[1] for place, _label in listed} >= codes
        rhythms = {row.duty.code: row.duty.recurrence for row in load_obligations(project_one)}
        assert {rhythms[place.split(".")[1]] for place, _label in listed} == {"monthly"}


def test_a_yearly_obligation_is_part_of_the_quarterly_point() -> None:
    rows = list_late_of("yearly", "quarterly", "monthly")
    by_duty = {code: [row for row in rows if row.duty.code == code] for code in ("D-1", "D-2", "D-3")}
    points = fold_points(OpenDuty(first, tuple(more)) for first, *more in by_duty.values())
    with translation.override("en"):
        assert [describe_duty(point) for point in points] == [
            ("", "Quarterly point (D-1, D-2: 10 periods missed, Q1 2026 first)"),
            ("D-3", "x (25 months missed since January 2026)"),
        ]
    quarterly = points[0]
    address = find_together([quarterly.oldest, *quarterly.others], "catch_up")
    assert address == "/projects/ONE/obligations/PMO/catch-up/?rhythm=quarterly"
    assert {find_point(row) for row in (quarterly.oldest, *quarterly.others)} == {"quarterly"}


def test_my_tasks_put_what_others_need_first_and_count_routine_apart(
    cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    acts.submit(cast["amoa"], acts.draft(cast["amoa"], project_one))
    with time_machine.travel(timezone.now() + 200 * DAY, tick=False):
        page = client_of(cast["pmo"]).get("/", headers=ENGLISH)
    groups = [str(group.heading) for group in page.context["groups"]]
    assert groups == [name for name in ("First", "Next", "Routine and information") if name in groups]
    rows = [task for group in page.context["groups"] for task, _folded in group.rows]
    assert rows == sort_by_weight(rows)
    assert rows[0].kind.name == "advise"
    assert page.context["late_routine"] > 0
    late = [task for task in page.context["tasks"] if task.period == "late"]
    assert page.context["late"] == sum(task.weight.number > 30 for task in late)
    assert len(late) == page.context["late"] + page.context["late_routine"]
    assert "A decision depends on it" in page.text
