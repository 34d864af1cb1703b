"""Compute the SVG coordinates of the dashboard charts, 440 units wide; templates only write them.

A line shows change over time; bars show ordered classes, stacked bars shares, dots the seats that are filled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import formats

WIDTH = 440
#: Edges of the area of a line chart.
LEFT, RIGHT, TOP, BOTTOM = 34, 426, 14, 164
#: Height of a bar, and distance from one bar to the next.
BAR, STEP = 22, 34
#: Left and right ends of the bars: labels stand before them, values after.
BARS_FROM, BARS_TO = 136, 380
#: Most that a letter of a label takes, and the height of a line of names above a grid.
LETTER, HEAD = 8, 15
#: Marks of the design that a bar may have (static/css/components.css).
MARKS = frozenset({"accent", "approved", "cond", "rejected", "deferred", "pending", "na"})


@dataclass(frozen=True)
class Tick:
    """A label of a scale and its position; `anchor` is the SVG text-anchor."""

    place: float
    text: str
    anchor: str = "middle"

    @property
    def foot(self) -> float:
        """Return the baseline of a label that stands beside its line."""
        return self.place + 4


@dataclass(frozen=True)
class Line:
    """A line chart: points, area, goal, scale, periods and last value."""

    points: str
    area: str
    scale: list[Tick]
    days: list[Tick]
    last: Tick
    last_y: float
    last_text_y: float
    goal_y: float | None = None
    goal_text_y: float = 0


def line(values: Sequence[tuple[str, float | None]], unit: str, goal: float | None = None) -> Line | None:
    """Build a line over `values` (label of the period, value or None) from zero; None below two values.

    A period without a value is skipped: the line joins its neighbours.
    """
    known = [(place, float(value)) for place, (_label, value) in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    top = round_up(max([goal or 0, *(value for _place, value in known)]))
    points = [(_across(place, len(values)), _up(value, top)) for place, value in known]
    drawn = " ".join(f"{x},{y}" for x, y in points)
    last_x, last_y = points[-1]
    goal_y = _up(goal, top) if goal is not None else None
    every = max(1, (len(values) + 5) // 6)
    shown = [place for place in range(len(values)) if (len(values) - 1 - place) % every == 0]
    return Line(
        points=drawn,
        area=f"{points[0][0]},{BOTTOM} {drawn} {last_x},{BOTTOM}",
        scale=[Tick(_up(top * part / 4, top), _number(top * part / 4)) for part in range(5)],
        days=[Tick(_across(p, len(values)), values[p][0], "end" if p == len(values) - 1 else "middle") for p in shown],
        last=Tick(last_x, f"{_number(known[-1][1])} {unit}".strip(), "end"),
        last_y=last_y,
        last_text_y=last_y - 10 if last_y > TOP + 12 and points[-2][1] >= last_y else last_y + 20,
        goal_y=goal_y,
        goal_text_y=0 if goal_y is None else (goal_y + 14 if goal_y < TOP + 14 else goal_y - 5),
    )


def _across(place: int, count: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * place / max(1, count - 1), 1)


def _up(value: float, top: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 1)


def _number(value: float) -> str:
    return formats.number_format(value, decimal_pos=0 if value == int(value) else 1)


def round_up(value: float) -> float:
    """Return the least of 1, 2, 4 and 8 times a power of ten that is not below `value`: it divides by four."""
    exact = Decimal(str(value))
    if exact <= 0:
        return 4
    unit = Decimal(10) ** exact.adjusted()
    size = float(next(unit * step for step in (1, 2, 4, 8, 10) if unit * step >= exact))
    return max(4, size)


@dataclass(frozen=True)
class Part:
    """A segment of a bar: its start, its width and its mark of the design."""

    x: float
    width: float
    mark: str


@dataclass(frozen=True)
class Bar:
    """One bar: its position, its label, its segments, the value at its end, its number and the list of its rows."""

    label: str
    y: int
    parts: list[Part]
    value: str
    number: str = ""
    href: str = ""

    @property
    def text_y(self) -> int:
        """Return the baseline of its texts."""
        return self.y + 15


@dataclass(frozen=True)
class Bars:
    """Horizontal bars, one below the other."""

    bars: list[Bar]

    @property
    def is_linked(self) -> bool:
        """Return whether any bar leads to a list."""
        return any(bar.href for bar in self.bars)

    @property
    def height(self) -> int:
        """Return the height of the chart."""
        return STEP * len(self.bars) + 4


@dataclass(frozen=True)
class Row:
    """The data of one bar: `counts` are pairs (mark, number); `value` is the text at its end.

    `href` is the address of a list of exactly what is counted; `rows` is the number of its rows, when the bar shows a
    sum over them.
    """

    label: str
    counts: Sequence[tuple[str, float]]
    value: str
    href: str = ""
    rows: int | None = None


def bars(rows: Sequence[Row], *, shares: bool = False) -> Bars | None:
    """Build the bars of these rows on one scale, or with `shares` each at full width. None when all is zero."""
    most = max((sum(number for _mark, number in row.counts) for row in rows), default=0)
    if not most:
        return None
    drawn = []
    for place, row in enumerate(rows):
        counted = sum(number for _mark, number in row.counts)
        parts = _parts(row.counts, counted if shares else most)
        number = f"{counted if row.rows is None else row.rows:g}"
        drawn.append(Bar(row.label, 6 + STEP * place, parts, row.value, number, row.href))
    return Bars(drawn)


def _parts(counts: Sequence[tuple[str, float]], total: float) -> list[Part]:
    parts, x = [], float(BARS_FROM)
    for mark, number in counts:
        if mark not in MARKS:
            raise ValueError(mark)
        width = (BARS_TO - BARS_FROM) * number / total if total else 0
        if width:
            parts.append(Part(round(x, 1), round(max(width - 1.5, 1), 1), mark))
        x += width
    return parts


@dataclass(frozen=True)
class Dot:
    """A seat: held, ending soon or vacant."""

    x: float
    state: str

    @property
    def dash_x(self) -> float:
        """Return the start of the dash in the dot."""
        return round(self.x - 3.2, 1)


@dataclass(frozen=True)
class DotRow:
    """The seats of one project."""

    label: str
    y: int
    dots: list[Dot]

    @property
    def text_y(self) -> int:
        """Return the baseline of its label."""
        return self.y + 4

    @property
    def dash_y(self) -> float:
        """Return the height of the dash in a dot."""
        return self.y - 0.9

    @property
    def line_y(self) -> int:
        """Return the height of the hairline above it."""
        return self.y - 17


@dataclass(frozen=True)
class Column:
    """The name of a column of a grid: its middle and its baseline."""

    x: float
    y: int
    text: str


@dataclass(frozen=True)
class Dots:
    """A grid of seats with its columns named at the top, by turns on two lines where the names are long."""

    columns: list[Column]
    rows: list[DotRow]

    @property
    def height(self) -> int:
        """Return the height of the chart."""
        return self.rows[-1].line_y + STEP + 4


def dots(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> Dots | None:
    """Build the grid of `rows` (label, state of each column or an empty string); None when empty."""
    if not columns or not rows:
        return None
    labels, names = (LETTER * max(map(len, texts)) for texts in ([label for label, _states in rows], columns))
    step = min(54.4, (WIDTH - min(168, labels + 20)) / len(columns))
    lines = 2 if step < names else 1
    places = [round(WIDTH - 20 - step * (len(columns) - 1 - place), 1) for place in range(len(columns))]
    return Dots(
        [Column(x, 13 + HEAD * (at % lines), name) for at, (x, name) in enumerate(zip(places, columns, strict=True))],
        [
            DotRow(
                label,
                43 + HEAD * (lines - 1) + STEP * place,
                [Dot(x, state) for x, state in zip(places, states, strict=True) if state],
            )
            for place, (label, states) in enumerate(rows)
        ],
    )


def list_months(last: date, count: int) -> list[date]:
    """Return the first days of the `count` months that end with the month of `last`, oldest first."""
    number = last.year * 12 + last.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(number - count + 1, number + 1)]
