"""The models of every capability of this app."""

import pgtrigger

import governance.evidence.models  # noqa: F401  (registers its triggers)
from governance.acknowledgements.models import Acknowledgement
from governance.carry_overs.models import CarryOver
from governance.decision_reviews.models import DecisionReview
from governance.decisions.models import Condition, Decision, Effect, SealBreak
from governance.disputes.models import Dispute
from governance.earlier_decisions.models import EarlierDecision
from governance.erasure.models import Erasure
from governance.inbox.models import Snooze
from governance.independence.guards import TELLS_ITS_DEPENDENCE
from governance.independence.models import IndependenceMark
from governance.moves.models import Move
from governance.notary.models import Checkpoint, Timestamp
from governance.obligations.models import Discharge, EvidenceCheck
from governance.opinions.models import BindingOpinion, Opinion
from governance.proposals.models import Proposal, ProposalDraft, ProposalRevision
from governance.records.models import RecordFile
from governance.second_look.models import SecondLook
from governance.verification.models import Verification

__all__ = [
    "Acknowledgement",
    "BindingOpinion",
    "CarryOver",
    "Checkpoint",
    "Condition",
    "Decision",
    "DecisionReview",
    "Discharge",
    "Dispute",
    "EarlierDecision",
    "Effect",
    "Erasure",
    "EvidenceCheck",
    "IndependenceMark",
    "Move",
    "Opinion",
    "Proposal",
    "ProposalDraft",
    "ProposalRevision",
    "RecordFile",
    "SealBreak",
    "SecondLook",
    "Snooze",
    "Timestamp",
    "Verification",
]

pgtrigger.register(TELLS_ITS_DEPENDENCE)(Opinion)
