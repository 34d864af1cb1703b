"""The models of every slice of this app."""

from projects.acceptance.models import AcceptanceCampaign, AcceptanceTest, Defect, Deliverable, TestRun
from projects.change_plan.models import (
    AdoptionIndicator,
    AdoptionReading,
    ChangeImpact,
    ChangePlan,
    CommunicationAction,
    FeedbackItem,
    TrainingSession,
)
from projects.documents.models import Document, DocumentVersion
from projects.interests.models import Bidder, Interest, Ruling
from projects.mandates.models import Delegation, Mandate
from projects.matrix.models import Matrix
from projects.project.models import Project
from projects.recipients.models import RecipientGroup
from projects.requirements.models import (
    BaselineEntry,
    Estimate,
    Question,
    Requirement,
    RequirementBaseline,
    RequirementVersion,
)
from projects.risks.models import Issue, Risk, RiskAcceptance, RiskAction, RiskRating, RiskReview, RiskScale

__all__ = [
    "AcceptanceCampaign",
    "AcceptanceTest",
    "AdoptionIndicator",
    "AdoptionReading",
    "BaselineEntry",
    "Bidder",
    "ChangeImpact",
    "ChangePlan",
    "CommunicationAction",
    "Defect",
    "Delegation",
    "Deliverable",
    "Document",
    "DocumentVersion",
    "Estimate",
    "FeedbackItem",
    "Interest",
    "Issue",
    "Mandate",
    "Matrix",
    "Project",
    "Question",
    "RecipientGroup",
    "Requirement",
    "RequirementBaseline",
    "RequirementVersion",
    "Risk",
    "RiskAcceptance",
    "RiskAction",
    "RiskRating",
    "RiskReview",
    "RiskScale",
    "Ruling",
    "TestRun",
    "TrainingSession",
]
