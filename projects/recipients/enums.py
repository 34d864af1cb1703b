"""How a group of recipients stands to the project (domain.md §8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Degree(models.TextChoices):
    """An ordered scale of three."""

    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


class Attitude(models.TextChoices):
    """What a group thinks of the change, as its representatives say."""

    FAVOURABLE = "favourable", _("in favour")
    NEUTRAL = "neutral", _("neutral")
    RELUCTANT = "reluctant", _("reluctant")
