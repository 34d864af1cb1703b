"""Models of every capability of this app."""

from pmo.registers.budget.models import BudgetLine, BudgetReading
from pmo.registers.escalations.models import Escalation
from pmo.registers.lessons.models import LessonLearned
from pmo.registers.risks.models import Issue, Risk, RiskAcceptance, RiskAction, RiskRating, RiskReview, RiskScale
from pmo.registers.schedule.models import Dependency, Milestone, MilestoneForecast
from pmo.registers.snapshots.models import Snapshot
from pmo.registers.success_criteria.models import CriterionMeasure, SuccessCriteriaSet, SuccessCriterion
from pmo.registers.weather.models import WeatherReport
from pmo.standards.conformity.models import ConformityCheck, Waiver, WaiverEnd
from pmo.standards.standards.models import LibraryEntry, Standard, StandardCheckpoint, StandardVersion
from pmo.steering.indicators.models import Indicator, IndicatorReading
from pmo.steering.reminder_rows.models import Reminder
from pmo.steering.reviews.models import Review

__all__ = [
    "BudgetLine",
    "BudgetReading",
    "ConformityCheck",
    "CriterionMeasure",
    "Dependency",
    "Escalation",
    "Indicator",
    "IndicatorReading",
    "Issue",
    "LessonLearned",
    "LibraryEntry",
    "Milestone",
    "MilestoneForecast",
    "Reminder",
    "Review",
    "Risk",
    "RiskAcceptance",
    "RiskAction",
    "RiskRating",
    "RiskReview",
    "RiskScale",
    "Snapshot",
    "Standard",
    "StandardCheckpoint",
    "StandardVersion",
    "SuccessCriteriaSet",
    "SuccessCriterion",
    "Waiver",
    "WaiverEnd",
    "WeatherReport",
]
