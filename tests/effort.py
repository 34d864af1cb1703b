"""Set how often races run and how far lists grow, and how much of a crossing is walked.

By day each crossing is walked in part: every page, register, table and address is there, and what it is crossed with
takes its turn by its place, so that the code that runs is the same. `WHOLE=1` walks them whole, for a night.
`EFFORT=10` does so as well, with ten times the rounds, for a release.
"""

import os
from collections.abc import Sequence

EFFORT = max(1, int(os.environ.get("EFFORT", "1")))
WHOLE = EFFORT > 1 or os.environ.get("WHOLE") == "1"


def in_turn[T](place: int, cases: Sequence[T], most: int = 1) -> list[T]:
    """Return the `most` cases whose turn it is at this place, neighbours have others; when WHOLE all of them.

    For cases that go through the same code at every place.
    """
    if WHOLE:
        return list(cases)
    return [cases[(place * most + step) % len(cases)] for step in range(min(most, len(cases)))]


def from_turn[T](place: int, cases: Sequence[T]) -> list[T]:
    """Return all cases, those first whose turn it is at this place: neighbours begin with others."""
    first = place % max(1, len(cases))
    return [*cases[first:], *cases[:first]]


def is_turn(place: int, every: int) -> bool:
    """Return whether this place is one of every so many that are looked at by day; when WHOLE each is."""
    return WHOLE or place % every == 0
