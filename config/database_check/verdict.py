"""The result of a check, and its query helper."""

from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Verdict:
    """The result of a check: its faults, one sentence each, and the sentence to print without faults."""

    check: str
    sound: str
    faults: list[str]

    def sentences(self) -> list[tuple[bool, str]]:
        """Return (whether it is well, sentence): one when all is well, else one per fault."""
        return [(False, fault) for fault in self.faults] or [(True, self.sound)]


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """Return the rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())
