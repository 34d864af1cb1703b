"""Queries of the indicators page: last value, colour, earlier values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone

from pmo.steering.indicators.calculation import compute_figures
from pmo.steering.indicators.enums import DAYS, Frequency, Light
from pmo.steering.indicators.models import Indicator, IndicatorReading
from projects.models import Project

#: Limits of a page: indicators, and readings of each.
MOST, MOST_READINGS = 60, 36


@dataclass(frozen=True)
class Value:
    """Last reading of a day, with its colour."""

    day: date
    value: Decimal
    light: Light
    note: str = ""


@dataclass(frozen=True)
class IndicatorLine:
    """Indicator with its values, newest first, and today's computed value."""

    indicator: Indicator
    values: list[Value]
    today: Value | None

    @property
    def last(self) -> Value | None:
        """Return today's value when it is computed, else the last reading."""
        return self.today or (self.values[0] if self.values else None)

    @property
    def is_due(self) -> bool:
        """Tell whether a new reading is due by the frequency; never for computed or retired indicators."""
        every = DAYS.get(Frequency(self.indicator.frequency))
        if every is None or self.indicator.computed or self.indicator.retired:
            return False
        return not self.values or (timezone.localdate() - self.values[0].day).days > every


def list_lines(project: Project) -> list[IndicatorLine]:
    """List the indicators by aspect and code, retired ones last. Four queries at most."""
    newest = IndicatorReading.objects.order_by("-measured_on", "-pk")[:MOST_READINGS]
    rows = project.steering_indicators.order_by("retired", "aspect", "code")
    indicators = list(rows.prefetch_related(Prefetch("readings", newest, to_attr="newest"))[:MOST])
    today = timezone.localdate()
    computed = compute_figures(project, today)
    return [
        IndicatorLine(
            indicator, _daily_values(indicator), _value_today(indicator, computed.get(indicator.computed), today)
        )
        for indicator in indicators
    ]


def _value_today(indicator: Indicator, value: Decimal | None, today: date) -> Value | None:
    return None if value is None or indicator.retired else Value(today, value, indicator.light(value))


def _daily_values(indicator: Indicator) -> list[Value]:
    by_day: dict[date, IndicatorReading] = {}
    for reading in indicator.newest:  # type: ignore[attr-defined]
        by_day.setdefault(reading.measured_on, reading)
    return [Value(day, reading.value, indicator.light(reading.value), reading.note) for day, reading in by_day.items()]


def count_lights(lines: list[IndicatorLine]) -> dict[str, int]:
    """Count the indicators per colour."""
    shown = [line.last.light for line in lines if line.last]
    return {light.value: shown.count(light) for light in Light}
