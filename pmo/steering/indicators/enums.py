"""Enums of indicators: aspect, direction, frequency, light."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Aspect(models.TextChoices):
    """Aspect of the project that an indicator measures."""

    DELAY = "delay", pgettext_lazy("aspect of a project", "delay")
    COST = "cost", pgettext_lazy("aspect of a project", "cost")
    SCOPE = "scope", pgettext_lazy("aspect of a project", "scope")
    RISK = "risk", pgettext_lazy("aspect of a project", "risk")
    QUALITY = "quality", pgettext_lazy("aspect of a project", "quality")
    OTHER = "other", pgettext_lazy("aspect of a project", "other")


class Better(models.TextChoices):
    """Direction in which a value improves."""

    HIGHER = "higher", _("the higher, the better")
    LOWER = "lower", _("the lower, the better")


class Frequency(models.TextChoices):
    """Interval between two readings."""

    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")
    GATE = "gate", _("at each gate")


#: Days until the next reading is due. Readings at a gate have no fixed interval.
DAYS = {Frequency.WEEKLY: 7, Frequency.MONTHLY: 31, Frequency.QUARTERLY: 92}


class Light(models.TextChoices):
    """Colour of a value by the thresholds of its indicator."""

    GREEN = "green", _("green")
    AMBER = "amber", _("amber")
    RED = "red", _("red")


class Computed(models.TextChoices):
    """Figures that are computed from the rows of the project (pmo.steering.indicators.calculation)."""

    DELAY = "delay", _("slip of the latest milestone")
    PROGRESS = "progress", _("milestones reached of those due")
    BUDGET = "budget", _("budget committed")
    DEFECTS_OPEN = "defects_open", _("defects not settled")
    DEFECTS_CLOSED = "defects_closed", _("defects closed")
    DECISIONS_PENDING = "decisions_pending", _("decisions the owner has to take")
    COVERAGE = "coverage", _("must-have requirements with a test")
    CONDITIONS_OVERDUE = "conditions_overdue", _("conditions overdue")
