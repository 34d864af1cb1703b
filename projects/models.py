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
from projects.indicators.models import Indicator, IndicatorReading
from projects.interests.models import Bidder, Interest, Ruling
from projects.lessons.models import LessonLearned
from projects.mandates.models import Delegation, Mandate
from projects.matrix.models import Matrix
from projects.means.models import BudgetLine, BudgetReading
from projects.project.models import Project
from projects.recipients.models import RecipientGroup
from projects.requirements.models import (
    BaselineEntry,
    BaselineInForce,
    Estimate,
    Question,
    Requirement,
    RequirementBaseline,
    RequirementVersion,
)
from projects.risks.models import Issue, Risk, RiskAcceptance, RiskAction, RiskRating, RiskReview, RiskScale
from projects.schedule.models import Dependency, Milestone, MilestoneForecast
from projects.success.models import CriterionMeasure, SuccessCriteriaSet, SuccessCriterion
from projects.weather.models import WeatherReport

__all__ = [
    "AcceptanceCampaign",
    "AcceptanceTest",
    "AdoptionIndicator",
    "AdoptionReading",
    "BaselineEntry",
    "BaselineInForce",
    "Bidder",
    "BudgetLine",
    "BudgetReading",
    "ChangeImpact",
    "ChangePlan",
    "CommunicationAction",
    "CriterionMeasure",
    "Defect",
    "Delegation",
    "Deliverable",
    "Dependency",
    "Document",
    "DocumentVersion",
    "Estimate",
    "FeedbackItem",
    "Indicator",
    "IndicatorReading",
    "Interest",
    "Issue",
    "LessonLearned",
    "Mandate",
    "Matrix",
    "Milestone",
    "MilestoneForecast",
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
    "SuccessCriteriaSet",
    "SuccessCriterion",
    "TestRun",
    "TrainingSession",
    "WeatherReport",
]
