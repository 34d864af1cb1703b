"""Who holds what, and the project itself, change only with an event in the ledger (architecture §6)."""

import pgtrigger

from governance.ledger.guards import leaves_an_event
from projects.models import Delegation, Mandate, Project

CHANGED = pgtrigger.Insert | pgtrigger.Update


def watch() -> None:
    """Register the triggers on the tables of the layer below."""
    pgtrigger.register(leaves_an_event("projects.project"))(Project)
    pgtrigger.register(leaves_an_event("projects.mandate", CHANGED))(Mandate)
    pgtrigger.register(leaves_an_event("projects.delegation", CHANGED))(Delegation)
