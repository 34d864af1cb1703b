"""Default indicators of a project; each is computed from the rows of the project."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pmo.steering.indicators.enums import Aspect, Better, Computed


@dataclass(frozen=True)
class Default:
    """Indicator of the catalogue; a project may change its bounds."""

    computed: Computed
    code: str
    name: str | Promise
    aspect: Aspect
    unit: str | Promise
    formula: str | Promise
    better: Better
    green: int
    amber: int

    def fields(self) -> dict[str, Any]:
        """Return the fields of the row, in the active language."""
        return {
            "code": self.code,
            "name": str(self.name),
            "aspect": self.aspect,
            "unit": str(self.unit),
            "formula": str(self.formula),
            "better": self.better,
            "green": Decimal(self.green),
            "amber": Decimal(self.amber),
            "computed": self.computed,
        }


CATALOGUE = (
    Default(
        Computed.DELAY,
        "DELAY",
        _("Largest slip"),
        Aspect.DELAY,
        _("days"),
        _("Largest slip of a milestone that is not reached, or of the end of the project"),
        Better.LOWER,
        7,
        41,
    ),
    Default(
        Computed.PROGRESS,
        "PROGRESS",
        _("Milestones reached of those due"),
        Aspect.DELAY,
        "%",
        _("Milestones reached, divided by those whose first plan has passed"),
        Better.HIGHER,
        90,
        70,
    ),
    Default(
        Computed.BUDGET,
        "BUDGET",
        _("Budget committed"),
        Aspect.COST,
        "%",
        _("Sum committed, divided by the budget of the project"),
        Better.LOWER,
        95,
        100,
    ),
    Default(
        Computed.DEFECTS_OPEN,
        "DEFECTS-OPEN",
        _("Defects not settled"),
        Aspect.QUALITY,
        "",
        _("Defects open, or corrected and not yet closed"),
        Better.LOWER,
        3,
        10,
    ),
    Default(
        Computed.DEFECTS_CLOSED,
        "DEFECTS-CLOSED",
        _("Defects closed"),
        Aspect.QUALITY,
        "%",
        _("Defects closed, divided by all that were reported"),
        Better.HIGHER,
        80,
        50,
    ),
    Default(
        Computed.DECISIONS_PENDING,
        "DECISIONS",
        _("Decisions pending"),
        Aspect.OTHER,
        "",
        _("Proposals submitted and not decided yet"),
        Better.LOWER,
        2,
        5,
    ),
    Default(
        Computed.COVERAGE,
        "COVERAGE",
        _("Must-have requirements with a test"),
        Aspect.SCOPE,
        "%",
        _("Must-have requirements with a test in use, divided by all of them"),
        Better.HIGHER,
        95,
        80,
    ),
    Default(
        Computed.CONDITIONS_OVERDUE,
        "CONDITIONS",
        _("Conditions overdue"),
        Aspect.RISK,
        "",
        _("Open conditions whose day has passed"),
        Better.LOWER,
        0,
        2,
    ),
)
