"""The priorities of a portfolio in force."""

from dataclasses import dataclass
from typing import Any

from governance.decide.decisions.models import Decision
from projects.models import Project

PRIORITISATION = "prioritisation"


@dataclass(frozen=True)
class Priorities:
    """Codes in their order, of which the first `line` are funded, as `decision` says; None for proposed ones."""

    order: tuple[str, ...]
    line: int
    decision: Decision | None = None

    @property
    def above(self) -> tuple[str, ...]:
        """Return the codes above the funding line."""
        return self.order[: self.line]

    @property
    def below(self) -> tuple[str, ...]:
        """Return the codes below the funding line."""
        return self.order[self.line :]


def read_priorities(content: Any, decision: Decision | None = None) -> Priorities | None:
    """Return the priorities that a content states; None while a term is missing."""
    order, line = content.terms.get("order", ""), content.terms.get("line", "")
    return Priorities(tuple(order.split(",")), int(line), decision) if order and line else None


def find_priorities(node: Project) -> Priorities | None:
    """Return the priorities of a portfolio in force, if any."""
    rows = Decision.objects.in_force().applied().filter(project=node, proposal__kind=PRIORITISATION)
    newest = rows.select_related("revision", "project").order_by("-pk").first()
    return read_priorities(newest.content, newest) if newest else None
