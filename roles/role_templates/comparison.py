"""Two roles beside each other: at which activities they take part alike, and where one goes its own way.

Computed from their duties; what a pack says of two roles in words stands in `ComparisonDimension`.
"""

from dataclasses import dataclass

from roles.enums import Nature
from roles.role_templates.content import Role


@dataclass(frozen=True)
class Part:
    """One activity (its code), and how each of the two roles takes part in it, as far as this list is about it."""

    activity: str
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The activities of two roles in four lists; one they share can also stand in `otherwise`, never in the others.

    `shared`: both take part with the same nature, and these natures. `otherwise`: both take part, and these natures are
    each one's own. `only_left`, `only_right`: the other role takes no part.
    """

    shared: tuple[Part, ...]
    otherwise: tuple[Part, ...]
    only_left: tuple[Part, ...]
    only_right: tuple[Part, ...]


def compare(left: Role, right: Role) -> Comparison:
    """What two roles share and where they differ, over every activity that one of them names, in their order."""
    met = [(code, set(left.natures(code)), set(right.natures(code))) for code in _activities(left, right)]
    both = [(code, one, other) for code, one, other in met if one and other]
    return Comparison(
        shared=tuple(Part(code, _in_order(a & b), _in_order(a & b)) for code, a, b in both if a & b),
        otherwise=tuple(Part(code, _in_order(a - b), _in_order(b - a)) for code, a, b in both if a != b),
        only_left=tuple(Part(code, left=_in_order(one)) for code, one, other in met if not other),
        only_right=tuple(Part(code, right=_in_order(other)) for code, one, other in met if not one),
    )


def _activities(*roles: Role) -> list[str]:
    """Each activity once, in the order in which the duties name them."""
    return list(dict.fromkeys(code for role in roles for duty in role.duties for code in duty.activities))


def _in_order(natures: set[str]) -> tuple[str, ...]:
    return tuple(nature for nature in Nature.values if nature in natures)
