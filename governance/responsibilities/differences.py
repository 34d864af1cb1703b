"""Two versions of the roles of a project beside each other: what one says that the other does not."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.responsibilities.letters import Sign, signs
from projects.matrix.offers import differences as of_duties
from roles.role_templates.content import Duty, Matrix, Role


class Kind(models.TextChoices):
    """What happened to a role or to a responsibility."""

    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    GONE = "gone", _("Left out")


@dataclass(frozen=True)
class Difference:
    """One thing that changed; about the role as a whole `code` is empty. `before` and `after` are the letters."""

    kind: Kind
    role: str
    code: str
    label: str
    because: str
    before: tuple[Sign, ...] = ()
    after: tuple[Sign, ...] = ()


def differences(old: Matrix, new: Matrix) -> list[Difference]:
    """What `new` says otherwise than `old`, role by role in the order of `new`, then the roles that are gone."""
    return list(_differences(old, new))


def _differences(old: Matrix, new: Matrix) -> Iterator[Difference]:
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
    for one in of_duties(old, new):
        duty = one.after or one.before
        if duty:
            because = one.after.because if one.after else new.dropped.get(duty.code, "")
            letters = _letters(one.before), _letters(one.after)
            yield Difference(Kind(one.change.value), new.code, duty.code, duty.label, because, *letters)


def _letters(duty: Duty | None) -> tuple[Sign, ...]:
    return signs([duty.nature]) if duty else ()
