"""Decisions to look back at, what they expected beside what was measured, and the bias of many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import mean, median
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.pages import charts
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Reader
from governance.decide.decisions.models import Decision
from governance.decide.proposals.content import Expected
from governance.enums import ProposalState
from projects.models import Mandate, Project


def list_awaiting(user: Reader, at: Any, day: Any) -> QuerySet[Decision]:
    """Filter the decisions in force that come back to `user`, their owner, on `day` or before."""
    seats = Mandate.objects.active(at).deciding().filter(holder=user.pk)
    rows = Decision.objects.in_force().filter(in_array("project", seats.values("project")), second_look=None)
    return rows.filter(second_look_on__isnull=False, second_look_on__lte=day)


def is_due(decision: Decision, day: date) -> bool:
    """Return whether the owner can look back at a decision on that day."""
    if decision.second_look_on is None or decision.second_look_on > day or decision.look:
        return False
    return decision.successor is None and decision.proposal.state != ProposalState.LAPSED


#: Most decisions that the page reads.
MOST = 300


@dataclass(frozen=True)
class Comparison:
    """What the option taken expected, beside what was measured: cost, day, and a measure with its value."""

    decision: Decision
    expected: Expected
    cost: Decimal | None
    look: Any

    @classmethod
    def read(cls, decision: Decision) -> "Comparison":
        """Read a decision, loaded with its revision and its second look."""
        content = decision.content
        expected = content.expected
        if expected.on is None and content.terms.get("ends_on"):
            expected = Expected(date.fromisoformat(content.terms["ends_on"]), expected.measure, expected.value)
        return cls(decision, expected, content.amount, decision.look)

    @property
    def asked(self) -> frozenset[str]:
        """Return the fields of the figures that are expected."""
        named = {
            "measured_cost": self.cost is not None,
            "measured_on": self.expected.on is not None,
            "measured_value": bool(self.expected.measure),
        }
        return frozenset(name for name, is_expected in named.items() if is_expected)

    @property
    def overrun(self) -> float | None:
        """Return by how many per cent the cost exceeds what was expected; None without both."""
        if not self.look or not self.cost or self.look.measured_cost is None:
            return None
        return float((self.look.measured_cost - self.cost) * 100 / self.cost)

    @property
    def delay(self) -> int | None:
        """Return the days after the expected one; None without both."""
        if not self.look or not self.expected.on or not self.look.measured_on:
            return None
        days: int = (self.look.measured_on - self.expected.on).days
        return days


@dataclass(frozen=True)
class Bias:
    """The mean and the median of some deviations, of `count` second looks among `total`, with their picture."""

    question: str
    unit: str
    values: tuple[float, ...]
    total: int
    bars: charts.Bars | None

    @property
    def count(self) -> int:
        """Return how many have both figures."""
        return len(self.values)

    @property
    def mean(self) -> float | None:
        """Return the mean; None without any."""
        return mean(self.values) if self.values else None

    @property
    def median(self) -> float | None:
        """Return the median; None without any."""
        return median(self.values) if self.values else None


def measure_bias(rows: Sequence[Comparison]) -> list[Bias]:
    """Return the bias of these second looks in cost and in delay."""
    looked = [row for row in rows if row.look]
    costs = tuple(value for row in looked if (value := row.overrun) is not None)
    delays = tuple(float(value) for row in looked if (value := row.delay) is not None)
    cost_labels = [_("−5% or less"), _("Within 5%"), _("+5% to +20%"), _("Over +20%")]
    delay_labels = [_("−7 or less"), _("Within 7"), _("+8 to +31"), _("Over +31")]
    return [
        Bias(_("Is the cost what was expected?"), "%", costs, len(looked), _draw(costs, (-5, 5, 20), cost_labels)),
        Bias(
            _("Is the date what was expected?"),
            _("days"),
            delays,
            len(looked),
            _draw(delays, (-7, 7, 31), delay_labels),
        ),
    ]


def _draw(values: Iterable[float], bounds: tuple[float, float, float], labels: list[str]) -> charts.Bars | None:
    counts = [0, 0, 0, 0]
    for value in values:
        counts[0 if value <= bounds[0] else 1 if value <= bounds[1] else 2 if value <= bounds[2] else 3] += 1
    marks = ("approved", "accent", "cond", "rejected")
    rows = [
        charts.Row(label, [(mark, count)], str(count)) for label, mark, count in zip(labels, marks, counts, strict=True)
    ]
    return charts.bars(rows)


def list_looks(projects: QuerySet[Project]) -> list[Comparison]:
    """List the decisions of these projects that come back to their owner, the next ones first, with their answers."""
    rows = (
        Decision.objects.filter(in_array("project", projects.values("pk")), second_look_on__isnull=False)
        .select_related("project", "proposal", "revision", "second_look__looked_by", "superseded_by__project")
        .order_by("second_look_on", "pk")
    )
    return [Comparison.read(decision) for decision in rows[:MOST]]
