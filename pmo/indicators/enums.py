"""Words of the indicators of a project: what they are about, which way is better, what colour a value has."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Aspect(models.TextChoices):
    """What an indicator is about."""

    DELAY = "delay", pgettext_lazy("aspect of a project", "delay")
    COST = "cost", pgettext_lazy("aspect of a project", "cost")
    SCOPE = "scope", pgettext_lazy("aspect of a project", "scope")
    RISK = "risk", pgettext_lazy("aspect of a project", "risk")
    QUALITY = "quality", pgettext_lazy("aspect of a project", "quality")
    OTHER = "other", pgettext_lazy("aspect of a project", "other")


class Better(models.TextChoices):
    """Which way a value is better."""

    HIGHER = "higher", _("the higher, the better")
    LOWER = "lower", _("the lower, the better")


class Frequency(models.TextChoices):
    """How often a value is read."""

    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")
    GATE = "gate", _("at each gate")


#: Days after which another value is due; at a gate, no number of days tells.
DAYS = {Frequency.WEEKLY: 7, Frequency.MONTHLY: 31, Frequency.QUARTERLY: 92}


class Light(models.TextChoices):
    """What colour a value has by the thresholds of its indicator."""

    GREEN = "green", _("green")
    AMBER = "amber", _("amber")
    RED = "red", _("red")


class Computed(models.TextChoices):
    """What Ouvrage reads from the rows of the project itself (pmo.indicators.calculation)."""

    DELAY = "delay", _("slip of the latest milestone")
    PROGRESS = "progress", _("milestones reached of those due")
    BUDGET = "budget", _("budget committed")
    DEFECTS_OPEN = "defects_open", _("defects not settled")
    DEFECTS_CLOSED = "defects_closed", _("defects closed")
    DECISIONS_PENDING = "decisions_pending", _("decisions the owner has to take")
    COVERAGE = "coverage", _("must requirements with a test")
    CONDITIONS_OVERDUE = "conditions_overdue", _("conditions overdue")
