"""Import the models of every capability, for Django."""

from amoa.acceptance.models import AcceptanceCampaign, Defect, Deliverable, TestRun
from amoa.change_plan.models import (
    AdoptionIndicator,
    AdoptionReading,
    ChangeImpact,
    ChangePlan,
    CommunicationAction,
    FeedbackItem,
    TrainingSession,
)
from amoa.imports.models import ImportJob
from amoa.requirements.models import (
    AcceptanceTest,
    BaselineEntry,
    BaselineInForce,
    Requirement,
    RequirementBaseline,
    RequirementVersion,
)
from amoa.requirements.question_models import Estimate, Question

__all__ = [
    "AcceptanceCampaign",
    "AcceptanceTest",
    "AdoptionIndicator",
    "AdoptionReading",
    "BaselineEntry",
    "BaselineInForce",
    "ChangeImpact",
    "ChangePlan",
    "CommunicationAction",
    "Defect",
    "Deliverable",
    "Estimate",
    "FeedbackItem",
    "ImportJob",
    "Question",
    "Requirement",
    "RequirementBaseline",
    "RequirementVersion",
    "TestRun",
    "TrainingSession",
]
