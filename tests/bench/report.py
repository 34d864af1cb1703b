"""Report the bench: one line per measure with its limit, as a table and as JSON."""

import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import inf
from typing import Any

from tests.bench.measure import Times

HEAD = ("what", "queries", "repeats", "p50 ms", "p95 ms", "× floor", "KiB", "gzip", "limit", "")


@dataclass(frozen=True)
class Limit:
    """Limits: queries, repeats of one statement, times the floor (medians) or milliseconds (95th percentile), KiB."""

    queries: int
    repeats: int
    times_floor: float = inf
    p95: float = inf
    kib: float = inf
    growth: float = inf

    def __str__(self) -> str:
        most = f"≤ {self.times_floor:g} ×" if self.times_floor < inf else f"p95 ≤ {self.p95:g} ms"
        weight = f", ≤ {self.kib:g} KiB" if self.kib < inf else ""
        return f"≤ {self.queries} queries, ≤ {self.repeats} repeats, {most}{weight}"


@dataclass(frozen=True)
class Line:
    """One measure; `floor` is the same job in its minimal version.

    `rate` (per second) replaces the times of a measure that is no request. `idle` is a request that only reads the
    clock of the database, sent in turn with it: the state of the machine. `weight` is the size of the page and of the
    compressed page, in KiB.
    """

    what: str
    queries: int | None = None
    repeats: int | None = None
    times: Times | None = None
    floor: Times | None = None
    floor_queries: int | None = None
    limit: Limit | None = None
    rate: float | None = None
    least_rate: float | None = None
    note: str = ""
    idle: Times | None = None
    weight: tuple[float, float] | None = None

    @property
    def times_floor(self) -> float | None:
        """Return the product's median as a multiple of the floor's."""
        return self.times.p50 / self.floor.p50 if self.times and self.floor else None

    @property
    def verdict(self) -> str:
        """Return `ok`, `over`, or "" without a limit."""
        if self.rate is not None and self.least_rate is not None:
            return "ok" if self.rate >= self.least_rate else "over"
        if self.limit is None:
            return ""
        p95, kib = self.times.p95 if self.times else 0, self.weight[0] if self.weight else 0
        found = (self.queries or 0, self.repeats or 0, self.times_floor or 0, p95, kib)
        most = (self.limit.queries, self.limit.repeats, self.limit.times_floor, self.limit.p95, self.limit.kib)
        return "ok" if all(value <= limit for value, limit in zip(found, most, strict=True)) else "over"

    def cells(self) -> list[str]:
        """Return the line as the table shows it."""
        if self.rate is not None:
            least = f"≥ {self.least_rate:,.0f}" if self.least_rate else ""
            return [f"{self.what}: {self.rate:,.0f} a second", *[""] * 7, least, self.verdict]
        figures = [_text(self.queries), _text(self.repeats)]
        figures += [f"{self.times.p50:.1f}", f"{self.times.p95:.1f}"] if self.times else ["", ""]
        figures += [f"{self.times_floor:.2f}" if self.times_floor else ""]
        figures += [f"{kib:.0f}" for kib in self.weight] if self.weight else ["", ""]
        return [self.what, *figures, str(self.limit or self.note), self.verdict]


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def table(lines: list[Line]) -> str:
    """Align the lines below their headings, words to the left, figures to the right."""
    rows = [list(HEAD), *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows if row[1] or column) for column in range(len(HEAD))]
    return "\n".join("  ".join(_aligned(row, widths)).rstrip() for row in rows)


def _aligned(row: list[str], widths: list[int]) -> list[str]:
    return [
        cell.rjust(width) if 0 < column < 8 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def as_json(lines: list[Line]) -> dict[str, Any]:
    """Serialise the same with the floor's own figures, the date and the machine."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "lines": [{**asdict(line), "times_floor": line.times_floor, "verdict": line.verdict} for line in lines],
    }
