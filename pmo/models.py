"""Models of every capability of this app."""

from pmo.budget.models import BudgetLine, BudgetReading
from pmo.conformity.models import ConformityCheck
from pmo.indicators.models import Indicator, IndicatorReading
from pmo.lessons.models import LessonLearned
from pmo.reminder_rows.models import Reminder
from pmo.reviews.models import Review
from pmo.risks.models import Issue, Risk, RiskAcceptance, RiskAction, RiskRating, RiskReview, RiskScale
from pmo.schedule.models import Dependency, Milestone, MilestoneForecast
from pmo.snapshots.models import Snapshot
from pmo.standards.models import LibraryEntry, Standard, StandardCheckpoint, StandardVersion
from pmo.success_criteria.models import CriterionMeasure, SuccessCriteriaSet, SuccessCriterion
from pmo.waiver_rows.models import Waiver, WaiverEnd
from pmo.weather.models import WeatherReport

__all__ = [
    "BudgetLine",
    "BudgetReading",
    "ConformityCheck",
    "CriterionMeasure",
    "Dependency",
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
