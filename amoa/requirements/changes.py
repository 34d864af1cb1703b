"""History of a requirement: each version compared with the previous one, word by word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst

from amoa.requirements.guards import CONTENT
from amoa.requirements.models import Requirement, RequirementVersion
from amoa.requirements.register import CHOICES
from core.pages.diff import FieldDifference, value_lines
from core.pages.pagination import page_before

#: Fields compared: the content of a version and what surrounds it.
FOLLOWED = ("code", "state", "version", *CONTENT, "links", "deliverable_id", "parent_id", "in_force_id")


@dataclass(frozen=True)
class Change:
    """One history row: author, date and differing fields. `is_first` when nothing precedes it."""

    number: int
    who: Any
    at: datetime
    fields: list[FieldDifference]
    is_first: bool


@dataclass(frozen=True)
class ChangesPage:
    """One page of changes, newest first; `next_key` is None on the last page."""

    rows: list[Change]
    next_key: int | None


class Names:
    """Display names for the keys in a version: groups, deliverables, parents, versions in force."""

    def __init__(self, requirement: Requirement, groups: Mapping[int, str]) -> None:
        self.requirement, self.groups = requirement, groups
        self._read: dict[str, dict[int, str]] = {}

    def of(self, name: str, pk: int | None) -> str:
        """Return the name of `pk` in the column `name`; empty for None."""
        if pk is None:
            return ""
        if name not in self._read:
            self._read[name] = self._names(name)
        return self._read[name].get(pk, str(pk))

    def _names(self, name: str) -> dict[int, str]:
        project = self.requirement.project
        if name == "deliverable_id":
            return {deliverable.pk: str(deliverable) for deliverable in project.deliverables.order_by("pk")}
        if name == "parent_id":
            past = self.requirement.history.order_by().values("parent_id").distinct()
            return dict(project.requirements.filter(pk__in=past).order_by("pk").values_list("pk", "code"))
        versions = RequirementVersion.objects.filter(requirement=self.requirement)
        return {pk: str(number) for pk, number in versions.order_by("pk").values_list("pk", "number")}


def get_changes_page(
    request: HttpRequest, requirement: Requirement, groups: Mapping[int, str], size: int
) -> ChangesPage:
    """Return one page of the history, newest first, each row compared with the previous version."""
    history = requirement.history.select_related("history_user")
    rows = page_before(request, history, "history_id", size=size + 1).rows  # one more, to compare the last one with
    next_key = rows[size - 1].history_id if len(rows) > size else None
    return ChangesPage(_compare_rows(requirement, rows, groups)[:size], next_key)


def list_latest(requirement: Requirement, groups: Mapping[int, str], most: int) -> list[Change]:
    """List the newest changes."""
    rows = list(requirement.history.select_related("history_user").order_by("-history_id")[: most + 1])
    return _compare_rows(requirement, rows, groups)[:most]


def _compare_rows(requirement: Requirement, rows: list[Any], groups: Mapping[int, str]) -> list[Change]:
    """Compare each row with the next one, which is older; the last row with none."""
    names = Names(requirement, groups)
    return [
        Change(new.history_id, new.history_user, new.history_date, _compare_fields(old, new, names), old is None)
        for new, old in zip(rows, [*rows[1:], None], strict=True)
    ]


def list_changes_since_approval(requirement: Requirement, groups: Mapping[int, str]) -> list[FieldDifference]:
    """List the differences between the working version and the one in force; empty without one."""
    if not requirement.is_ahead or requirement.in_force is None:
        return []
    before, after = requirement.in_force.content, requirement.content()
    labels, names = _map_labels(), Names(requirement, groups)
    differences = []
    for name in CONTENT:
        old, new = (_display_value(name, _normalise(name, content.get(name)), names) for content in (before, after))
        if old != new:
            differences.append(FieldDifference(labels[name], value_lines(labels[name], old, new)))
    return differences


def _normalise(name: str, value: Any) -> Any:
    return [int(pk) for pk in value or []] if name == "recipients" else value or ""


def _compare_fields(old: Any, new: Any, names: Names) -> list[FieldDifference]:
    if old is None:
        return []
    labels = _map_labels()
    differences = []
    for name in FOLLOWED:
        before, after = (_display_value(name, getattr(row, name), names) for row in (old, new))
        if before != after:
            differences.append(FieldDifference(labels[name], value_lines(labels[name], before, after)))
    return differences


def _map_labels() -> dict[str, str]:
    return {field.attname: capfirst(str(field.verbose_name)) for field in Requirement._meta.concrete_fields}


def _display_value(name: str, value: Any, names: Names) -> Any:
    """Return a value as compared and shown: labels for choices, dictionaries for lists, names for keys."""
    if name in CHOICES:
        return str(dict(CHOICES[name].choices).get(value, value))
    if name == "criteria":
        return [{"title": f"{criterion['number']}. {criterion['text']}"} for criterion in value or []]
    if name == "recipients":
        return [{"title": names.groups.get(pk, str(pk))} for pk in sorted(value)]
    if name == "links":
        return [{"title": link} for link in value]
    if name.endswith("_id"):
        return names.of(name, value)
    return str(value)
