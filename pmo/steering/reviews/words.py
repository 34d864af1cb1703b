"""Reviews of a quarter or a year: a word on each project below a portfolio."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Rhythm(models.TextChoices):
    """What a review is for. Those of a quarter and of a year are concluded by the owner."""

    MONTH = "month", _("Monthly review")
    QUARTER = "quarter", _("Quarterly review")
    YEAR = "year", _("Yearly review")


class Word(models.TextChoices):
    """Word on a project: what the owner of the portfolio does with its place."""

    CONTINUE = "continue", pgettext_lazy("word on a project", "continue")
    WATCH = "watch", pgettext_lazy("word on a project", "watch")
    ARBITRATE = "arbitrate", pgettext_lazy("word on a project", "arbitrate")
    STOP = "stop", pgettext_lazy("word on a project", "suspend or end")
