"""Gate criteria on the page where the owner decides."""

from collections.abc import Iterator
from typing import Any

from governance.kinds.base import Behaviour, Panel, Place
from governance.kinds.registry import extend
from roles.enums import DecisionKind


class EntryCriteria(Behaviour):
    """Adds the entry criteria of the proposed gate to the dossier."""

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Yield the panel of entry criteria while the owner decides."""
        if place == Place.DECIDING and (gate := content.terms.get("gate")):
            yield Panel("pmo/gates/_gate_entry.html", {"project": proposal.project, "gate": gate})


extend(DecisionKind.GATE, EntryCriteria())
