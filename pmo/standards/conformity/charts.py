"""Layout of the stacked bar of a standard, 440 wide; the template only renders it."""

from dataclasses import dataclass

from pmo.standards.conformity.enums import Standing
from pmo.standards.conformity.queries import StandardShare

WIDTH, GAP = 440, 2
#: CSS class of each part, in the order of the bar.
MARKS = {
    Standing.CONFORM: "m-approved",
    Standing.PARTIALLY_CONFORM: "m-deferred",
    Standing.NOT_CONFORM: "m-rejected",
    Standing.WAIVED: "m-cond",
    Standing.NOT_APPLICABLE: "m-na",
    Standing.UNANSWERED: "m-pending",
}


@dataclass(frozen=True)
class Piece:
    """Part of the bar."""

    standing: Standing
    mark: str
    x: float
    width: float
    count: int


@dataclass(frozen=True)
class Bar:
    """Non-empty parts, from left to right."""

    pieces: list[Piece]

    @property
    def summary(self) -> str:
        """Return the bar in words, for screen readers: each result with its count."""
        return ", ".join(f"{piece.standing.label} {piece.count}" for piece in self.pieces)


def build_bar(share: StandardShare) -> Bar:
    """Lay out the bar of a standard; empty without checkpoints."""
    counted = [(standing, share.counts.get(standing, 0)) for standing in MARKS if share.counts.get(standing, 0)]
    room = WIDTH - GAP * (len(counted) - 1)
    pieces: list[Piece] = []
    x = 0.0
    for standing, n in counted:
        width = round(room * n / share.total, 1)
        pieces.append(Piece(standing, MARKS[standing], round(x, 1), width, n))
        x += width + GAP
    return Bar(pieces)
