"""The change plan as plain values: what a version freezes, what is in force, and what has changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.models import Decision, Effect
from projects.change_plan.enums import ActionState, Aspect
from projects.models import ChangePlan, Project

Content = dict[str, list[dict[str, str]]]

#: Part of the plan → the fields of a row that are frozen; what was done since, sent or attended, is no part of it.
PARTS: dict[str, tuple[str, ...]] = {
    "impacts": ("aspect", "level", "before", "after", "measure"),
    "communications": (
        "title", "objective", "message", "channel", "sender", "due_on", "after", "days_after",
    ),
    "trainings": ("title", "content", "format", "place", "held_on", "expected"),
    "indicators": ("name", "unit", "direction", "target"),
}  # fmt: skip
PART_NAMES = {
    "impacts": _("Impact"),
    "communications": _("Communication"),
    "trainings": _("Training session"),
    "indicators": _("Adoption indicator"),
}


class Word(models.TextChoices):
    """What became of a part of the plan since a version."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    DROPPED = "dropped", _("dropped")


@dataclass(frozen=True)
class Difference:
    """One row of the plan that is not as it was: which part, its name, and what became of it."""

    part: str
    name: str
    group: str
    word: Word

    @property
    def part_name(self) -> Any:
        """The part in words."""
        return PART_NAMES[self.part]


@dataclass(frozen=True)
class InForce:
    """The version that a decision of the owner approved."""

    plan: ChangePlan
    decision: Decision


def content_of(project: Project) -> Content:
    """The plan of `project` as it stands: strings only, each row with its number and its group; nothing cancelled."""
    kept = {"communications": ActionState.CANCELLED, "trainings": ActionState.CANCELLED}
    content: Content = {}
    for part, names in PARTS.items():
        rows: Any = getattr(project, part).select_related("group").order_by("pk")
        if part in kept:
            rows = rows.exclude(state=kept[part])
        content[part] = [
            {
                "id": str(row.pk),
                "group": row.group.name if row.group else "",
                **{name: _plain(row, name) for name in names},
            }
            for row in rows
        ]
    return content


def _plain(row: Any, name: str) -> str:
    value = getattr(row, name)
    return "" if value is None else str(value)


def in_force(project: Project) -> InForce | None:
    """The version in force and the decision that approved it, or None. One query, and one more when there is one."""
    label = ChangePlan._meta.label_lower
    effects = Effect.objects.filter(subject=label, field="plan", decision__project=project)
    current: Effect | None = None
    for effect in effects.select_related("decision__project").order_by("pk"):
        if effect.after:
            current = effect
        elif current and current.after == effect.before:
            current = None
    if current is None:
        return None
    return InForce(ChangePlan.objects.get(pk=current.subject_id), current.decision)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What was added, changed and dropped from one content to another, part by part."""
    return [found for part in PARTS for found in _of_part(part, before.get(part, []), after.get(part, []))]


def _of_part(part: str, before: list[dict[str, str]], after: list[dict[str, str]]) -> Iterator[Difference]:
    old, new = ({row["id"]: row for row in rows} for rows in (before, after))
    for key, row in new.items():
        if key not in old:
            yield _difference(part, row, Word.ADDED)
        elif old[key] != row:
            yield _difference(part, row, Word.CHANGED)
    for key, row in old.items():
        if key not in new:
            yield _difference(part, row, Word.DROPPED)


def _difference(part: str, row: dict[str, str], word: Word) -> Difference:
    name = str(Aspect(row["aspect"]).label) if part == "impacts" else row.get("title") or row["name"]
    return Difference(part, name, row["group"], word)
