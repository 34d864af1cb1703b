"""Acts on indicators: description and readings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.acts import act, act_time
from pmo.enums import Act
from pmo.steering.indicators.calculation import compute_figures
from pmo.steering.indicators.catalogue import CATALOGUE
from pmo.steering.indicators.enums import Better
from pmo.steering.indicators.models import Indicator, IndicatorReading
from projects.models import Project
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from roles.models import User


@dataclass(frozen=True)
class NewReading:
    """Reading to record."""

    code: str
    measured_on: date
    value: Decimal


class NothingToCompute(Exception):
    """Raised when every computed value of today is recorded already, or none can be computed."""


class KnownAlready(Exception):
    """Raised when the project has every indicator of the catalogue."""


@act("pmo.follow_indicators", on="project")
def write_indicator(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: Indicator | None = None, seen: str = ""
) -> Indicator:
    """Add an indicator, change it or retire it; its `code` stays.

    Raise ValidationError on a taken code, ignoring case ("code"), and on a bound of amber better than that of green
    ("amber"). Raise Outdated.
    """
    row = get_row_to_write(Indicator, project, row, seen)
    if not row.pk and project.steering_indicators.filter(code__iexact=fields["code"]).exists():
        raise ValidationError({"code": _("This code is already used. Enter another code.")})
    better, green, amber = (fields.get(name, getattr(row, name)) for name in ("better", "green", "amber"))
    if green < amber if better == Better.HIGHER else green > amber:
        raise ValidationError({"amber": _("The bound of amber is not better than that of green.")})
    fixed = {"code", "computed"} if row.pk else {"computed"}
    if save_fields(row, {name: value for name, value in fields.items() if name not in fixed}):
        record_in_role(Act.FOLLOW_INDICATORS, row)
    return row


@act("pmo.follow_indicators", on="project")
def add_catalogue(*, actor: User, project: Project) -> list[Indicator]:
    """Add the missing indicators of the catalogue, named in the working language of the project.

    Raise KnownAlready.
    """
    known = project.steering_indicators.values_list("code", "computed")
    codes, computed = {code for code, _figure in known}, {figure for _code, figure in known}
    with translation.override(project.language):
        rows = [
            Indicator.objects.create(project=project, **default.fields())
            for default in CATALOGUE
            if default.computed not in computed and default.code not in codes
        ]
    if not rows:
        raise KnownAlready
    for row in rows:
        record_in_role(Act.FOLLOW_INDICATORS, row)
    return rows


@act("pmo.follow_indicators", on="indicator")
def add_indicator_reading(
    *, actor: User, indicator: Indicator, measured_on: date, value: Decimal, note: str = ""
) -> IndicatorReading:
    """Add a reading of a day; the last reading of a day counts.

    Raise ValidationError on a computed or retired indicator ("value") and on a future day ("measured_on").
    """
    if indicator.computed or indicator.retired:
        raise ValidationError({"value": _("This indicator is computed, or not in use: nothing is typed for it.")})
    reading = _create_reading(actor, indicator.project, indicator, measured_on, value, note)
    record_in_role(Act.FOLLOW_INDICATORS, reading)
    return reading


@act("pmo.follow_indicators", on="project")
def record_computed(*, actor: User, project: Project) -> list[IndicatorReading]:
    """Record the values of the computed indicators on the day of the act, unless recorded already.

    Raise NothingToCompute.
    """
    today = localtime(act_time()).date()
    figures, readings = compute_figures(project, today), []
    for indicator in project.steering_indicators.in_use().exclude(computed="").order_by("pk"):
        value = figures[indicator.computed]
        last = indicator.readings.filter(measured_on=today).order_by("-pk").first()
        if value is not None and (last is None or last.value != value):
            readings.append(_create_reading(actor, project, indicator, today, value, ""))
    if not readings:
        raise NothingToCompute
    for reading in readings:
        record_in_role(Act.FOLLOW_INDICATORS, reading)
    return readings


@act("pmo.follow_indicators", on="project")
def import_readings(*, actor: User, project: Project, readings: Sequence[NewReading]) -> list[IndicatorReading]:
    """Record all of these readings, or none, with one ledger event.

    Raise ValidationError on an empty list, an unknown or computed indicator, and a future day.
    """
    known = {indicator.code: indicator for indicator in list_typed_indicators(project)}
    unknown = sorted({reading.code for reading in readings} - set(known))
    if unknown or not readings:
        raise ValidationError(_("The indicators have changed meanwhile: check the file again."))
    rows = [
        _create_reading(actor, project, known[reading.code], reading.measured_on, reading.value, "")
        for reading in readings
    ]
    record_in_role(Act.FOLLOW_INDICATORS, rows[-1], project=project, detail=str(len(rows)), first=rows[0].pk)
    return rows


def list_typed_indicators(project: Project) -> list[Indicator]:
    """List the indicators in use that people read."""
    return list(project.steering_indicators.in_use().filter(computed="").order_by("pk"))


def _create_reading(
    actor: User, project: Project, indicator: Indicator, measured_on: date, value: Decimal, note: str
) -> IndicatorReading:
    if measured_on > localtime(act_time()).date():
        raise ValidationError({"measured_on": _("Enter a day that is not in the future.")})
    return IndicatorReading.objects.create(
        project=project,
        indicator=indicator,
        measured_on=measured_on,
        value=value,
        note=note,
        read_by=actor,
        acted_at=act_time(),
    )
