"""Scenario acts on steering: indicators, weather, schedule, budget, success criteria, lessons.

A row is named by its code, label, number or title; an existing row is changed, any other is new. The weather of a month
is computed from the rows entered so far: `overall` with its `reason` is used only where it differs.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.history import version_of
from demo.scenarios.world import World, day, instant
from pmo.registers.budget.services import write_budget_line
from pmo.registers.lessons.services import note_lesson
from pmo.registers.schedule.services import confirm_dependencies, forecast, write_dependency, write_milestone
from pmo.registers.success_criteria.enums import Met
from pmo.registers.success_criteria.services import freeze_criteria, measure_criterion, write_benefit, write_criterion
from pmo.registers.weather.services import publish_weather
from pmo.steering.indicators.services import add_catalogue, add_indicator_reading, record_computed, write_indicator
from projects.models import Project
from roles.models import User

DAYS = frozenset({"baseline_on", "actual_on", "needed_on", "target_on"})
AMOUNTS = frozenset({"green", "amber", "envelope", "committed", "forecast"})


def _project(world: World, entry: dict[str, Any]) -> Project:
    """Return the fresh project: computations need its budget and its end."""
    return Project.objects.get(pk=world.projects[entry["project"]].pk)


def _fields(entry: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in entry["fields"].items()}
    fields |= {name: day(value) for name, value in fields.items() if name in DAYS}
    return fields | {name: Decimal(str(value)) for name, value in fields.items() if name in AMOUNTS}


def _known(rows: Any, **named: Any) -> dict[str, Any]:
    row = rows.filter(**named).first()
    return {"row": row, "seen": version_of(row) if row else ""}


def _steer_indicator(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = _project(world, entry), _fields(entry)
    known = _known(project.steering_indicators, code=fields["code"])
    write_indicator(actor=by, project=project, fields=fields, **known)


def _add_default_indicators(world: World, by: User, entry: dict[str, Any]) -> None:
    add_catalogue(actor=by, project=_project(world, entry))


def _steer_reading(world: World, by: User, entry: dict[str, Any]) -> None:
    add_indicator_reading(
        actor=by,
        indicator=_project(world, entry).steering_indicators.get(code=entry["indicator"]),
        measured_on=instant(entry["on"]).date(),
        value=Decimal(str(entry["value"])),
        note=entry.get("note", ""),
    )


def _note_computed(world: World, by: User, entry: dict[str, Any]) -> None:
    record_computed(actor=by, project=_project(world, entry))


def _publish_weather(world: World, by: User, entry: dict[str, Any]) -> None:
    publish_weather(
        actor=by,
        project=_project(world, entry),
        comment=entry["comment"].strip(),
        overall=entry.get("overall", ""),
        reason=entry.get("reason", "").strip(),
    )


def _write_milestone(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = _project(world, entry), _fields(entry)
    write_milestone(actor=by, project=project, fields=fields, **_known(project.milestones, code=fields["code"]))


def _forecast(world: World, by: User, entry: dict[str, Any]) -> None:
    forecast(
        actor=by,
        milestone=_project(world, entry).milestones.get(code=entry["milestone"]),
        forecast_on=instant(entry["on"]).date(),
        reason=entry["reason"].strip(),
    )


def _write_dependency(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = _project(world, entry), _fields(entry)
    fields["needs"] = world.projects[fields["needs"]]
    if "milestone" in fields:
        fields["milestone"] = project.milestones.get(code=fields["milestone"])
    if "provided_by" in fields:
        fields["provided_by"] = fields["needs"].milestones.get(code=fields["provided_by"])
    write_dependency(actor=by, project=project, fields=fields, **_known(project.dependencies, what=fields["what"]))


def _confirm_dependencies(world: World, by: User, entry: dict[str, Any]) -> None:
    confirm_dependencies(actor=by, project=_project(world, entry))


def _write_budget_line(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = _project(world, entry), _fields(entry)
    known = _known(project.budget_lines, label=fields["label"])
    write_budget_line(actor=by, project=project, fields=fields, note=entry.get("note", ""), **known)


def _propose_criterion(world: World, by: User, entry: dict[str, Any]) -> None:
    write_criterion(actor=by, project=_project(world, entry), fields=_fields(entry))


def _propose_benefit(world: World, by: User, entry: dict[str, Any]) -> None:
    fields = _fields(entry)
    fields |= {name: world.people[fields[name]] for name in {"owner"} & set(fields)}
    fields |= {name: world.projects[fields[name]] for name in {"delivered_by"} & set(fields)}
    write_benefit(actor=by, project=_project(world, entry), fields=fields)


def _freeze_criteria(world: World, by: User, entry: dict[str, Any]) -> None:
    freeze_criteria(actor=by, project=_project(world, entry))


def _measure_criterion(world: World, by: User, entry: dict[str, Any]) -> None:
    measure_criterion(
        actor=by,
        criterion=_project(world, entry).success_criteria.get(number=entry["criterion"]),
        measured_on=instant(entry["on"]).date(),
        value=str(entry["value"]),
        met=Met(entry["met"]),
        note=entry.get("note", ""),
    )


def _note_lesson(world: World, by: User, entry: dict[str, Any]) -> None:
    note_lesson(actor=by, project=_project(world, entry), fields=_fields(entry))


ACTS: dict[str, Callable[[World, User, dict[str, Any]], None]] = {
    "steer_indicator": _steer_indicator,
    "add_default_indicators": _add_default_indicators,
    "steer_reading": _steer_reading,
    "note_computed": _note_computed,
    "publish_weather": _publish_weather,
    "write_milestone": _write_milestone,
    "forecast": _forecast,
    "write_dependency": _write_dependency,
    "confirm_dependencies": _confirm_dependencies,
    "write_budget_line": _write_budget_line,
    "propose_criterion": _propose_criterion,
    "propose_benefit": _propose_benefit,
    "freeze_criteria": _freeze_criteria,
    "measure_criterion": _measure_criterion,
    "note_lesson": _note_lesson,
}
