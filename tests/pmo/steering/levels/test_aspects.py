"""Test what a programme and a portfolio show of their projects: never the worst of them."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from pmo.registers.schedule.models import Dependency
from pmo.registers.weather.enums import Sky
from pmo.steering.levels.aspects import find_benefits, find_cost, find_dependencies, find_escalated, list_aspects
from pmo.steering.levels.contradictions import list_contradictions
from pmo.steering.levels.figures import Group
from pmo.steering.levels.state import build_state
from projects.models import Project

DAY = date(2026, 6, 8)
LIMITS: Any = SimpleNamespace(cost_cloudy=101, cost_stormy=110, storm_watch=10, storm_alert=25)


def row(pk: int, level: str = "project", **changes: Any) -> Any:
    """Build a row as `with_figures` loads it."""
    fields: dict[str, Any] = {
        **{
            "pk": pk,
            "level": level,
            "budget": None,
            "lines_envelope": None,
            "lines_forecast": None,
            "red": 0,
            "waiting": None,
        },
        **{"share": None, "overrun": False, "is_over": False, "has": lambda workspace: True},
        **{"weather_overall": None, "weather_trend": None, "weather_month": DAY, "weather_acted_at": None},
    }
    return SimpleNamespace(**fields | changes)


def group(root: Any, *parts: Any, **found: Any) -> Group:
    return Group(root, parts, DAY, LIMITS, **found)


def benefits(*results: str) -> list[Any]:
    """Build approved benefits as `with_last_measure` loads them; an empty result is none."""
    return [
        SimpleNamespace(text=f"Benefit {number}", last_met=met or None, project_id=2)
        for number, met in enumerate(results)
    ]


def need(days: int, state: str = "open", provided_on: date | None = None) -> Dependency:
    return Dependency(project_id=2, needed_on=DAY + timedelta(days=days), state=state, provided_on=provided_on)


def test_an_aspect_without_data_is_not_computed() -> None:
    empty = group(row(1, "programme", has=lambda workspace: False), row(2))
    with translation.override("en"):
        found = list_aspects(empty)
    assert [aspect.sky for aspect in found] == [None] * 4
    assert all(aspect.why.startswith("Not computed") for aspect in found)


@pytest.mark.parametrize(
    ("met", "sky"),
    [(["yes"], Sky.SUNNY), (["yes", "partly"], Sky.CLOUDY), (["yes", ""], Sky.CLOUDY), (["no", "yes"], Sky.STORMY)],
)
def test_a_benefit_counts_wherever_it_is_approved(met: list[str], sky: Sky) -> None:
    with translation.override("en"):
        found = find_benefits(group(row(1, "programme"), row(2), benefits=benefits(*met)))
    assert found.sky == sky
    assert f"of {len(met)}" in found.why


def test_a_benefit_that_is_claimed_twice_counts_where_it_was_claimed_first() -> None:
    first, again = benefits("yes", "no")
    again.text = first.text.upper()
    assert find_benefits(group(row(1, "programme"), row(2), benefits=[first, again])).sky == Sky.SUNNY


@pytest.mark.parametrize(
    ("days", "broken", "sky"),
    [([90], 0, Sky.SUNNY), ([60], 0, Sky.CLOUDY), ([-1, 90], 0, Sky.STORMY), ([], 1, Sky.STORMY)],
)
def test_a_dependency_counts_by_its_day(days: list[int], broken: int, sky: Sky) -> None:
    needs = [*map(need, days), *(need(90, "broken") for _n in range(broken))]
    assert find_dependencies(group(row(1, "programme"), row(2), needs=needs)).sky == sky


@pytest.mark.parametrize(("days", "sky", "late"), [(89, Sky.SUNNY, 0), (91, Sky.STORMY, 1)])
def test_a_dependency_is_late_once_it_is_forecast_after_its_day(days: int, sky: Sky, late: int) -> None:
    needs = [need(90, provided_on=DAY + timedelta(days=days))]
    with translation.override("en"):
        found = find_dependencies(group(row(1, "programme"), row(2), needs=needs))
    assert (found.sky, f"Late: {late}." in found.why) == (sky, True)


def test_a_forecast_that_is_missing_is_not_nothing() -> None:
    root = row(1, "programme", budget=Decimal(1000))
    with translation.override("en"):
        found = find_cost(group(root, row(2, lines_forecast=Decimal(1050)), row(3)))
    assert found.sky == Sky.CLOUDY
    assert found.why == "The forecast at completion is 105.0% of the budget (1 of 2 with figures)."
    assert find_cost(group(root, row(2), row(3))).sky is None


def test_the_cost_of_a_programme_is_its_forecast_on_its_share_where_it_has_one() -> None:
    root = row(1, "programme", budget=Decimal(1000), share=Decimal(500), lines_forecast=Decimal(600))
    with translation.override("en"):
        found = find_cost(group(root))
    assert found.sky == Sky.STORMY
    assert found.why == "The forecast at completion is 120.0% of the share (1 of 1 with figures)."


def test_one_stormy_project_makes_no_storm_above_it() -> None:
    parts = [row(2, weather_overall="stormy", red=3), *(row(pk, weather_overall="sunny") for pk in range(3, 14))]
    root = row(1, "programme", budget=Decimal(100))
    found = list_aspects(group(root, *parts, benefits=benefits("yes")))
    assert [aspect.sky for aspect in found] == [Sky.SUNNY, None, None, Sky.SUNNY]
    assert find_escalated(group(row(1, "programme", red=1), *parts)).sky == Sky.STORMY
    state = build_state(group(row(1, "portfolio"), *parts))
    assert state.skies == Counter({Sky.SUNNY: 11, Sky.STORMY: 1})
    assert (state.counted, state.unknown) == ([(Sky.SUNNY, 11), (Sky.CLOUDY, 0), (Sky.STORMY, 1)], 0)


@pytest.mark.parametrize(
    ("stormy", "watched", "alarming"), [(99, False, False), (100, True, False), (249, True, False), (250, True, True)]
)
def test_the_part_of_the_budget_under_storm_is_watched_then_alarms(stormy: int, watched: bool, alarming: bool) -> None:
    parts = [row(2, weather_overall="stormy", budget=Decimal(stormy)), row(3, budget=Decimal(1000 - stormy))]
    for root in (row(1, "portfolio", budget=Decimal(1000)), row(1, "portfolio")):
        state = build_state(group(root, *parts))
        assert (state.is_watched, state.is_alarming, state.unknown) == (watched, alarming, 1)
        with translation.override("en"):
            assert ("watch" in state.storm, "Alert" in state.storm) == (watched and not alarming, alarming)


def test_a_portfolio_without_weather_has_no_part_under_storm() -> None:
    root, part = row(1, "portfolio", budget=Decimal(1000)), row(2, budget=Decimal(500))
    assert build_state(group(root, part)).under_storm is None
    assert build_state(group(root, part, row(3, weather_overall="sunny"))).under_storm == 0


def test_a_portfolio_without_budgets_has_no_part_under_storm() -> None:
    state = build_state(group(row(1, "portfolio"), row(2, weather_overall="stormy")))
    assert (state.under_storm, state.roll, state.is_watched) == (None, None, False)


def test_what_contradicts_below_is_named() -> None:
    late = need(90, provided_on=DAY + timedelta(days=91))
    late.project, late.needs, late.what = Project(pk=2, code="ONE"), Project(pk=3, code="TWO"), "Cranes"
    first, again = benefits("yes", "no")
    again.text, again.project_id = first.text, 3
    one = row(2, code="ONE", language="fr", parent_id=1, share=Decimal(100), lines_forecast=Decimal(101))
    two = row(3, code="TWO", language="fr", parent_id=1, share=Decimal(100), lines_forecast=Decimal(100))
    with translation.override("en"):
        found = list_contradictions(
            group(row(1, "portfolio"), one, two, needs=[late, need(-9)], benefits=[first, again])
        )
    assert [(item.project.code, item.text, item.note) for item in found] == [
        ("ONE", "Cranes", "ONE needs it on 6 Sep 2026. TWO forecasts 7 Sep 2026."),
        ("ONE", "ONE forecasts €101. Its share is €100.", ""),
        ("ONE", "Benefit 0", "claimed by ONE, TWO"),
    ]


def test_a_programme_is_measured_with_what_is_below_it_on_its_share() -> None:
    programme = row(2, "programme", code="PRG", parent_id=1, share=Decimal(100), lines_forecast=Decimal(60))
    below = row(3, code="ONE", parent_id=2, share=Decimal(10), lines_forecast=Decimal(41))
    found = list_contradictions(group(row(1, "portfolio"), programme, below))
    assert [item.project.code for item in found] == ["PRG"]
