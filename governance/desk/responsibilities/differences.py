"""Differences between two versions of the roles of a project."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.seats.matrix.letters import Sign, signs
from projects.seats.matrix.offers import Difference as DutyDifference
from projects.seats.matrix.offers import differences as of_duties
from roles.role_templates.content import Matrix, Role


class Kind(models.TextChoices):
    """Kinds of differences of a role or a responsibility."""

    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    GONE = "gone", _("Left out")


@dataclass(frozen=True)
class Difference:
    """One difference; `code` is empty when it concerns the role itself.

    `before` and `after` are letters, `rhythm_before` and `rhythm_after` rhythms in words; empty where both are the
    same.
    """

    kind: Kind
    role: str
    code: str
    label: str
    because: str
    before: tuple[Sign, ...] = ()
    after: tuple[Sign, ...] = ()
    rhythm_before: str = ""
    rhythm_after: str = ""


def list_differences(old: Matrix, new: Matrix) -> list[Difference]:
    """List the differences of `new` from `old`, in the role order of `new`, then removed roles."""
    return list(_iter_differences(old, new))


def _iter_differences(old: Matrix, new: Matrix) -> Iterator[Difference]:
    for role in new.roles:
        before = old.role(role.code)
        if before is None:
            yield Difference(Kind.ADDED, role.code, "", role.name, "")
        elif before != role:
            yield from _of_role(before, role)
    for role in old.roles:
        if new.role(role.code) is None:
            yield Difference(Kind.GONE, role.code, "", role.name, "")


def _of_role(old: Role, new: Role) -> Iterator[Difference]:
    if any(getattr(old, part) != getattr(new, part) for part in ("version", "name", "mission", "incompatible")):
        yield Difference(Kind.CHANGED, new.code, "", new.name, "")
    for difference in of_duties(old, new):
        duty = difference.after or difference.before
        if duty:
            because = duty.rhythm_because or duty.because if difference.after else new.dropped.get(duty.code, "")
            kind, letters = Kind(difference.change.value), _letters(difference)
            yield Difference(kind, new.code, duty.code, duty.label, because, *letters, *_rhythms(difference))


def _rhythms(difference: DutyDifference) -> tuple[str, str]:
    """Return the rhythms before and after, empty where they are the same."""
    before, after = (duty.recurrence_label if duty else "" for duty in (difference.before, difference.after))
    return ("", "") if before == after else (before, after)


def _letters(difference: DutyDifference) -> tuple[tuple[Sign, ...], tuple[Sign, ...]]:
    """Return the letters before and after, empty where they are the same."""
    before, after = (signs([duty.nature]) if duty else () for duty in (difference.before, difference.after))
    return ((), ()) if before == after else (before, after)
