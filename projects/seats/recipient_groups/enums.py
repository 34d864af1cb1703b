"""Scales of interest, influence and attitude of recipient groups (domain.md §8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Degree(models.TextChoices):
    """Ordered scale of influence and criticality; separate labels, because both are feminine in French."""

    LOW = "low", pgettext_lazy("influence, criticality", "low")
    MEDIUM = "medium", pgettext_lazy("influence, criticality", "medium")
    HIGH = "high", pgettext_lazy("influence, criticality", "high")


class InterestDegree(models.TextChoices):
    """The same scale for interest, which is masculine in French."""

    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


class Attitude(models.TextChoices):
    """Attitude of a group to the change, as stated by its representatives."""

    FAVOURABLE = "favourable", _("in favour")
    NEUTRAL = "neutral", _("neutral")
    RELUCTANT = "reluctant", _("reluctant")
