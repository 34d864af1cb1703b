"""Act on a decision: acknowledge it (domain.md, DEST-06)."""

from core.acts import act, act_time
from governance.decide.decisions.models import Decision
from governance.enums import Act
from governance.record.acknowledgements.models import Acknowledgement
from projects.seats.mandates.events import record_in_role
from roles.models import User


class ReadAlready(Exception):
    """The actor has already acknowledged this decision."""


@act("governance.acknowledge", on="decision")
def acknowledge(*, actor: User, decision: Decision) -> Acknowledgement:
    """Record that the actor has read `decision`: once, in person, at any time. Raises ReadAlready."""
    project = decision.project
    if Acknowledgement.objects.filter(decision=decision, reader=actor).exists():
        raise ReadAlready
    read = Acknowledgement.objects.create(decision=decision, reader=actor, acted_at=act_time())
    record_in_role(Act.ACKNOWLEDGE, read, project=project, proposal_id=decision.proposal_id, decision=decision.pk)
    return read
