"""Two sets of frozen requirements beside each other: which were added, which have another version, which are gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amoa.requirements.guards import CONTENT

#: Code of a requirement → the version of it that stands in the set, by its primary key.
Standing = Mapping[str, int]


@dataclass(frozen=True)
class Comparison:
    """What leads from one set to another, each list by code: (code, version before, version after), 0 where none is.

    What is `unchanged` stands in both in exactly the same version.
    """

    added: list[tuple[str, int, int]]
    changed: list[tuple[str, int, int]]
    dropped: list[tuple[str, int, int]]
    unchanged: int

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """Everything that differs, by code."""
        return sorted([*self.added, *self.changed, *self.dropped])

    @property
    def size(self) -> int:
        """How many requirements the second set holds."""
        return len(self.added) + len(self.changed) + self.unchanged


def compare(before: Standing, after: Standing) -> Comparison:
    """What leads from `before` to `after`."""
    common = before.keys() & after.keys()
    return Comparison(
        added=[(code, 0, after[code]) for code in sorted(after.keys() - common)],
        changed=[(code, before[code], after[code]) for code in sorted(common) if before[code] != after[code]],
        dropped=[(code, before[code], 0) for code in sorted(before.keys() - common)],
        unchanged=sum(1 for code in common if before[code] == after[code]),
    )


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields in which two contents of versions differ, in the order of the model."""
    return [name for name in CONTENT if before.get(name) != after.get(name)]
