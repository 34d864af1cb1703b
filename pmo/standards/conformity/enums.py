"""Enums of conformity and of waivers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Result(models.TextChoices):
    """Result of a check. “Waived” is never recorded: it follows from a waiver in force (R9)."""

    CONFORM = "conform", _("conform")
    PARTIALLY_CONFORM = "partially_conform", _("partially conform")
    NOT_CONFORM = "not_conform", _("not conform")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class Standing(models.TextChoices):
    """Status of a checkpoint: last result, waived, or unanswered."""

    CONFORM = "conform", _("conform")
    PARTIALLY_CONFORM = "partially_conform", _("partially conform")
    NOT_CONFORM = "not_conform", _("not conform")
    WAIVED = "waived", _("waived")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    UNANSWERED = "unanswered", _("unanswered")


class WaiverEnding(models.TextChoices):
    """Early ending of a waiver. An expired waiver has no such row."""

    REVOKED = "revoked", _("revoked")
    CLOSED = "closed", _("closed")
    REPLACED = "replaced", _("replaced by another decision")


#: Failing statuses; they permit a request for a waiver.
FAILED = frozenset({Standing.PARTIALLY_CONFORM, Standing.NOT_CONFORM})
#: Statuses that let a waiver be closed.
SETTLED = frozenset({Standing.CONFORM, Standing.NOT_APPLICABLE})
