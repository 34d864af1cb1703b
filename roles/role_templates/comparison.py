"""Compare two roles: activities with the same natures, with different ones, and of one role only.

Computed from their duties; `ComparisonDimension` holds the pack's own comparison in words.
"""

from dataclasses import dataclass

from roles.enums import Nature
from roles.role_templates.content import Role


@dataclass(frozen=True)
class Part:
    """One activity (its code) and the natures of the two roles in it, as far as its list is concerned."""

    activity: str
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Activities of two roles in four lists; a shared one may also be in `otherwise`, never in the others.

    `shared`: natures that both have. `otherwise`: both take part, with the natures that only one has. `only_left`,
    `only_right`: the other role takes no part.
    """

    shared: tuple[Part, ...]
    otherwise: tuple[Part, ...]
    only_left: tuple[Part, ...]
    only_right: tuple[Part, ...]


def compare(left: Role, right: Role) -> Comparison:
    """Compare two roles over every activity that one of them names, in order."""
    met = [(code, set(left.natures(code)), set(right.natures(code))) for code in _activities(left, right)]
    both = [(code, first, second) for code, first, second in met if first and second]
    return Comparison(
        shared=tuple(Part(code, _in_order(a & b), _in_order(a & b)) for code, a, b in both if a & b),
        otherwise=tuple(Part(code, _in_order(a - b), _in_order(b - a)) for code, a, b in both if a != b),
        only_left=tuple(Part(code, left=_in_order(first)) for code, first, second in met if not second),
        only_right=tuple(Part(code, right=_in_order(second)) for code, first, second in met if not first),
    )


def _activities(*roles: Role) -> list[str]:
    """List each activity once, in the order of the duties."""
    return list(dict.fromkeys(code for role in roles for duty in role.duties for code in duty.activities))


def _in_order(natures: set[str]) -> tuple[str, ...]:
    return tuple(nature for nature in Nature.values if nature in natures)
