"""Slip chart: x is the day of a forecast, y the expected day of the milestone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pmo.registers.schedule.queries import Forecast, Slip

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 96, 560, 16, 262


@dataclass(frozen=True)
class Line:
    """Line of a milestone: points, last point, and position of its code."""

    code: str
    points: str
    last_x: float
    last_y: float
    text_y: float


@dataclass(frozen=True)
class Tick:
    """Day on a scale, with its position."""

    place: float
    day: date


@dataclass(frozen=True)
class SlipChart:
    """Layout for the template."""

    lines: list[Line]
    across: list[Tick]
    upwards: list[Tick]


def slip_chart(slips: Sequence[Slip], today: date) -> SlipChart | None:
    """Lay out the slip chart as of `today`; None without milestones.

    A level line means no slip, a rising line a slip. The line of a reached milestone ends on that day.
    """
    known = {slip.milestone.code: _expand_steps(slip, today) for slip in slips}
    days = [forecast for steps in known.values() for forecast in steps]
    if not days:
        return None
    first, last = min(forecast.said_on for forecast in days), max(forecast.said_on for forecast in days)
    low, high = min(forecast.expected_on for forecast in days), max(forecast.expected_on for forecast in days)

    def x(day: date) -> float:
        return _interpolate(LEFT, RIGHT, (day - first).days, (last - first).days)

    def y(day: date) -> float:
        return _interpolate(BOTTOM, TOP, (day - low).days, (high - low).days)

    lines = [
        Line(
            code,
            " ".join(f"{x(forecast.said_on)},{y(forecast.expected_on)}" for forecast in steps),
            x(steps[-1].said_on),
            y(steps[-1].expected_on),
            0,
        )
        for code, steps in known.items()
    ]
    middle = low + timedelta((high - low).days // 2)
    return SlipChart(
        lines=_spread_labels(lines),
        across=[Tick(x(day), day) for day in dict.fromkeys((first, last))],
        upwards=[Tick(y(day), day) for day in dict.fromkeys((low, middle, high))],
    )


def _expand_steps(slip: Slip, today: date) -> list[Forecast]:
    """Expand the forecasts into steps: a forecast holds until the day of the next one."""
    forecasts: list[Forecast] = []
    for forecast in slip.forecasts:
        if forecasts:
            forecasts.append(Forecast(forecast.said_on, forecasts[-1].expected_on, ""))
        forecasts.append(forecast)
    reached = slip.milestone.actual_on
    if forecasts and reached:
        steps = [forecast for forecast in forecasts if forecast.said_on < reached]
        stood = [Forecast(reached, steps[-1].expected_on, "")] if steps else []
        return [*steps, *stood, Forecast(reached, reached, "")]
    if forecasts:
        forecasts.append(Forecast(max(today, forecasts[-1].said_on), forecasts[-1].expected_on, ""))
    return forecasts


def _interpolate(start: float, end: float, part: int, whole: int) -> float:
    return round(start + (end - start) * (part / whole if whole else 0.5), 1)


def _spread_labels(lines: list[Line]) -> list[Line]:
    """Move the codes apart, from top to bottom."""
    placed, free = [], TOP + 4.0
    for line in sorted(lines, key=lambda line: line.last_y):
        text = max(line.last_y + 4, free)
        free = text + 13
        placed.append(Line(line.code, line.points, line.last_x, line.last_y, round(text, 1)))
    return placed
