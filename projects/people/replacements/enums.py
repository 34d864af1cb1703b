"""Kinds and ends of replacements, and the capacities in which somebody seconds one."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: Days for which the former owner objects afterwards, one hand alone waits, and a new owner is called new.
DAYS = 30
PERIOD = timedelta(days=DAYS)
#: Days between two mails about one hand alone, and how many leave before it counts.
WEEK, WEEKS = timedelta(days=7), 4
#: Hours for which whoever seconds has had their office or rights, at least.
LEAST_HOURS = 24


class Kind(models.TextChoices):
    """What two people do together."""

    OWNER = "owner", pgettext_lazy("replacement", "name an owner in place of another one")
    CLOSING = "closing", pgettext_lazy("replacement", "close the account of an owner")


class Outcome(models.TextChoices):
    """How a replacement ended."""

    DONE = "done", pgettext_lazy("replacement", "done")
    WITHDRAWN = "withdrawn", pgettext_lazy("replacement", "withdrawn")


class Capacity(models.TextChoices):
    """Capacity of the person who seconds."""

    ABOVE = "above", _("project owner above")
    ADVISER = "adviser", _("advising role of the project")
    ADMINISTRATOR = "administrator", _("administrator")
