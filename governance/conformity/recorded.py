"""What was recorded of many projects, read with them: the check that rules at each checkpoint, the waivers that began.

Of each row only what says where a checkpoint stands is there.
"""

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from governance.conformity_checks.models import ConformityCheck
from governance.granted_waivers.models import Waiver, WaiverEnd
from governance.standards.days import day_of


def recorded(at: datetime) -> dict[str, Any]:
    """For a query of projects: what `checks_of` and `waivers_of` read, as it was at that instant."""
    checks = ConformityCheck.objects.filter(project=OuterRef("pk"), acted_at__lte=at).ruling()
    waivers = Waiver.objects.filter(project=OuterRef("pk"), acted_at__lte=at).begun(day_of(at)).order_by()
    check = JSONObject(checkpoint="checkpoint_id", result="result", acted_at="acted_at")
    waiver = JSONObject(
        checkpoints="checkpoints", acted_at="acted_at", starts_on="starts_on", ends_on="ends_on",
        ending="end__ending", ended_on="end__ended_on",
    )  # fmt: skip
    return {
        "checks_": ArraySubquery(checks.values(told=check)),
        "waivers_": ArraySubquery(waivers.values(told=waiver)),
    }


def checks_of(project: Any) -> dict[int, ConformityCheck]:
    """The check that rules, by the id of its checkpoint."""
    return {
        told["checkpoint"]: ConformityCheck(
            project_id=project.pk, checkpoint_id=told["checkpoint"], result=told["result"],
            acted_at=datetime.fromisoformat(told["acted_at"]),
        )
        for told in project.checks_
    }  # fmt: skip


def waivers_of(project: Any) -> list[Waiver]:
    """The waivers that had begun."""
    return [_waiver(project, told) for told in project.waivers_]


def _waiver(project: Any, told: dict[str, Any]) -> Waiver:
    waiver = Waiver(
        project_id=project.pk, checkpoints=told["checkpoints"], acted_at=datetime.fromisoformat(told["acted_at"]),
        starts_on=date.fromisoformat(told["starts_on"]), ends_on=date.fromisoformat(told["ends_on"]),
    )  # fmt: skip
    if told["ended_on"]:
        WaiverEnd(waiver=waiver, ending=told["ending"], ended_on=date.fromisoformat(told["ended_on"]))
    return waiver
