"""What a check answers, and how it asks."""

from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Verdict:
    """A check by its name: the faults it found, each a sentence, and the sentence to say when there is none."""

    check: str
    sound: str
    faults: list[str]

    def sentences(self) -> list[tuple[bool, str]]:
        """(whether it is well, in words): one when all is well, else one per fault."""
        return [(False, fault) for fault in self.faults] or [(True, self.sound)]


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """The rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())
