"""Figures of a portfolio or programme: its budget, the share of each place, and what is not allocated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from governance.place.shares.models import Share
from governance.place.shares.queries import NOTHING, list_places, list_shares, read_committed, shares_on
from projects.models import Project
from projects.organisation_settings.queries import today


@dataclass(frozen=True)
class Line:
    """A place with its share today and, where one is drafted, the next one; None where none was decided."""

    part: Project
    now: Share | None
    then: Share | None
    committed: Decimal
    is_own: bool

    @property
    def is_withdrawn(self) -> bool:
        """Return whether its place is withdrawn today."""
        return bool(self.now and self.now.is_withdrawn)


@dataclass(frozen=True)
class Figures:
    """The budget of a node and its shares, in EUR; `then` compares them with those that are drafted."""

    node: Project
    lines: list[Line]
    budget: Decimal | None
    budget_then: Decimal | None
    has_draft: bool
    starts_on: date | None

    @property
    def shared(self) -> Decimal:
        """Return the sum of the shares today."""
        return sum((line.now.amount for line in self.lines if line.now), NOTHING)

    @property
    def shared_then(self) -> Decimal:
        """Return the sum of the shares once the drafted ones hold."""
        return sum((row.amount for line in self.lines if (row := line.then or line.now)), NOTHING)

    @property
    def left(self) -> Decimal | None:
        """Return what is not allocated; None without a budget: missing is not zero."""
        return None if self.budget is None else self.budget - self.shared

    @property
    def left_then(self) -> Decimal | None:
        """Return what is not allocated once the drafted shares hold."""
        return None if self.budget_then is None else self.budget_then - self.shared_then

    @property
    def are_any(self) -> bool:
        """Return whether a share was decided or is drafted."""
        return any(line.now or line.then for line in self.lines)


def read_figures(node: Project, drafted: Sequence[Share] = (), budget: Decimal | None = None) -> Figures:
    """Return the shares of the budget of `node` today, beside those that are drafted."""
    next_ones = {row.part_id: row for row in drafted}
    starts_on = drafted[0].starts_on if drafted else None
    held = shares_on(list_shares(node), max(today(), starts_on) if starts_on else today())
    places = list_places(node)
    committed = read_committed(place.pk for place in places)
    lines = [
        Line(place, held.get(place.pk), next_ones.get(place.pk), committed[place.pk], place.pk == node.pk)
        for place in places
    ]
    then = node.budget if budget is None else budget
    return Figures(node, lines, node.budget, then, bool(drafted), starts_on)
