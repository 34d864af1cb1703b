"""The models of every slice of this app."""

from governance.decisions.models import Condition, Decision, Effect, SealBreak
from governance.ledger.models import LedgerEvent
from governance.notices.models import Notification
from governance.opinions.models import BindingOpinion, Opinion
from governance.proposals.models import Proposal, ProposalDraft, ProposalRevision

__all__ = [
    "BindingOpinion",
    "Condition",
    "Decision",
    "Effect",
    "LedgerEvent",
    "Notification",
    "Opinion",
    "Proposal",
    "ProposalDraft",
    "ProposalRevision",
    "SealBreak",
]
