"""Readings of benefits that are due: on the day of the target, and after the end.

After the closing they are due at 6 and 12 months, then each year up to the target.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Case, DateField, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest, Least

from governance.decide.obligations.facts import LocalDay
from governance.models import Effect
from pmo.registers.success_criteria.enums import MEASURED, CriterionKind
from pmo.registers.success_criteria.models import CriterionMeasure, SuccessCriterion
from projects.enums import ProjectState
from projects.models import Project

#: A measure counts for a reading from so many months before its day. A reading is asked for so long before its day.
MONTHS_BEFORE, AHEAD = 1, timedelta(days=14)


class AddMonths(Func):
    """Return a day so many months after another."""

    template = "(%(expressions)s))::date"
    arg_joiner = " + make_interval(months => "
    output_field = DateField()


class CountMonths(Func):
    """Return the whole months from the second day to the first."""

    template = "(SELECT date_part('year', a) * 12 + date_part('month', a) FROM age(%(expressions)s) AS a)::int"
    output_field = IntegerField()


def with_reading(benefits: QuerySet[SuccessCriterion]) -> QuerySet[Any]:
    """Filter to the benefits that are measured, and annotate the day of their next reading; NULL without one."""
    of_project = {"subject": Project._meta.label_lower, "subject_id": OuterRef("project"), "field": "state"}
    closings = Effect.objects.filter(**of_project, after=ProjectState.CLOSED).order_by("-pk").values("acted_at")
    closed = When(project__state=ProjectState.CLOSED, then=LocalDay(Subquery(closings[:1])))
    measures = CriterionMeasure.objects.filter(criterion=OuterRef("pk")).order_by("-measured_on").values("measured_on")
    counted = AddMonths(Subquery(measures[:1]), Value(MONTHS_BEFORE))
    rows = benefits.filter(kind=CriterionKind.BENEFIT, state__in=MEASURED)
    rows = rows.alias(closed_on=Case(closed), counts_until=counted)
    rows = rows.alias(passed=CountMonths(Greatest("closed_on", "counts_until"), F("closed_on")))
    steps = (When(passed=None, then=None), When(passed__lt=6, then=6), When(passed__lt=12, then=12))
    rows = rows.alias(months=Case(*steps, default=(F("passed") / 12 + 1) * 12, output_field=IntegerField()))
    rows = rows.alias(after_end=AddMonths(F("closed_on"), F("months")))
    after_end = When(Q(months__lte=12) | Q(after_end__lte=F("target_on")), then=F("after_end"))
    at_target = When(Q(counts_until=None) | Q(counts_until__lte=F("target_on")), then=F("target_on"))
    return rows.annotate(reading_on=Least(Case(after_end), Case(at_target)))
