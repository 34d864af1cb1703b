"""How a group of recipients stands to the project (domain.md §8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Degree(models.TextChoices):
    """An ordered scale of three: of influence, of criticality, which are feminine in French."""

    LOW = "low", pgettext_lazy("influence, criticality", "low")
    MEDIUM = "medium", pgettext_lazy("influence, criticality", "medium")
    HIGH = "high", pgettext_lazy("influence, criticality", "high")


class InterestDegree(models.TextChoices):
    """The same scale in the words of interest, which is masculine in French."""

    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


class Attitude(models.TextChoices):
    """What a group thinks of the change, as its representatives say."""

    FAVOURABLE = "favourable", _("in favour")
    NEUTRAL = "neutral", _("neutral")
    RELUCTANT = "reluctant", _("reluctant")
