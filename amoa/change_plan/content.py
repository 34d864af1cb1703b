"""Content of the change plan as plain values: frozen versions, the one in force, differences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, When
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from amoa.change_plan.enums import ActionState, Aspect, Direction, Impact
from amoa.change_plan.models import ChangePlan
from core.templatetags.ui import day
from governance.models import Decision, Effect
from projects.models import Project

Content = dict[str, list[dict[str, str]]]

#: Frozen fields of the rows of each part. Progress, such as sent or attended, is left out.
PARTS: dict[str, tuple[str, ...]] = {
    "impacts": ("aspect", "level", "before", "after", "measure"),
    "communications": (
        "title",
        "objective",
        "message",
        "channel",
        "sender",
        "due_on",
        "after",
        "days_after",
    ),
    "trainings": ("title", "content", "format", "place", "held_on", "expected"),
    "indicators": ("name", "unit", "direction", "target"),
}
PART_NAMES = {
    "impacts": _("Impact"),
    "communications": _("Communication"),
    "trainings": _("Training session"),
    "indicators": _("Adoption indicator"),
}


PART_TITLES = {
    "impacts": _("Impacts"),
    "communications": _("Communications"),
    "trainings": _("Training sessions"),
    "indicators": _("Adoption indicators"),
}


class DifferenceKind(models.TextChoices):
    """Kind of difference with a version."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    DROPPED = "dropped", _("dropped")


@dataclass(frozen=True)
class Difference:
    """A row of the plan that differs: its part, name, group and kind of difference."""

    part: str
    name: str
    group: str
    word: DifferenceKind

    @property
    def part_name(self) -> Any:
        """Return the label of the part."""
        return PART_NAMES[self.part]


@dataclass(frozen=True)
class InForce:
    """The version in force and the decision that approved it."""

    plan: ChangePlan
    decision: Decision


def load_rows(project: Project) -> dict[str, list[Any]]:
    """Return the rows of the current plan of `project` by part, without cancelled ones. One query per part."""
    cancelled = {"communications": ActionState.CANCELLED, "trainings": ActionState.CANCELLED}
    rows_by_part: dict[str, list[Any]] = {}
    for part in PARTS:
        rows: Any = getattr(project, part).select_related("group").order_by("pk")
        rows_by_part[part] = list(rows.exclude(state=cancelled[part]) if part in cancelled else rows)
    return rows_by_part


def build_content(rows: Mapping[str, list[Any]]) -> Content:
    """Convert the result of `load_rows` to strings, each row with its primary key and group."""
    return {
        part: [
            {"id": str(row.pk), "group": row.group.name if row.group else "", **_to_strings(row, names)}
            for row in rows[part]
        ]
        for part, names in PARTS.items()
    }


def _to_strings(row: Any, names: tuple[str, ...]) -> dict[str, str]:
    values = {name: getattr(row, name) for name in names}
    return {name: "" if value is None else str(value) for name, value in values.items()}


@dataclass(frozen=True)
class FrozenRow:
    """A row of a frozen version for display: name, short facts and texts."""

    name: str
    facts: list[str]
    texts: list[str]


def build_frozen_rows(part: str, rows: list[dict[str, str]], prefix: str) -> list[FrozenRow]:
    """Build the display rows of one part; `prefix` is that of the project's references."""
    read = [_describe_row(part, row, prefix) for row in rows]
    return [FrozenRow(name, list(filter(None, facts)), list(filter(None, texts))) for name, facts, texts in read]


def _describe_row(part: str, row: dict[str, str], prefix: str) -> tuple[str, list[str], list[str]]:
    name = " · ".join(filter(None, [row["group"], row.get("title") or row.get("name", "")]))
    if part == "impacts":
        level = f"{Aspect(row['aspect']).label}, {Impact(row['level']).label}"
        return name, [level], [" → ".join(filter(None, [row["before"], row["after"]])), row["measure"]]
    if part == "communications":
        due = day(date.fromisoformat(row["due_on"])) if row["due_on"] else _describe_delay(row, prefix)
        return name, [due, row["channel"], row["sender"]], [row["objective"], row["message"]]
    if part == "trainings":
        return name, [day(date.fromisoformat(row["held_on"])), row["place"], row["format"]], [row["content"]]
    target = f"{Direction(row['direction']).label} {floatformat(row['target'], '-2')} {row['unit']}"
    return name, [target.strip()], []


def _describe_delay(row: dict[str, str], prefix: str) -> str:
    wait = int(row["days_after"])
    words = ngettext(
        "%(n)s day after the decision on %(reference)s", "%(n)s days after the decision on %(reference)s", wait
    )
    return words % {"n": wait, "reference": f"{prefix}P-{int(row['after']):02d}"}


def get_approval_effect(project: Project) -> Effect | None:
    """Return the effect that put the current version in force, with its decision; None without one. One query."""
    effects = Effect.objects.filter(subject=ChangePlan._meta.label_lower, field="plan", decision__project=project)
    current: Effect | None = None
    for effect in effects.select_related("decision__project").order_by("pk"):
        if effect.after:
            current = effect
        elif current and current.after == effect.before:
            current = None
    return current


def list_versions(project: Project, most: int) -> tuple[InForce | None, list[ChangePlan]]:
    """Return the version in force, if any, and the newest versions. Two queries."""
    approved = get_approval_effect(project)
    first = Case(When(pk=approved.subject_id if approved else 0, then=0), default=1)
    plans = list(project.change_plans.select_related("made_by").order_by(first, "-number")[: most + 1])
    current = InForce(plans[0], approved.decision) if approved else None
    return current, sorted(plans, key=lambda plan: -plan.number)[:most]


def list_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """List the differences between two contents, part by part."""
    return [
        difference for part in PARTS for difference in _compare_part(part, before.get(part, []), after.get(part, []))
    ]


def _compare_part(part: str, before: list[dict[str, str]], after: list[dict[str, str]]) -> Iterator[Difference]:
    old, new = ({row["id"]: row for row in rows} for rows in (before, after))
    for key, row in new.items():
        if key not in old:
            yield _build_difference(part, row, DifferenceKind.ADDED)
        elif old[key] != row:
            yield _build_difference(part, row, DifferenceKind.CHANGED)
    for key, row in old.items():
        if key not in new:
            yield _build_difference(part, row, DifferenceKind.DROPPED)


def _build_difference(part: str, row: dict[str, str], word: DifferenceKind) -> Difference:
    name = str(Aspect(row["aspect"]).label) if part == "impacts" else row.get("title") or row["name"]
    return Difference(part, name, row["group"], word)
