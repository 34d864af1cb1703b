"""Comparison of two baselines: requirements added, changed, dropped and unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amoa.requirements.guards import CONTENT

#: Primary key of the version in the baseline, by requirement code.
VersionByCode = Mapping[str, int]


@dataclass(frozen=True)
class Comparison:
    """Differences between two baselines as (code, version before, version after), 0 for none.

    `unchanged` counts the requirements whose version is the same in both.
    """

    added: list[tuple[str, int, int]]
    changed: list[tuple[str, int, int]]
    dropped: list[tuple[str, int, int]]
    unchanged: int

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """Return all differences by code."""
        return sorted([*self.added, *self.changed, *self.dropped])

    @property
    def size(self) -> int:
        """Count the requirements of the second baseline."""
        return len(self.added) + len(self.changed) + self.unchanged


def compare(before: VersionByCode, after: VersionByCode) -> Comparison:
    """Compare two baselines."""
    common = before.keys() & after.keys()
    return Comparison(
        added=[(code, 0, after[code]) for code in sorted(after.keys() - common)],
        changed=[(code, before[code], after[code]) for code in sorted(common) if before[code] != after[code]],
        dropped=[(code, before[code], 0) for code in sorted(before.keys() - common)],
        unchanged=sum(1 for code in common if before[code] == after[code]),
    )


def list_changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """List the fields that differ between two contents, in the order of the model."""
    return [name for name in CONTENT if before.get(name) != after.get(name)]
