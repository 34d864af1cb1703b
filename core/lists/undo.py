"""What was changed at once from a list, and the address that undoes it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Undo:
    """A change of many that its author may undo: what was done, the address that undoes it, the filter of the list."""

    done: str
    url: str
    filter: str
