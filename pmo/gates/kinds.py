"""Gate criteria on the page where the owner decides."""

from collections.abc import Iterator
from typing import Any

import pgtrigger

from governance.decisions.models import Decision
from governance.kinds.base import Behaviour, Demand, Panel, Place
from governance.kinds.registry import extend
from pmo.gates.criteria import list_criteria
from pmo.gates.guards import PASSED_KNOWINGLY
from projects.models import Project
from roles.enums import DecisionKind, Gate


class EntryCriteria(Behaviour):
    """Adds the entry criteria of the proposed gate to the dossier, and asks for a word on each that is not met."""

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        """Yield the entry criteria that are not met."""
        if gate := content.terms.get("gate"):
            for criterion in list_criteria(project, Gate(gate)):
                if not criterion.met:
                    yield Demand(f"criterion:{criterion.name}", criterion.label, criterion.sentence)

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Yield the panel of entry criteria while the owner decides."""
        if place == Place.DECIDING and (gate := content.terms.get("gate")):
            yield Panel("pmo/gates/_gate_entry.html", {"project": proposal.project, "gate": gate})


extend(DecisionKind.GATE, EntryCriteria())
pgtrigger.register(PASSED_KNOWINGLY)(Decision)
