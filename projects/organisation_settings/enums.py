"""Calendars of public holidays."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Holidays(models.TextChoices):
    """Days without work besides Saturdays and Sundays."""

    FRANCE = "france", _("public holidays of France")
    NONE = "none", _("no public holidays")
    OWN = "own", _("dates of the organisation")
