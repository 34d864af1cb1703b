"""Geometry of the timeline of mandates: across in percent of the drawing, as wide as its card; down in pixels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from core.words.days import midnight
from projects.project.models import Project
from projects.seats.mandates.lines import Line, SeatStatus
from projects.seats.mandates.models import Mandate

WIDTH, TOP, ROW = 100.0, 26, 34
#: So close to an edge a label begins or ends at its date. A bar is no narrower than NARROWEST.
EDGE, NARROWEST = 10.0, 0.4
MOST_BARS, MOST_TICKS = 30, 5
STEPS = (1, 3, 6, 12, 24, 60, 120, 240)  # months between two marks
MARKS = {SeatStatus.IN_FORCE: "m-accent", SeatStatus.TO_COME: "dot", SeatStatus.ENDED: "m-pending"}


@dataclass(frozen=True)
class Bar:
    """Bar of one seat: text baseline at `y`, bar below it from `x`. Delegations are thinner."""

    line: Line
    y: int
    x: float
    width: float
    mark: str

    @property
    def top(self) -> int:
        """Return the y coordinate of the bar."""
        return self.y + 5

    @property
    def height(self) -> int:
        """Return the height of the bar."""
        return 9 if self.is_mandate else 4

    @property
    def is_mandate(self) -> bool:
        """Return whether the seat is a mandate, not a delegation."""
        return isinstance(self.line.seat, Mandate)


@dataclass(frozen=True)
class Tick:
    """A date on the axis; `anchor` (SVG text-anchor) keeps its label inside the drawing."""

    at: datetime
    x: float
    anchor: str


@dataclass(frozen=True)
class Chart:
    """Bars, ticks and today; `left_out` counts the seats shown in the table only."""

    bars: list[Bar]
    ticks: list[Tick]
    today: Tick
    bottom: int
    left_out: int

    @property
    def foot(self) -> int:
        """Return the baseline of the label under the bars."""
        return self.bottom + 14

    @property
    def height(self) -> int:
        """Return the height of the drawing."""
        return self.bottom + 20


def build_chart(project: Project, lines: Iterable[Line], now: datetime) -> Chart:
    """Lay out `lines` in their order; the axis covers every seat, the project's dates and `now`."""
    shown = [line for line in lines if line.status in MARKS]
    drawn = shown[:MOST_BARS]
    first = min([midnight(project.starts_on), now, *(line.seat.starts_at for line in drawn)])
    last = max([midnight(project.ends_on), now, *(line.seat.ends_at or now for line in drawn)])

    def x(at: datetime) -> float:
        return WIDTH * ((min(at, last) - first) / (last - first)) if last > first else 0.0

    bars = [
        Bar(line, TOP + ROW * n + 16, start, max(NARROWEST, x(line.seat.ends_at or last) - start), MARKS[line.status])
        for n, line in enumerate(drawn)
        for start in [x(line.seat.starts_at)]
    ]
    return Chart(
        bars=bars,
        ticks=[_tick(at, x(at)) for at in _months(first, last)],
        today=_tick(now, x(now)),
        bottom=TOP + ROW * len(bars) + 4,
        left_out=len(shown) - len(drawn),
    )


def _tick(at: datetime, x: float) -> Tick:
    return Tick(at, x, "start" if x < EDGE else "end" if x > WIDTH - EDGE else "middle")


def _months(first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield at most MOST_TICKS evenly spaced first days of months in `[first, last]`."""
    begin = timezone.localtime(first)
    months = (last - first).days // 30 + 1
    step = next((step for step in STEPS if months // step < MOST_TICKS), STEPS[-1])
    month = (begin.year * 12 + begin.month - 1) // step * step
    while True:
        month += step
        at = timezone.make_aware(datetime(month // 12, month % 12 + 1, 1))
        if at > last:
            return
        yield at
