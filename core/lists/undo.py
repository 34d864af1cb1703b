"""Bulk change of rows of a list: its result, and how long its author may undo it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

#: Time in which the actor of a change of many may undo it.
UNDONE_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class BulkResult:
    """Result of a change of many: changed rows, (row, reason) of the skipped ones, ledger entry."""

    changed: list[Any] = field(default_factory=list)
    skipped: list[tuple[Any, str]] = field(default_factory=list)
    seq: int = 0


@dataclass(frozen=True)
class Undo:
    """A change of many that its author may undo: what was done, the address that undoes it, the filter of the list."""

    done: str
    url: str
    filter: str
