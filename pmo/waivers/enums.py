"""The words of waivers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WaiverEnding(models.TextChoices):
    """How a waiver ended before its last day; one that ran out has no row, time says it."""

    REVOKED = "revoked", _("revoked")
    CLOSED = "closed", _("closed")
    REPLACED = "replaced", _("replaced by another decision")
