"""The acts on the indicators of a project: describing them, and noting what they showed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core import acts as acting
from core.acts import act
from pmo.indicators.calculation import figures
from pmo.indicators.catalogue import CATALOGUE
from pmo.indicators.enums import Better
from pmo.indicators.models import Indicator, IndicatorReading
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Project
from projects.project.rows import to_write, write
from projects.rules import role_held
from roles.models import User


@dataclass(frozen=True)
class NewReading:
    """A value to be noted: the code of its indicator, the day it is of, and the value."""

    code: str
    measured_on: date
    value: Decimal


class NothingToCompute(Exception):
    """No computed indicator in use has a value today that is not noted already."""


class KnownAlready(Exception):
    """The project has every indicator of the catalogue."""


@act("governance.follow_indicators", on="project")
def write_indicator(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: Indicator | None = None, seen: str = ""
) -> Indicator:
    """Add an indicator, change or retire it; its `code` stays.

    Raises ValidationError on a code that is taken, in capitals or not ("code"), and on a bound of amber that is
    better than that of green ("amber"); and Outdated.
    """
    row = to_write(Indicator, project, row, seen)
    if not row.pk and project.steering_indicators.filter(code__iexact=fields["code"]).exists():
        raise ValidationError({"code": _("The project already has an indicator of this code.")})
    better, green, amber = (fields.get(name, getattr(row, name)) for name in ("better", "green", "amber"))
    if green < amber if better == Better.HIGHER else green > amber:
        raise ValidationError({"amber": _("The bound of amber is not better than that of green.")})
    kept = {"code", "computed"} if row.pk else {"computed"}
    if write(row, {name: value for name, value in fields.items() if name not in kept}):
        _record(actor, row)
    return row


@act("governance.follow_indicators", on="project")
def add_catalogue(*, actor: User, project: Project) -> list[Indicator]:
    """Add the indicators of the catalogue that the project does not have, named in its working language.

    Raises KnownAlready.
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
        _record(actor, row)
    return rows


@act("governance.follow_indicators", on="indicator")
def add_indicator_reading(
    *, actor: User, indicator: Indicator, measured_on: date, value: Decimal, note: str = ""
) -> IndicatorReading:
    """Note what an indicator that people read showed on a day; a correction is another reading of that day.

    Raises ValidationError on one that is computed or retired ("value") and a day to come ("measured_on").
    """
    if indicator.computed or indicator.retired:
        raise ValidationError({"value": _("This indicator is computed, or not in use: nothing is typed for it.")})
    reading = _noted(actor, indicator.project, indicator, measured_on, value, note)
    _record(actor, reading)
    return reading


@act("governance.follow_indicators", on="project")
def record_computed(*, actor: User, project: Project) -> list[IndicatorReading]:
    """Note the value that each computed indicator in use has on the day of the act, unless it is noted already.

    Raises NothingToCompute.
    """
    today = localtime(acting.act_time()).date()
    found, readings = figures(project, today), []
    for indicator in project.steering_indicators.in_use().exclude(computed="").order_by("pk"):
        value = found[indicator.computed]
        last = indicator.readings.filter(measured_on=today).order_by("-pk").first()
        if value is not None and (last is None or last.value != value):
            readings.append(_noted(actor, project, indicator, today, value, ""))
    if not readings:
        raise NothingToCompute
    for reading in readings:
        _record(actor, reading)
    return readings


@act("governance.follow_indicators", on="project")
def import_readings(*, actor: User, project: Project, readings: Sequence[NewReading]) -> list[IndicatorReading]:
    """Note all of these readings, or none; one event tells them.

    Raises ValidationError on none at all, on a code that is no indicator people read, and on a day to come.
    """
    known = {one.code: one for one in typed_indicators(project)}
    unknown = sorted({one.code for one in readings} - set(known))
    if unknown or not readings:
        raise ValidationError(_("The indicators have changed meanwhile: check the file again."))
    rows = [_noted(actor, project, known[one.code], one.measured_on, one.value, "") for one in readings]
    record(
        act=Act.FOLLOW_INDICATORS, actor=actor, role=role_held(actor, project), project=project, subject=rows[-1],
        detail=str(len(rows)), first=rows[0].pk,
    )  # fmt: skip
    return rows


def typed_indicators(project: Project) -> list[Indicator]:
    """The indicators in use that people read."""
    return list(project.steering_indicators.in_use().filter(computed="").order_by("pk"))


def _noted(
    actor: User, project: Project, indicator: Indicator, measured_on: date, value: Decimal, note: str
) -> IndicatorReading:
    if measured_on > localtime(acting.act_time()).date():
        raise ValidationError({"measured_on": _("Give a day that has come.")})
    return IndicatorReading.objects.create(
        project=project, indicator=indicator, measured_on=measured_on, value=value, note=note, read_by=actor,
        acted_at=acting.act_time(),
    )  # fmt: skip


def _record(actor: User, row: Any) -> None:
    role = role_held(actor, row.project)
    record(act=Act.FOLLOW_INDICATORS, actor=actor, role=role, project=row.project, subject=row)
