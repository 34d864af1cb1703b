"""Enums of lessons learned."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Family(models.TextChoices):
    """Part of the project work that a lesson is about."""

    ORGANISATION = "organisation", _("roles and organisation")
    SCHEDULE = "schedule", pgettext_lazy("family of lessons", "schedule")
    BUDGET = "budget", pgettext_lazy("family of lessons", "budget")
    REQUIREMENTS = "requirements", pgettext_lazy("family of lessons", "requirements")
    SUPPLIER = "supplier", _("supplier")
    ACCEPTANCE = "acceptance", pgettext_lazy("family of lessons", "acceptance")
    CHANGE = "change", _("change and training")
    RISK = "risk", _("risks")
    OTHER = "other", pgettext_lazy("family of lessons", "other")
