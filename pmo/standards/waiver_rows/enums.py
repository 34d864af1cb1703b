"""Enums of waivers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WaiverEnding(models.TextChoices):
    """Early ending of a waiver. An expired waiver has no such row."""

    REVOKED = "revoked", _("revoked")
    CLOSED = "closed", _("closed")
    REPLACED = "replaced", _("replaced by another decision")
