"""The line of one indicator, in a drawing 440 wide: the template only writes it down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from amoa.change_plan.queries import Measure

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 440, 44, 426, 14, 134


@dataclass(frozen=True)
class Tick:
    """A value of the scale at its height, its text at the height `foot`, or a day at its place."""

    place: float
    value: Decimal
    foot: float = 0
    day: date | None = None
    anchor: str = "middle"


@dataclass(frozen=True)
class Chart:
    """The points of the line, the height of the goal, the scale, the first and the last day, the last measure."""

    points: str
    goal_y: float
    goal_text_y: float
    scale: list[Tick]
    days: list[Tick]
    last_x: float
    last_y: float
    last_text_y: float


def chart(measures: Sequence[Measure], target: Decimal) -> Chart | None:
    """The drawing of these measures beside their target, from zero up; None when there is none, or one below zero."""
    if not measures or min(target, *(one.value for one in measures)) < 0:
        return None
    top = _round_up(max(target, *(one.value for one in measures)))
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
        points=" ".join(f"{x(one.day)},{y(one.value)}" for one in measures),
        goal_y=goal,
        goal_text_y=goal - 5 if goal > TOP + 12 else goal + 14,
        scale=[Tick(y(value), value, y(value) + 4) for value in (Decimal(0), top / 2, top)],
        days=[*days, Tick(x(last), Decimal(0), day=last, anchor="end")],
        last_x=x(last),
        last_y=end,
        last_text_y=end + 20 if end < (TOP + BOTTOM) / 2 else end - 10,
    )


def _round_up(value: Decimal) -> Decimal:
    """The least round number (1, 2, 4 or 5 with zeros behind) that is not below `value`."""
    if value <= 0:
        return Decimal(1)
    unit = Decimal(10) ** value.adjusted()
    return next(unit * step for step in (1, 2, 4, 5, 10) if unit * step >= value)
