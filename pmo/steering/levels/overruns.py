"""Forecasts that have exceeded a share at the ends of two months: the owner above raises the share or confirms it.

Whoever decides a share knows the forecast of that day, so it counts as accepted: only a forecast above it comes back.
"""

from typing import Any

from django.db.models import DateField, F, Func, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from governance.decide.obligations.facts import LocalDay
from governance.place.shares.models import Share
from pmo.registers.budget.models import BudgetReading
from projects.enums import Workspace

#: Fifteen working days, in days of the calendar.
DAYS_TO_ANSWER = 21


class MonthStart(Func):
    """First day of the month of a day, or of a month before it, and so many days later."""

    output_field = DateField()
    template = (
        "(date_trunc('month', %(expressions)s::date) - interval '%(back)s month' + interval '%(later)s day')::date"
    )

    def __init__(self, day: Any, *, back: int = 0, later: int = 0) -> None:
        super().__init__(day, back=back, later=later)


def filter_overruns(day: Any) -> QuerySet[Any]:
    """Filter the shares that hold on `day` to those that forecasts have exceeded at the ends of the last two months.

    A forecast is that of the place with what is directly below it. `day` is a day or an expression.
    """
    held = Share.objects.newest(day).filter(is_withdrawn=False, part__parent=F("project"))
    steered = held.filter(part__workspaces__contains=[Workspace.STEERING.value])
    known = _sum_forecasts(Q(acted_at__lte=OuterRef(OuterRef("acted_at"))))
    rows = steered.annotate(
        known=Greatest("amount", Coalesce(known, F("amount"))),
        last=_sum_forecasts(Q(on__lt=MonthStart(day))),
        before=_sum_forecasts(Q(on__lt=MonthStart(day, back=1))),
        decided_on=LocalDay("acted_at"),
    )
    return rows.filter(last__gt=F("known"), before__gt=F("known"), decided_on__lt=MonthStart(day, back=1))


def _sum_forecasts(until: Q) -> Subquery:
    """Return the sum of the forecasts of a place and of what is directly below it, as last read until then."""
    place = Q(project=OuterRef(OuterRef("part"))) | Q(project__parent=OuterRef(OuterRef("part")))
    read = BudgetReading.objects.alias(on=LocalDay("acted_at")).filter(place, until)
    newest = BudgetReading.objects.filter(pk__in=read.order_by("line", "-pk").distinct("line").values("pk"))
    return Subquery(newest.order_by().values(one=Value(1)).annotate(sum=Sum("forecast")).values("sum"))
