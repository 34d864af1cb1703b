"""Whom to notify of what was decided, and a condition as the subject of a notice."""

from dataclasses import dataclass

from core.record.erasure import display_text
from governance.decide.decisions.models import Condition
from governance.decide.proposals.models import Proposal
from projects.seats.mandates.holders import participants
from roles.models import User

#: Most characters of a condition in a notice.
LONGEST = 200


@dataclass(frozen=True)
class ConditionNotice:
    """A condition as the subject of a notice."""

    condition: Condition

    @property
    def reference(self) -> str:
        """Return the reference of its decision."""
        return self.condition.decision.reference

    @property
    def title(self) -> str:
        """Return its text."""
        return display_text(self.condition.text)[:LONGEST]

    def get_absolute_url(self) -> str:
        """Return its address in the dossier."""
        return f"{self.condition.decision.dossier_address}#condition-{self.condition.pk}"


def list_team(proposal: Proposal) -> list[User]:
    """List the people to notify: holders of roles involved in the activity, and of the author's role."""
    return [mandate.holder for mandate in participants(proposal.project, proposal.kind, proposal.author_role)]
