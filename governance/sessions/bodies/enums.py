"""Kinds of body and the rhythm of their sessions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BodyKind(models.TextChoices):
    """Kinds of body; the owner of the level chairs each of them, and decides alone."""

    COPIL = "copil", _("steering committee (COPIL)")
    COSTRAT = "costrat", _("strategic committee (COSTRAT)")
    COPROJ = "coproj", _("project committee (COPROJ)")
    COTECH = "cotech", _("technical committee (COTECH)")
    OTHER = "other", pgettext_lazy("body", "another body")


class Rhythm(models.TextChoices):
    """How often a body meets."""

    WEEK = "week", _("every week")
    FORTNIGHT = "fortnight", _("every two weeks")
    MONTH = "month", _("every month")
    QUARTER = "quarter", _("every quarter")
    AD_HOC = "ad_hoc", _("when convened")
