"""Geometry of the line chart of one indicator, 440 units wide; the template only prints it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from amoa.change_plan.queries import Measure

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 440, 44, 426, 14, 134


@dataclass(frozen=True)
class Tick:
    """A tick of the chart: its position, its label, and the baseline of the label (`foot`)."""

    place: float
    value: Decimal
    foot: float = 0
    day: date | None = None
    anchor: str = "middle"


@dataclass(frozen=True)
class Chart:
    """Points of the line, height of the goal, ticks, and position of the last measure."""

    points: str
    goal_y: float
    goal_text_y: float
    scale: list[Tick]
    days: list[Tick]
    last_x: float
    last_y: float
    last_text_y: float


def build_chart(measures: Sequence[Measure], target: Decimal) -> Chart | None:
    """Lay out these measures and their target on a scale from zero.

    None without measures, and when a value or the target is negative.
    """
    if not measures or min(target, *(measure.value for measure in measures)) < 0:
        return None
    top = _round_up(max(target, *(measure.value for measure in measures)))
    first, last = measures[0].day, measures[-1].day
    span = (last - first).days or 1

    def x(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * ((day - first).days / span if last > first else 1), 1)

    def y(value: Decimal) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float(value / top), 1)

    end = y(measures[-1].value)
    goal = y(target)
    days = [Tick(x(first), Decimal(0), day=first, anchor="start")] if last > first else []
    return Chart(
        points=" ".join(f"{x(measure.day)},{y(measure.value)}" for measure in measures),
        goal_y=goal,
        goal_text_y=goal - 5 if goal > TOP + 12 else goal + 14,
        scale=[Tick(y(value), value, y(value) + 4) for value in (Decimal(0), top / 2, top)],
        days=[*days, Tick(x(last), Decimal(0), day=last, anchor="end")],
        last_x=x(last),
        last_y=end,
        last_text_y=end + 20 if end < (TOP + BOTTOM) / 2 else end - 10,
    )


def _round_up(value: Decimal) -> Decimal:
    """Return the smallest round number (1, 2, 4 or 5 times a power of ten) not below `value`."""
    if value <= 0:
        return Decimal(1)
    unit = Decimal(10) ** value.adjusted()
    return next(unit * step for step in (1, 2, 4, 5, 10) if unit * step >= value)
