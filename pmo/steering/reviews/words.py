"""Reviews of a quarter or a year: a word on each project below a portfolio."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import Text
from projects.enums import Level
from projects.models import Project


class Rhythm(models.TextChoices):
    """What a review is for. Those of a quarter and of a year are concluded by the owner."""

    MONTH = "month", _("Monthly review")
    QUARTER = "quarter", _("Quarterly review")
    YEAR = "year", _("Yearly review")


def name_reviews(project: Project) -> Text:
    """Return the name of the reviews of a project: those of a portfolio are of a month, a quarter or a year."""
    of_all = project.level == Level.PORTFOLIO
    return pgettext_lazy("of a portfolio", "Reviews") if of_all else _("Monthly reviews")


class Word(models.TextChoices):
    """Word on a project: what the owner of the portfolio does with its place."""

    CONTINUE = "continue", pgettext_lazy("word on a project", "continue")
    WATCH = "watch", pgettext_lazy("word on a project", "watch")
    ARBITRATE = "arbitrate", pgettext_lazy("word on a project", "arbitrate")
    STOP = "stop", pgettext_lazy("word on a project", "suspend or end")
