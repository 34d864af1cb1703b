"""States that make evidence fade: risks without action, acceptances and waivers that end, limits, dependencies."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DateField, Exists, F, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Greatest, JSONObject, Now

from governance.decide.obligations.facts import PROJECT, LocalDay
from pmo.registers.budget.models import BudgetLine
from pmo.registers.risks.models import Risk, RiskAction, RiskRating
from pmo.registers.schedule.queries import BEFORE_THE_NEED, list_open_dependencies
from pmo.standards.conformity.models import Waiver, WaiverEnd
from projects.models import Project

#: Days before the end of an acceptance or a waiver.
BEFORE_THE_END = timedelta(days=30)
#: Days without a new action on a risk, and the forecast from which a budget is exceeded, as a part of it.
WITHOUT_ACTION, LIMIT = timedelta(days=90), Decimal("1.1")
TODAY: Any = LocalDay(Now())


def list_untreated_red_risks() -> QuerySet[Any, dict[str, Any]]:
    """Return the day since when each red threat of PROJECT has neither an action nor an acceptance, for FADINGS."""
    rows = _list_untreated(Risk.objects.red_and_unaccepted(TODAY))
    return rows.values(row=JSONObject(on="rated_on"))


def list_untreated_risks() -> QuerySet[Any, dict[str, Any]]:
    """Return the day since when each threat of PROJECT above green has no action, nor an acceptance, for FADINGS."""
    rows = _list_untreated(Risk.objects.unaccepted(TODAY))
    return rows.values(row=JSONObject(on="rated_on"))


def list_silent_risks() -> QuerySet[Any, dict[str, Any]]:
    """Return the day from which each threat of PROJECT above green has had no new action for 90 days, for FADINGS."""
    history: Any = RiskAction.history
    written = history.filter(risk=OuterRef("pk")).order_by().values("risk").annotate(on=Max("history_date"))
    rows = _with_rating(Risk.objects.unaccepted(TODAY).filter(project=PROJECT))
    last = Greatest("rated_on", LocalDay(Subquery(written.values("on"))))
    return rows.values(row=JSONObject(on=Cast(last + WITHOUT_ACTION, DateField())))


def _list_untreated(risks: QuerySet[Risk]) -> QuerySet[Any, Any]:
    to_do = RiskAction.objects.filter(risk=OuterRef("pk"), done_on=None)
    return _with_rating(risks.filter(~Exists(to_do), project=PROJECT))


def _with_rating(risks: QuerySet[Risk]) -> QuerySet[Any, Any]:
    """Annotate risks with the day of their last rating."""
    rated = RiskRating.objects.filter(risk=OuterRef("pk")).order_by().values("risk").annotate(on=Max("acted_at"))
    return risks.order_by().annotate(rated_on=LocalDay(Subquery(rated.values("on"))))


def list_passed_budgets() -> QuerySet[Any, dict[str, Any]]:
    """Return the day since when the forecast of PROJECT is more than a tenth above its budget, for FADINGS."""
    budget = Subquery(Project.objects.filter(pk=OuterRef("project")).values("budget"))
    history: Any = BudgetLine.history
    written = history.filter(project=OuterRef("project")).order_by().values("project").annotate(on=Max("history_date"))
    lines: QuerySet[Any, Any] = BudgetLine.objects.filter(project=PROJECT).order_by().values("project")
    above: QuerySet[Any, Any] = lines.annotate(total=Sum("forecast"), budget=budget)
    found: QuerySet[Any, Any] = above.filter(total__gt=F("budget") * LIMIT)
    return found.values(row=JSONObject(on=LocalDay(Subquery(written.values("on")))))


def list_ending_acceptances() -> QuerySet[Any, dict[str, Any]]:
    """Return a month before the end of each acceptance in force of PROJECT, for FADINGS."""
    rows: QuerySet[Any, Any] = Risk.objects.filter(project=PROJECT, acceptance__isnull=False).order_by()
    until = F("acceptance__valid_until")
    return rows.values(row=JSONObject(on=Cast(until - BEFORE_THE_END, DateField()), until=until))


def list_ending_waivers() -> QuerySet[Any, dict[str, Any]]:
    """Return a month before the end of each waiver of PROJECT that nothing has ended, for FADINGS."""
    ended = WaiverEnd.objects.filter(waiver=OuterRef("pk"))
    rows: QuerySet[Any, Any] = Waiver.objects.filter(~Exists(ended), project=PROJECT).order_by()
    return rows.values(row=JSONObject(on=Cast(F("ends_on") - BEFORE_THE_END, DateField()), until=F("ends_on")))


def list_unconfirmed_dependencies() -> QuerySet[Any, dict[str, Any]]:
    """Return the day from which each open dependency of PROJECT is to be confirmed, for FADINGS."""
    rows: QuerySet[Any, Any] = list_open_dependencies().filter(project=PROJECT).order_by()
    return rows.values(row=JSONObject(on=Greatest(Cast(F("needed_on") - BEFORE_THE_NEED, DateField()), "unsaid_from")))
