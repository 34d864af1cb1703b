"""Acceptances and waivers that end, and dependencies near their day: states that make evidence fade."""

from datetime import timedelta
from typing import Any

from django.db.models import DateField, Exists, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Greatest, JSONObject

from governance.decide.obligations.facts import PROJECT, LocalDay
from pmo.registers.risks.models import Risk
from pmo.registers.schedule.enums import DependencyState
from pmo.registers.schedule.models import Dependency
from pmo.standards.waiver_rows.models import Waiver, WaiverEnd

#: Days before the end of an acceptance or a waiver, and before the day that a project needs something.
BEFORE_THE_END, BEFORE_THE_NEED = timedelta(days=30), timedelta(days=60)
#: Days after which a dependency is to be confirmed.
UNCONFIRMED = timedelta(days=31)


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
    history: Any = Dependency.history
    last = history.filter(id=OuterRef("pk")).order_by().values("id").annotate(on=Max("history_date")).values("on")
    rows: QuerySet[Any, Any] = Dependency.objects.filter(project=PROJECT, state=DependencyState.OPEN).order_by()
    confirmed = Cast(LocalDay(Subquery(last)) + UNCONFIRMED, DateField())
    return rows.values(row=JSONObject(on=Greatest(Cast(F("needed_on") - BEFORE_THE_NEED, DateField()), confirmed)))
