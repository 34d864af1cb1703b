"""The stacked bar of one standard, 440 wide: the template only writes it down."""

from dataclasses import dataclass

from pmo.conformity.enums import Standing
from pmo.conformity.queries import StandardShare

WIDTH, GAP = 440, 2
#: How each part is drawn, in the order of the bar.
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
    """One part of the bar: where it begins, how wide it is, how it is drawn, what it counts."""

    standing: Standing
    mark: str
    x: float
    width: float
    count: int


@dataclass(frozen=True)
class Bar:
    """The parts that count something, from left to right."""

    pieces: list[Piece]

    @property
    def summary(self) -> str:
        """Return the bar in words: each result with its count."""
        return ", ".join(f"{piece.standing.label} {piece.count}" for piece in self.pieces)


def bar(share: StandardShare) -> Bar:
    """The bar of a standard; empty without checkpoints."""
    counted = [(one, share.counts.get(one, 0)) for one in MARKS if share.counts.get(one, 0)]
    room = WIDTH - GAP * (len(counted) - 1)
    pieces: list[Piece] = []
    x = 0.0
    for one, n in counted:
        width = round(room * n / share.total, 1)
        pieces.append(Piece(one, MARKS[one], round(x, 1), width, n))
        x += width + GAP
    return Bar(pieces)
