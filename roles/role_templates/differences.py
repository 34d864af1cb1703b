"""Compare two versions of a role: its identity, and each responsibility field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from roles.enums import Authority, Domain, Family, Gate, Nature, Recurrence
from roles.role_templates.content import DUTY_FIELDS, ROLE_FIELDS, Duty, Role
from roles.role_templates.models import Responsibility, RoleTemplate

#: Fields that hold codes of an enumeration: readers see its labels.
WORDS: dict[str, type[models.TextChoices]] = {
    "authority": Authority,
    "nature": Nature,
    "recurrence": Recurrence,
    "also": Recurrence,
    "from_gate": Gate,
    "until_gate": Gate,
    "domains": Domain,
    "family": Family,
}


@dataclass(frozen=True)
class Change:
    """One changed field with both texts as readers see them; an empty text is no value.

    `language` is the language of the texts when they do not follow the reader's, else empty.
    """

    label: str
    before: str
    after: str
    language: str = ""


@dataclass(frozen=True)
class ChangedDuty:
    """A responsibility of both versions, with its changed fields."""

    duty: Duty
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Differences:
    """All differences between two versions of a role. `reordered`: the order of common entries changed."""

    identity: tuple[Change, ...]
    added: tuple[Duty, ...]
    removed: tuple[Duty, ...]
    changed: tuple[ChangedDuty, ...]
    reordered: bool

    def __bool__(self) -> bool:
        """Return whether anything differs."""
        return bool(self.identity or self.added or self.removed or self.changed or self.reordered)


def differences(before: Role | None, after: Role, activities: Mapping[str, str]) -> Differences:
    """Compare two versions of a role; without `before` everything is new. `activities`: labels by code."""
    old = {duty.code: duty for duty in before.duties} if before else {}
    new = {duty.code: duty for duty in after.duties}
    both = [code for code in new if code in old]
    told = [(new[code], _changes(Responsibility, DUTY_FIELDS, old[code], new[code], activities)) for code in both]
    return Differences(
        identity=_changes(RoleTemplate, (name for name in ROLE_FIELDS if name != "version"), before, after, activities),
        added=tuple(duty for code, duty in new.items() if code not in old),
        removed=tuple(duty for code, duty in old.items() if code not in new),
        changed=tuple(ChangedDuty(duty, changes) for duty, changes in told if changes),
        reordered=both != [code for code in old if code in new],
    )


def readable(name: str, value: Any, activities: Mapping[str, str]) -> str:
    """Return the value of a field of a role or a responsibility as readers see it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, tuple):
        return ", ".join(readable(name, item, activities) for item in value)
    if name == "activities":
        return activities.get(value, value)
    return str(WORDS[name](value).label) if name in WORDS and value else str(value)


def _changes(
    model: type[models.Model], names: Iterable[str], before: Any, after: Any, activities: Mapping[str, str]
) -> tuple[Change, ...]:
    changes = []
    for name in names:
        old, new = getattr(before, name, None), getattr(after, name)
        if old != new and (old or new):
            label = capfirst(str(model._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
            told = "" if old is None else readable(name, old, activities)
            changes.append(Change(label, told, readable(name, new, activities), _language(name)))
    return tuple(changes)


def _language(name: str) -> str:
    suffix = name.rpartition("_")[2]
    return suffix if suffix in {"fr", "en"} else ""
