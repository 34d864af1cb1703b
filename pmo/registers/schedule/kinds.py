"""What decisions on the schedule and on gates ask: a word on what is needed before it is forecast.

Also what a decision on the end of the project seals: the schedule fits in.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

import pgtrigger
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.ui import day
from governance.decide.decisions import watches
from governance.decide.kinds.base import Behaviour, Demand
from governance.decide.kinds.items import ITEM_LABELS
from governance.decide.kinds.registry import extend
from governance.models import Decision
from pmo.registers.schedule.guards import EXPECTED_AFTER_THE_END, PLANNED_KNOWINGLY
from pmo.registers.schedule.models import Dependency
from pmo.registers.schedule.queries import list_late_dependencies, name_dependency
from pmo.registers.schedule.seals import compare_end
from projects.enums import Workspace
from projects.models import Project
from roles.enums import DecisionKind


class LateDependencies(Behaviour):
    """Asks the owner for a word on each dependency that the project needs before it is forecast."""

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        if project.has(Workspace.STEERING):
            for row in list_late_dependencies(project):
                yield Demand(name_dependency(row), row.what, describe_late(row))


def describe_late(row: Dependency) -> str:
    """Say who needs what on which day, and when the other project forecasts it."""
    return _("%(project)s needs it on %(needed)s. %(other)s forecasts %(expected)s.") % {
        "project": row.project.code,
        "needed": day(row.needed_on),
        "other": row.needs.code,
        "expected": day(cast("date", row.expected_on)),
    }


LATE = LateDependencies()
extend(DecisionKind.SCHEDULE, LATE)
extend(DecisionKind.GATE, LATE)
ITEM_LABELS["dependency"] = gettext_lazy("Needed before it is forecast")
watches.register(watches.Watch("milestone", EXPECTED_AFTER_THE_END, compare_end, in_force=False))
pgtrigger.register(PLANNED_KNOWINGLY)(Decision)
