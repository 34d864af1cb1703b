"""Conditions past their day without a proof, which make the evidence of who follows them fade."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from governance.decide.decisions.models import Condition
from governance.decide.obligations.facts import PROJECT
from governance.enums import ConditionState


def list_unproven_conditions() -> QuerySet[Any, dict[str, Any]]:
    """Return the day of each open condition of PROJECT without a proof, for FADINGS."""
    rows: QuerySet[Any, Any] = Condition.objects.filter(
        decision__proposal__project=PROJECT, state=ConditionState.OPEN, proved_at=None
    ).order_by()
    return rows.values(row=JSONObject(on="due_on"))
