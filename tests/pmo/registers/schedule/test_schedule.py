"""Test milestones with every forecast, dependencies between projects, and the budget; who edits and sees them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.access import Refused
from core.history import Outdated, version_of
from pmo.enums import Act
from pmo.models import BudgetReading, Dependency, Milestone, MilestoneForecast
from pmo.registers.budget import queries as means
from pmo.registers.budget.services import write_budget_line
from pmo.registers.schedule import queries, services
from pmo.registers.schedule.chart import slip_chart
from projects.models import LedgerEvent, Project
from roles.models import User
from tests.conftest import CAST
from tests.database import fire_deferred_triggers
from tests.days import today

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def other_pmo(db: None) -> User:
    """Appoint the PMO of projects two and three."""
    return User.objects.get(email="other.pmo@example.org")


def plan(actor: Any, project: Any, **fields: Any) -> Milestone:
    given = {"code": "M-9", "name": "Lamps", "baseline_on": today() + 40 * DAY}
    return services.write_milestone(actor=actor, project=project, fields=given | fields)


def move(actor: Any, project: Any, **fields: Any) -> MilestoneForecast:
    given = {"forecast_on": today() + 120 * DAY, "reason": "Storms."}
    return services.forecast(actor=actor, milestone=project.milestones.get(code="M-2"), **given | fields)


def shared(actor: Any, project: Any, **fields: Any) -> Any:
    given = {"label": "Lighting", "envelope": Decimal(100), "committed": Decimal(10), "forecast": Decimal(90)}
    return write_budget_line(actor=actor, project=project, fields=given | fields)


ACTS: dict[str, tuple[Callable[..., Any], Act]] = {
    "milestone": (plan, Act.PLAN_SCHEDULE),
    "forecast": (move, Act.PLAN_SCHEDULE),
    "line": (shared, Act.PLAN_MEANS),
}


@pytest.mark.parametrize("member", CAST)
@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_for_who_follows_the_project_and_leaves_one_event(
    name: str, member: str, cast: dict[str, Any], project_one: Any
) -> None:
    perform, what = ACTS[name]
    before = LedgerEvent.objects.count()
    if member != "pmo":
        with pytest.raises(Refused):
            perform(cast[member], project_one)
        assert LedgerEvent.objects.count() == before
        return
    row = perform(cast[member], project_one)
    fire_deferred_triggers()
    event = LedgerEvent.objects.latest("pk")
    assert LedgerEvent.objects.count() == before + 1
    assert (event.act, event.subject, event.subject_id) == (what, row._meta.label_lower, row.pk)


def test_a_milestone_is_expected_on_its_first_plan_until_somebody_says_otherwise(pmo: Any, project_one: Any) -> None:
    row = plan(pmo, project_one)
    moved_on = services.forecast(actor=pmo, milestone=row, forecast_on=row.baseline_on + DAY, reason="Storms.")
    fire_deferred_triggers()
    row.refresh_from_db()
    assert (row.forecast_on, row.baseline_on) == (moved_on.forecast_on, today() + 40 * DAY)
    told = list(row.forecasts.order_by("pk").values_list("forecast_on", "reason"))
    assert told == [(row.baseline_on, ""), (row.baseline_on + DAY, "Storms.")]


def test_the_first_plan_stays_and_so_does_the_code(pmo: Any, project_one: Any) -> None:
    row = project_one.milestones.get(code="M-2")
    services.write_milestone(
        actor=pmo,
        project=project_one,
        row=row,
        seen=version_of(row),
        fields={"code": "M-7", "baseline_on": today(), "name": "Harbour open"},
    )
    kept = project_one.milestones.get(pk=row.pk)
    assert (kept.code, kept.baseline_on, kept.name) == ("M-2", row.baseline_on, "Harbour open")
    with pytest.raises(Outdated):
        services.write_milestone(actor=pmo, project=project_one, row=row, seen="0", fields={"name": "X"})


@pytest.mark.parametrize(
    ("perform", "fields", "code"),
    [
        (plan, {"code": "M-1"}, "code"),
        (plan, {"actual_on": TODAY + 2 * DAY}, "actual_on"),
        (move, {"reason": ""}, "reason"),
        (move, {"forecast_on": TODAY + 104 * DAY}, "forecast_on"),
        (shared, {"label": "Works on the quays"}, "label"),
    ],
)
def test_an_invalid_value_is_refused_beside_its_field(
    perform: Any, fields: dict[str, Any], code: str, pmo: Any, project_one: Any
) -> None:
    with pytest.raises(ValidationError) as refused:
        perform(pmo, project_one, **fields)
    assert set(refused.value.message_dict) == {code}


def test_a_reached_milestone_takes_no_new_forecast(pmo: Any, project_one: Any) -> None:
    reached = project_one.milestones.get(code="M-1")
    with pytest.raises(ValidationError) as refused:
        services.forecast(actor=pmo, milestone=reached, forecast_on=today(), reason="Again.")
    assert set(refused.value.message_dict) == {"forecast_on"}


# — slips —


def test_slips_tell_how_each_milestone_moved(project_one: Any) -> None:
    first, second = queries.list_slips(project_one)
    assert (first.milestone.code, first.days, first.is_overdue) == ("M-1", 2, False)
    assert (second.milestone.code, second.days) == ("M-2", 14)
    entered = second.milestone.baseline_on - 90 * DAY
    assert [(forecast.said_on, forecast.expected_on) for forecast in second.forecasts] == [
        (entered - 113 * DAY, entered + 90 * DAY),
        (entered - 40 * DAY, entered + 104 * DAY),
    ]


def test_a_milestone_whose_day_has_passed_slips_a_day_more_every_day() -> None:
    late = Milestone(baseline_on=today() - 10 * DAY, forecast_on=today() - 5 * DAY)
    assert (late.slip(today()), late.slip(today() + DAY)) == (10, 11)
    early = Milestone(baseline_on=today(), forecast_on=today(), actual_on=today() - 3 * DAY)
    assert early.slip(today()) == -3


def test_the_largest_slip_looks_at_what_is_not_reached_and_at_the_end() -> None:
    reached = Milestone(baseline_on=today() - 90 * DAY, forecast_on=today() - 90 * DAY, actual_on=today() - 10 * DAY)
    ahead = Milestone(baseline_on=today() + 9 * DAY, forecast_on=today() + 5 * DAY)
    end = today() + 30 * DAY
    assert queries.largest_slip([], end, today()) is None
    assert queries.largest_slip([reached], end, today()) == 0
    assert queries.largest_slip([reached, ahead], end, today()) == 0
    past = Milestone(baseline_on=today() + 33 * DAY, forecast_on=today() + 33 * DAY)
    assert queries.largest_slip([past], end, today()) == 3


def test_the_chart_draws_a_step_for_each_forecast_and_ends_where_it_is_reached(project_one: Any) -> None:
    slips = queries.list_slips(project_one)
    chart = slip_chart(slips, today())
    assert chart is not None
    lines = {line.code: line for line in chart.lines}
    assert set(lines) == {"M-1", "M-2"}
    heights = [float(point.split(",")[1]) for point in lines["M-2"].points.split()]
    assert len(heights) == 4  # forecast, unchanged, forecast again, unchanged today
    assert heights[0] == heights[1] > heights[2] == heights[3]
    texts = sorted(line.text_y for line in chart.lines)
    assert texts[1] - texts[0] >= 12
    assert slip_chart([], today()) is None
    reached = [tuple(map(float, point.split(","))) for point in lines["M-1"].points.split()]
    assert reached[-3][1] == reached[-2][1]  # unchanged until the day it was reached, and higher on that day only
    assert reached[-2][0] == reached[-1][0]


# — dependencies —


def needed(actor: Any, project: Any, other: Any, **fields: Any) -> Dependency:
    given = {"needs": other, "what": "Tickets", "needed_on": today()}
    return services.write_dependency(actor=actor, project=project, fields=given | fields)


def test_a_dependency_is_on_another_project_that_its_writer_sees(
    pmo: Any, other_pmo: Any, project_one: Any, project_two: Any, project_three: Any
) -> None:
    row = needed(other_pmo, project_two, project_three)
    fire_deferred_triggers()
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.project, event.subject_id) == (Act.PLAN_SCHEDULE, project_two, row.pk)
    for actor, project, other in (
        (pmo, project_one, project_two),
        (pmo, project_one, project_one),
        (other_pmo, project_two, project_one),
    ):
        with pytest.raises(ValidationError) as refused:
            needed(actor, project, other)
        assert set(refused.value.message_dict) == {"needs"}
    with pytest.raises(ValidationError) as refused:
        needed(other_pmo, project_two, project_three, milestone=project_one.milestones.earliest("pk"))
    assert set(refused.value.message_dict) == {"milestone"}


def test_a_dependency_keeps_its_other_end_and_changes_its_state(other_pmo: Any, project_three: Any) -> None:
    row = project_three.dependencies.select_related("needs").get()
    before = row.needs
    services.write_dependency(
        actor=other_pmo,
        project=project_three,
        row=row,
        seen=version_of(row),
        fields={"state": "met", "needs": project_three},
    )
    kept = Dependency.objects.get(pk=row.pk)
    assert (kept.needs, kept.state) == (before, "met")


def test_who_sees_both_ends_or_owns_one_reads_a_dependency(
    cast: dict[str, Any], other_pmo: User, project_two: Any, project_three: Any
) -> None:
    row = project_three.dependencies.get()
    both = [
        user
        for user in User.objects.filter(is_active=True)
        if {project_two, project_three} <= set(Project.objects.visible_to(user))
    ]
    owners = [seat.holder for project in (project_two, project_three) for seat in project.mandates.active().deciding()]
    assert other_pmo in both
    for user in User.objects.filter(is_active=True):
        seen = Dependency.objects.visible_to(user).filter(pk=row.pk).exists()
        assert seen == (user in both or user in owners), user.email
    assert cast["other_owner"] not in both
    for reader, sees_other in ((cast["other_owner"], False), (other_pmo, True)):
        found = queries.list_dependencies(project_two, reader)
        assert (found.needs, found.below) == ([], [])
        assert [(line.row, line.sees_other) for line in found.needed] == [(row, sees_other)]


def test_a_dependency_is_changed_only_by_readers_of_both_ends(cast: dict[str, Any], project_three: Any) -> None:
    row = project_three.dependencies.get()
    with pytest.raises(Refused):
        services.write_dependency(
            actor=cast["pmo"], project=project_three, row=row, seen=version_of(row), fields={"state": "met"}
        )


# — means —


def test_every_figure_of_a_line_is_kept(pmo: Any, project_one: Any) -> None:
    row = shared(pmo, project_one)
    write_budget_line(
        actor=pmo, project=project_one, row=row, seen=version_of(row), fields={"committed": Decimal(20)}, note="Lamps."
    )
    write_budget_line(actor=pmo, project=project_one, row=row, seen=version_of(row), fields={"committed": Decimal(20)})
    fire_deferred_triggers()
    told = list(BudgetReading.objects.filter(line=row).order_by("pk").values_list("committed", "note"))
    assert told == [(Decimal(10), ""), (Decimal(20), "Lamps.")]
    with pytest.raises(Outdated):
        write_budget_line(actor=pmo, project=project_one, row=row, seen="0", fields={"committed": Decimal(30)})


def test_a_note_alone_is_kept_beside_the_figures_it_is_about(pmo: Any, project_one: Any) -> None:
    row, events = shared(pmo, project_one), LedgerEvent.objects.count()
    same = {"committed": row.committed}
    change = {"actor": pmo, "project": project_one, "row": row, "seen": version_of(row), "fields": same}
    write_budget_line(**change, note="Nothing moved in November.")
    fire_deferred_triggers()
    told = BudgetReading.objects.filter(line=row).latest("pk")
    assert (told.note, told.committed) == ("Nothing moved in November.", row.committed)
    assert LedgerEvent.objects.count() == events + 1


def test_spending_is_a_share_of_the_budget_or_else_of_the_envelopes() -> None:
    sums = means.Totals(1, Decimal(200), Decimal(0), Decimal(100))
    assert [sums.percent_of(budget) for budget in (None, Decimal(0), Decimal(50))] == [50, None, 200]


def test_the_forecast_of_many_projects_comes_with_the_query_that_reads_them(
    pmo: Any, project_one: Any, project_two: Any, django_assert_num_queries: Any
) -> None:
    shared(pmo, project_one)
    sums = means.project_totals(project_one)
    assert (sums.lines, sums.envelope, sums.forecast) == (2, Decimal(3600100), Decimal(3650090))
    assert sums.percent_of(Decimal(7300180)) == Decimal("50.0")
    with django_assert_num_queries(1):
        found = {row.pk: means.forecast_percent(row) for row in means.with_forecast(Project.objects.all())}
    assert found[project_one.pk] == sums.percent_of(project_one.budget) is not None
    assert found[project_two.pk] is None
    nothing = means.project_totals(project_two)
    assert (nothing.lines, nothing.percent_of(None)) == (0, None)
