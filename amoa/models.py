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
    Estimate,
    Question,
    Requirement,
    RequirementBaseline,
    RequirementVersion,
)

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
