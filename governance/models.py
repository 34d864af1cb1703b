"""The models of every slice of this app."""

from governance.decisions.models import Condition, Decision
from governance.ledger.models import LedgerEvent
from governance.notices.models import Notification
from governance.opinions.models import Opinion
from governance.proposals.models import Proposal, ProposalDraft, ProposalRevision

__all__ = [
    "Condition",
    "Decision",
    "LedgerEvent",
    "Notification",
    "Opinion",
    "Proposal",
    "ProposalDraft",
    "ProposalRevision",
]
