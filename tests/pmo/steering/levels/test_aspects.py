"""Test what a programme and a portfolio show of their projects: never the worst of them."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from pmo.registers.weather.enums import Sky
from pmo.steering.levels.aspects import find_benefits, find_cost, find_dependencies, find_escalated, list_aspects
from pmo.steering.levels.figures import Group
from pmo.steering.levels.state import build_state

DAY = date(2026, 6, 8)
LIMITS: Any = SimpleNamespace(cost_cloudy=101, cost_stormy=110, storm_watch=10, storm_alert=25)


def row(pk: int, level: str = "project", **changes: Any) -> Any:
    """Build a row as `with_figures` loads it."""
    fields: dict[str, Any] = {
        **{"pk": pk, "level": level, "budget": None, "lines_envelope": None, "lines_forecast": None, "red": 0},
        **{"benefits": [], "open_needs": [], "broken_needs": 0, "has": lambda workspace: True},
        **{"weather_overall": None, "weather_trend": None, "weather_month": DAY, "weather_acted_at": None},
    }
    return SimpleNamespace(**fields | changes)


def group(root: Any, *parts: Any) -> Group:
    return Group(root, parts, DAY, LIMITS)


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
    assert find_benefits(group(row(1, "programme", benefits=met))).sky == sky
    found = find_benefits(group(row(1, "programme"), row(2, benefits=met)))
    assert found.sky == sky
    with translation.override("en"):
        assert f"of {len(met)}" in find_benefits(group(row(1, "programme", benefits=met))).why


@pytest.mark.parametrize(
    ("days", "broken", "sky"),
    [([90], 0, Sky.SUNNY), ([60], 0, Sky.CLOUDY), ([-1, 90], 0, Sky.STORMY), ([], 1, Sky.STORMY)],
)
def test_a_dependency_counts_by_its_day(days: list[int], broken: int, sky: Sky) -> None:
    needs = [DAY + timedelta(days=days_ahead) for days_ahead in days]
    assert find_dependencies(group(row(1, "programme"), row(2, open_needs=needs, broken_needs=broken))).sky == sky


def test_a_forecast_that_is_missing_is_not_nothing() -> None:
    root = row(1, "programme", budget=Decimal(1000))
    with translation.override("en"):
        found = find_cost(group(root, row(2, lines_forecast=Decimal(1050)), row(3)))
    assert found.sky == Sky.CLOUDY
    assert found.why == "The forecast at completion is 105.0% of the budget (1 of 3 with figures)."
    assert find_cost(group(root, row(2), row(3))).sky is None


def test_one_stormy_project_makes_no_storm_above_it() -> None:
    parts = [row(2, weather_overall="stormy", red=3), *(row(pk, weather_overall="sunny") for pk in range(3, 14))]
    root = row(1, "programme", budget=Decimal(100), benefits=["yes"])
    assert [aspect.sky for aspect in list_aspects(group(root, *parts))] == [Sky.SUNNY, None, None, Sky.SUNNY]
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
