"""The models of every capability of this app."""

import pgtrigger

import governance.decide.evidence.models  # noqa: F401  (registers its triggers)
from governance.decide.decisions.models import Condition, Decision, Effect, SealBreak
from governance.decide.disputes.models import Dispute
from governance.decide.independence.guards import TELLS_ITS_DEPENDENCE
from governance.decide.independence.models import IndependenceMark
from governance.decide.obligations.models import Discharge, EvidenceCheck
from governance.decide.opinions.models import BindingOpinion, Opinion
from governance.decide.proposals.models import Proposal, ProposalDraft, ProposalRevision
from governance.desk.calendar.models import CalendarFeed
from governance.desk.inbox.models import Snooze
from governance.life.actions.models import Action
from governance.life.carry_overs.models import CarryOver
from governance.life.decision_reviews.models import DecisionReview
from governance.life.moves.models import Move
from governance.life.second_look.models import SecondLook
from governance.place.shares.models import Share
from governance.record.acknowledgements.models import Acknowledgement
from governance.record.earlier_decisions.models import EarlierDecision
from governance.record.erasure.models import Erasure
from governance.record.notary.models import Checkpoint, Timestamp
from governance.record.records.models import RecordFile
from governance.record.verification.models import Verification
from governance.sessions.bodies.models import Body
from governance.sessions.lists.models import DecisionList
from governance.sessions.sittings.models import Session, SessionItem

__all__ = [
    "Acknowledgement",
    "Action",
    "BindingOpinion",
    "Body",
    "CalendarFeed",
    "CarryOver",
    "Checkpoint",
    "Condition",
    "Decision",
    "DecisionList",
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
    "Session",
    "SessionItem",
    "Share",
    "Snooze",
    "Timestamp",
    "Verification",
]

pgtrigger.register(TELLS_ITS_DEPENDENCE)(Opinion)
