"""Money of a portfolio or programme with all below it: what is missing is left out and counted, never nothing."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.templatetags.ui import euros
from pmo.steering.levels.figures import Group

NOTHING = Decimal(0)


@dataclass(frozen=True)
class RollUp:
    """Budget, share and what is not allocated of a node; what it and all below it commit and forecast.

    `known` of `all` have figures of a budget, the oldest of which are `age` days old: each project should, and what
    stands above projects where it has costs of its own. An amount that nobody has given is None.
    """

    budget: Decimal | None
    share: Decimal | None
    allocated: Decimal | None
    committed: Decimal | None
    forecast: Decimal | None
    known: int
    all: int
    age: int | None

    @property
    def left(self) -> Decimal | None:
        """Return what is not allocated, None without a budget."""
        return None if self.budget is None else self.budget - (self.allocated or NOTHING)

    @property
    def amounts(self) -> list[tuple[str, str]]:
        """List the amounts that are known, with their labels."""
        named = (
            (pgettext("of a portfolio", "Budget"), self.budget),
            (_("Share"), self.share),
            (pgettext("of a budget", "Not allocated"), self.left),
            (_("Committed"), self.committed),
            (pgettext("of a portfolio", "Forecast"), self.forecast),
        )
        return [(label, euros(amount)) for label, amount in named if amount is not None]

    @property
    def coverage(self) -> str:
        """Return of how many nodes the sums are, and how old the oldest figures are."""
        words = _("%(n)s of %(all)s with figures") % {"n": self.known, "all": self.all}
        if self.age is None:
            return words
        old = ngettext("the oldest %(n)s day old", "the oldest %(n)s days old", self.age) % {"n": self.age}
        return f"{words}, {old}"

    @property
    def sentence(self) -> str:
        """Return all of it in one sentence; empty without an amount."""
        told = ", ".join(f"{label} {amount}" for label, amount in self.amounts)
        return f"{told} ({self.coverage})" if told else ""


def build_roll_up(group: Group) -> RollUp:
    """Add up the money of a node and its parts, loaded `with_money`. No query."""
    costed = group.costed
    known = [row for row in costed if row.lines_forecast is not None]
    ages = [(group.day - timezone.localdate(row.lines_read_at)).days for row in known if row.lines_read_at]
    root = group.root
    return RollUp(
        root.budget,
        root.share,
        root.allocated,
        sum((row.lines_committed for row in known), NOTHING) if known else None,
        sum((row.lines_forecast for row in known), NOTHING) if known else None,
        len(known),
        len(costed),
        max(ages, default=None),
    )
