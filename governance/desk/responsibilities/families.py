"""Responsibilities in force of a project by family, with who answers for them today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from governance.decide.obligations.ages import Freshness
from projects.models import Mandate
from roles.enums import Family
from roles.role_templates.content import Duty, Matrix, Role


@dataclass(frozen=True)
class Answering:
    """A role and its holders of today; without any it is vacant."""

    role: Role
    holders: tuple[Mandate, ...]


@dataclass(frozen=True)
class Row:
    """A responsibility, with the role that answers for it and its holders, and the age of its evidence."""

    duty: Duty
    answering: Answering
    freshness: Freshness | None = None


@dataclass(frozen=True)
class FamilyStaff:
    """A family of responsibilities: how many there are, and the roles that answer for them."""

    code: str
    label: str
    count: int
    answering: tuple[Answering, ...]

    @property
    def is_staffed(self) -> bool:
        """Return whether somebody holds a role that answers for it."""
        return any(role.holders for role in self.answering)


def group_holders(mandates: Iterable[Mandate]) -> dict[str, tuple[Mandate, ...]]:
    """Group mandates, loaded with their roles, by role code."""
    found: dict[str, tuple[Mandate, ...]] = {}
    for mandate in mandates:
        found[mandate.role.code] = (*found.get(mandate.role.code, ()), mandate)
    return found


def list_responsibilities(
    content: Matrix,
    held: Mapping[str, tuple[Mandate, ...]],
    family: str = "",
    ages: Mapping[tuple[str, str], Freshness] | None = None,
) -> list[Row]:
    """List the responsibilities of all roles in their order, by default of every family."""
    known = ages or {}
    return [
        Row(duty, Answering(role, held.get(role.code, ())), known.get((role.code, duty.code)))
        for role in content.roles
        for duty in role.duties
        if not family or duty.family == family
    ]


def staff_families(content: Matrix, held: Mapping[str, tuple[Mandate, ...]]) -> list[FamilyStaff]:
    """List all families with the roles that answer for each; none when no responsibility has a family."""
    rows = list_responsibilities(content, held)
    grouped = [(family, [row for row in rows if row.duty.family == family]) for family in Family]
    if not any(of for _family, of in grouped):
        return []
    return [FamilyStaff(family, str(family.label), len(of), _answering(of)) for family, of in grouped]


def _answering(rows: Sequence[Row]) -> tuple[Answering, ...]:
    return tuple({row.answering.role.code: row.answering for row in rows}.values())
