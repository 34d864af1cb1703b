"""Criteria of the yearly review of a portfolio, beside those of a quarter: what a year leaves to decide again."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.acts import act_time
from governance.models import Decision
from pmo.registers.lessons.models import LessonLearned
from pmo.registers.risks.enums import RiskStatus
from pmo.registers.risks.models import Risk
from pmo.standards.conformity.models import Waiver
from pmo.steering.reviews.models import Review
from projects.organisation_settings.queries import day_of
from roles.enums import DecisionKind

YEAR = timedelta(days=365)
LABELS = {
    "strategy": gettext_lazy("Portfolio strategy of the year"),
    "budget": gettext_lazy("Budget of the next year"),
    "waivers": gettext_lazy("Waivers granted more than a year ago"),
    "risks": gettext_lazy("Risks accepted more than a year ago"),
    "lessons": gettext_lazy("Lessons learned of the year"),
}


def list_yearly_gaps(review: Review) -> Iterator[tuple[str, str]]:
    """Yield the name and the sentence of each criterion of the year that a review does not meet."""
    for name, find_gap in CRITERIA.items():
        if gap := find_gap(review, act_time() - YEAR):
            yield name, gap


def _find_strategy(review: Review, since: datetime) -> str:
    return "" if _has_decided(review, since, "strategy") else _("No decision of the past year confirms or revises it.")


def _find_budget(review: Review, since: datetime) -> str:
    decided = _has_decided(review, since, DecisionKind.BUDGET, "allocation")
    return "" if decided else _("No decision of the past year settles the budget or its shares.")


def _find_waivers(review: Review, since: datetime) -> str:
    rows = Waiver.objects.in_force(day_of(since + YEAR)).filter(project__in=_list_projects(review))
    rows = rows.filter(starts_on__lt=day_of(since))
    return _say_again(f"{code} W-{number:02d}" for code, number in rows.values_list("project__code", "number"))


def _find_risks(review: Review, since: datetime) -> str:
    rows = Risk.objects.filter(project__in=_list_projects(review), status=RiskStatus.ACCEPTED)
    rows = rows.filter(acceptance__acted_at__lt=since)
    return _say_again(f"{code} {risk}" for code, risk in rows.values_list("project__code", "code"))


def _find_lessons(review: Review, since: datetime) -> str:
    rows = LessonLearned.history.filter(project__in=_list_projects(review), history_date__gte=since)
    return "" if rows.exists() else _("None was added in the past year.")


def _say_again(items: Iterator[str]) -> str:
    listed = ", ".join(sorted(items))
    return _("To be decided again: %(items)s.") % {"items": listed} if listed else ""


def _has_decided(review: Review, since: datetime, *kinds: str) -> bool:
    decisions = Decision.objects.in_force().applied().filter(project=review.project_id, proposal__kind__in=kinds)
    return decisions.filter(acted_at__gte=since).exists()


def _list_projects(review: Review) -> list[int]:
    return [review.project_id, *review.reviewed]


CRITERIA: dict[str, Callable[[Review, datetime], str]] = {
    "strategy": _find_strategy,
    "budget": _find_budget,
    "waivers": _find_waivers,
    "risks": _find_risks,
    "lessons": _find_lessons,
}
