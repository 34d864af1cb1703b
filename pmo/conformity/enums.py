"""The words of conformity."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Result(models.TextChoices):
    """What a check finds; “waived” is never typed: a waiver in force says it (R9)."""

    CONFORM = "conform", _("conform")
    PARTIALLY_CONFORM = "partially_conform", _("partially conform")
    NOT_CONFORM = "not_conform", _("not conform")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class Standing(models.TextChoices):
    """Where a checkpoint stands: what the last check found, a waiver in force, or no answer yet."""

    CONFORM = "conform", _("conform")
    PARTIALLY_CONFORM = "partially_conform", _("partially conform")
    NOT_CONFORM = "not_conform", _("not conform")
    WAIVED = "waived", _("waived")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    UNANSWERED = "unanswered", _("unanswered")


#: Where a project does not keep to a standard, and so may ask for a waiver.
FAILED = frozenset({Standing.PARTIALLY_CONFORM, Standing.NOT_CONFORM})
#: Where nothing keeps a waiver open.
SETTLED = frozenset({Standing.CONFORM, Standing.NOT_APPLICABLE})
