"""Set how often races run, how far lists grow and what is looked at twice; `EFFORT=10` is for a release."""

import os
from collections.abc import Sequence

EFFORT = max(1, int(os.environ.get("EFFORT", "1")))


def in_turn[T](place: int, cases: Sequence[T], most: int = 1) -> list[T]:
    """Return the `most` cases whose turn it is at this place, neighbours have others; with EFFORT all of them.

    For cases that go through the same code at every place.
    """
    if EFFORT > 1:
        return list(cases)
    return [cases[(place * most + step) % len(cases)] for step in range(min(most, len(cases)))]
