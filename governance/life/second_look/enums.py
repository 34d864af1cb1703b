"""Answers of the owner who looks back at an approval."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LookAnswer(models.TextChoices):
    """What the owner says of an approval once its effect is known."""

    KEPT = "kept", _("Kept")
    CORRECTED = "corrected", _("Corrected")
    REGRETTED = "regretted", _("Regretted")
