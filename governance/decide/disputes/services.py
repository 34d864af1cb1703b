"""Act on one's own decision: dispute the signature. It opens an alert and undoes nothing."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from core.acts import act_time, open_act
from governance.decide.decisions.models import Decision
from governance.decide.disputes.models import Dispute
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.models import Project
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.people.accounts.farewells import PersonPage
from projects.people.accounts.services import list_administrators
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.holders import contributors, owners, owners_above
from roles.enums import DecisionKind, Nature
from roles.models import User


class DisputedAlready(Exception):
    """The signature of this decision is disputed already."""


@dataclass(frozen=True)
class RecordNotice:
    """The subject of a notice on the record of a decision."""

    decision: Decision

    @property
    def reference(self) -> str:
        return self.decision.reference

    @property
    def title(self) -> str:
        return self.decision.revision.title

    def get_absolute_url(self) -> str:
        return self.decision.get_absolute_url()


@open_act
def dispute(*, actor: User, decision: Decision) -> Dispute:
    """Record that the actor did not take the decision that was signed in their name, and alert.

    An account that was closed meanwhile, or is held, does not keep its person from it. Raises DisputedAlready, and
    PermissionDenied for anybody but the signatory.
    """
    project = Project.objects.locked(decision.project_id)
    if decision.decided_by_id != actor.pk:
        raise PermissionDenied("the signatory alone disputes a signature")
    if Dispute.objects.filter(decision=decision).exists():
        raise DisputedAlready
    disputed = Dispute.objects.create(decision=decision, disputed_by=actor, acted_at=act_time())
    event = record_in_role(
        Act.DISPUTE, disputed, project=project, proposal_id=decision.proposal_id, decision=decision.pk
    )
    _alert(event, decision, project)
    return disputed


def _alert(event: LedgerEvent, decision: Decision, project: Project) -> None:
    """Notify the owners of the project and above it, its office, the signatory, and the administrators.

    Administrators read no project: their notice leads to the account.
    """
    office = contributors(project, DecisionKind.STANDARD_ADOPTION, Nature.PRODUCE, Nature.PROPOSE)
    seats = [*owners_above(project), *owners(project), *office]
    people = [*(seat.holder for seat in seats), event.actor]
    reason = Reason.SIGNATURE_DISPUTED
    notify(event=event, reason=reason, about=RecordNotice(decision), people=people, the_actor_too=True)
    notify(event=event, reason=reason, about=PersonPage(event.actor), people=list_administrators())
