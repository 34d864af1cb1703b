"""Computed status of a waiver request or a waiver (domain.md §6).

It follows from the proposal, the decision, the waiver and the day.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WaiverStatus(models.TextChoices):
    """Status of a waiver, from draft to end."""

    DRAFT = "draft", pgettext_lazy("waiver", "draft")
    SUBMITTED = "submitted", pgettext_lazy("waiver", "submitted")
    UNDER_REVIEW = "under_review", pgettext_lazy("waiver", "under review")
    WAITING = "waiting", _("granted once its conditions are met")
    GRANTED = "granted", pgettext_lazy("waiver", "granted")
    GRANTED_WITH_CONDITIONS = "granted_with_conditions", _("granted with conditions")
    REFUSED = "refused", pgettext_lazy("waiver", "refused")
    EXPIRED = "expired", pgettext_lazy("waiver", "expired")
    REVOKED = "revoked", pgettext_lazy("waiver", "revoked")
    CLOSED = "closed", pgettext_lazy("waiver", "closed")
    REPLACED = "replaced", _("replaced by another decision")


class Shown(models.TextChoices):
    """Section of the waiver register."""

    ASKED = "asked", _("asked for")
    COMING = "coming", pgettext_lazy("waivers", "beginning later")
    IN_FORCE = "in_force", _("in force")
    ENDING = "ending", _("ending within 30 days")
    EXPIRED = "expired", pgettext_lazy("waivers", "expired")
    REFUSED = "refused", pgettext_lazy("waivers", "refused")
    REVOKED = "revoked", pgettext_lazy("waivers", "revoked or replaced")
    CLOSED = "closed", pgettext_lazy("waivers", "closed")
