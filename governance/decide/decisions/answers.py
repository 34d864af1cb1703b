"""What a review and a second look of a decision share: the proposal that they may ask of a role."""

from django.db.models import Exists, OuterRef, Q

from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Instant, Reader
from governance.decide.decisions.models import Decision
from governance.decide.proposals.models import Proposal
from governance.enums import ProposalState
from projects.enums import OVER
from projects.models import Mandate


def awaits_proposal_of(user: Reader, at: Instant | None) -> Q:
    """Return the condition that a role of `user` is asked for a proposal, and none replaces the decision yet."""
    seats = Mandate.objects.active(at).filter(holder=user.pk).exclude(project__state__in=OVER)
    asked = seats.filter(project=OuterRef("decision__project"), role__code=OuterRef("role"))
    proposed = Proposal.objects.filter(replaces=OuterRef("decision")).exclude(state=ProposalState.WITHDRAWN)
    return Q(
        in_array("decision__project", seats.values("project")),
        Exists(asked),
        ~Exists(proposed),
        ~Exists(Decision.objects.filter(supersedes=OuterRef("decision"))),
    )
