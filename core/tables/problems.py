"""A problem of an import, as its page shows it."""

from dataclasses import dataclass

#: Number of problems shown; all are counted.
MOST_PROBLEMS = 200


@dataclass(frozen=True)
class ProblemRow:
    """A problem as displayed; line 0 is the whole file."""

    line: int
    column: str
    text: str
    is_error: bool
