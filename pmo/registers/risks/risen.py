"""Events of risks that ask the office for an action: a threat is rated above green for the first time."""

from typing import Any

from django.db.models import Min, QuerySet
from django.db.models.functions import JSONObject
from django.db.models.lookups import GreaterThanOrEqual

from core.sql.compiled_sql import Instant
from governance.decide.obligations.facts import PROJECT, LocalDay
from pmo.registers.risks.models import AMBER_FROM, LEVEL, RiskRating


def list_risen_risks(at: Instant) -> QuerySet[Any, dict[str, Any]]:
    """Return the day of the first rating above green of each threat of PROJECT, for EVENT_ROWS."""
    rated = RiskRating.objects.filter(project=PROJECT, risk__opportunity=False, acted_at__lte=at)
    above: QuerySet[Any, Any] = rated.filter(GreaterThanOrEqual(LEVEL, AMBER_FROM)).order_by()
    found: QuerySet[Any, Any] = above.values("risk").annotate(on=Min(LocalDay("acted_at")))
    return found.values(row=JSONObject(on="on"))
