"""Comparison of two roles: the dimensions of their pack, and their letters by activity."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from projects.seats.matrix.letters import Sign, signs
from roles.models import ComparisonDimension
from roles.role_templates.comparison import Part, compare
from roles.role_templates.content import Line, Matrix, Role

#: Code in `ComparisonDimension.basis` → source of a statement.
BASES = {"seed": _("founding article"), "source": _("another source"), "inferred": _("our own conclusion")}


@dataclass(frozen=True)
class Words:
    """One dimension read from the role on the left; `basis` names its sources."""

    label: str
    shared: str
    left: str
    right: str
    basis: str


def list_dimensions(dimensions: Iterable[ComparisonDimension], left: str) -> list[Words]:
    """List the dimensions with the role `left` on the left, whichever side the pack wrote it on."""
    return [
        Words(row.label, row.shared, *_order_sides(row, turned=row.left_role != left), describe_basis(row.basis))
        for row in dimensions
    ]


def _order_sides(row: ComparisonDimension, *, turned: bool) -> tuple[str, str]:
    return (row.right, row.left) if turned else (row.left, row.right)


def describe_basis(basis: str) -> str:
    """Translate the codes of `basis`, such as `seed, source 18`; keep a text without known codes."""
    known = [str(BASES[code]) for code in dict.fromkeys(re.findall("|".join(BASES), basis))]
    return ", ".join(known) or basis


@dataclass(frozen=True)
class ActivityLetters:
    """One activity with the letters of both sides."""

    label: str
    left: tuple[Sign, ...]
    right: tuple[Sign, ...]


@dataclass(frozen=True)
class Lists:
    """The four lists of `roles.role_templates.comparison.Comparison`, in matrix order."""

    shared: list[ActivityLetters]
    otherwise: list[ActivityLetters]
    only_left: list[ActivityLetters]
    only_right: list[ActivityLetters]


def compare_letters(content: Matrix, left: Role, right: Role) -> Lists:
    """Compare the letters of two roles; activities outside the matrix are left out."""
    comparison = compare(left, right)
    parts = (comparison.shared, comparison.otherwise, comparison.only_left, comparison.only_right)
    return Lists(*(_match_activities(content.lines, part) for part in parts))


def _match_activities(lines: Iterable[Line], parts: Iterable[Part]) -> list[ActivityLetters]:
    by_code = {part.activity: part for part in parts}
    pairs = [(line, by_code[line.code]) for line in lines if line.code in by_code]
    return [ActivityLetters(line.label, signs(part.left), signs(part.right)) for line, part in pairs]
