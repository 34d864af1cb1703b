"""States of acceptance that make evidence fade: a must-have has changed, its tests have not been looked at."""

from typing import Any

from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from amoa.acceptance.models import TestRun
from amoa.requirements.enums import Priority
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.requirements.workflow import CANDIDATES
from governance.decide.obligations.facts import PROJECT, LocalDay


def list_changed_must_haves() -> QuerySet[Any, dict[str, Any]]:
    """Return the day of the change of each must-have of PROJECT whose tests are not written nor run since, for FADINGS.

    It has changed when it has another version than its first one; a version begins when its text does.
    """
    history: Any = Requirement.history
    versions = history.filter(id=OuterRef("pk"), version=OuterRef("version")).order_by().values("id")
    written: Any = AcceptanceTest.history
    changed: QuerySet[Any, Any] = Requirement.objects.filter(
        project=PROJECT, priority=Priority.MUST, state__in=CANDIDATES, version__gt=1
    ).annotate(changed=Subquery(versions.annotate(on=Min("history_date")).values("on")))
    rows = changed.filter(
        Exists(AcceptanceTest.objects.in_use().filter(requirement=OuterRef("pk"))),
        ~Exists(written.filter(requirement=OuterRef("pk"), history_date__gt=OuterRef("changed"))),
        ~Exists(TestRun.objects.filter(test__requirement=OuterRef("pk"), acted_at__gt=OuterRef("changed"))),
    ).order_by()
    return rows.values(row=JSONObject(on=LocalDay("changed")))
