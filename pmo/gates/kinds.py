"""What a gate asks for, beside the answer of the owner."""

from collections.abc import Iterator
from typing import Any

from governance.kinds.base import Behaviour, Panel, Place
from governance.kinds.registry import extend
from roles.enums import DecisionKind


class EntryCriteria(Behaviour):
    """The entry criteria of the gate that a proposal names."""

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Show the criteria while the owner decides."""
        if place == Place.DECIDING and (gate := content.terms.get("gate")):
            yield Panel("pmo/gates/_gate_entry.html", {"project": proposal.project, "gate": gate})


extend(DecisionKind.GATE, EntryCriteria())
