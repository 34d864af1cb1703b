"""Write earlier decisions, and take them over."""

from datetime import date
from typing import Any

from governance.models import Decision, Proposal
from governance.record.earlier_decisions import services
from governance.record.earlier_decisions.models import EarlierDecision
from governance.record.earlier_decisions.queries import read_list
from projects.models import Project
from tests import acts
from tests.projects.imports.factories import bring_in, table_of

FIELDS = {
    "decided_on": date(2021, 3, 3),
    "title": "Buy the ice machine second-hand",
    "kind": "budget",
    "outcome": "approved",
    "reasons": "The budget of 2021 allows no other.",
    "signatory": "Paule Kerné, harbour master",
    "file": "Cabinet 3, folder 2021",
}
#: A former register of three decisions, as a French team keeps it.
HEAD = ("N°", "Date", "Objet", "Type", "Sens", "Motifs", "Signataire", "Pièce")
ROWS = (
    ("2021-07", "03/03/2021", "Machine à glace", "Budget", "Approuvée", "Le budget le permet.", "Paule Kerné", "A3"),
    ("2021-09", "12/06/2021", "Fermer le quai 2", "", "Rejeté", "", "Paule Kerné", ""),
    ("2022-01", "10/01/2022", "Horaires de la criée", "Périmètre", "Accordé", "", "Jean Le Goff", "GED 44-12"),
)


def write(actor: Any, project: Project, number: str = "2021-07", **fields: Any) -> EarlierDecision:
    """Write an earlier decision of `project`."""
    return services.write_earlier(actor=actor, project=project, fields={**FIELDS, "number": number, **fields})


def bring_in_register(actor: Any, project: Project) -> None:
    """Import a former register of three decisions."""
    bring_in(actor, project, table_of(*ROWS, head=HEAD), "earlier-decisions")


def terms(project: Project) -> dict[str, str]:
    """Name the list as it is now."""
    return {"earlier_decisions": read_list(project)}


def propose(project: Project) -> Proposal:
    """Bring the take-over of the list to the owner."""
    return acts.submit_to_owner(project, "take_over", terms=terms(project))


def take_over(owner: Any, project: Project) -> Decision:
    """Take the list over as the owner."""
    return acts.decide(owner, propose(project))
