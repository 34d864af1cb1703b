"""Enums of the schedule."""

from django.db import models
from django.utils.translation import pgettext_lazy


class DependencyState(models.TextChoices):
    """State of a dependency on another project."""

    OPEN = "open", pgettext_lazy("dependency", "open")
    MET = "met", pgettext_lazy("dependency", "met")
    BROKEN = "broken", pgettext_lazy("dependency", "broken")
