"""Words of the schedule."""

from django.db import models
from django.utils.translation import pgettext_lazy


class DependencyState(models.TextChoices):
    """What has become of what a project needs of another one."""

    OPEN = "open", pgettext_lazy("dependency", "open")
    MET = "met", pgettext_lazy("dependency", "met")
    BROKEN = "broken", pgettext_lazy("dependency", "broken")
