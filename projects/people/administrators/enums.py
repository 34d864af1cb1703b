"""Ends of a request to end the rights of an administrator, and the time in which its person objects."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class End(models.TextChoices):
    """How such a request ended."""

    APPLIED = "applied", _("the rights are ended")
    TAKEN_BACK = "taken_back", pgettext_lazy("administrator", "taken back")
    LAPSED = "lapsed", pgettext_lazy("administrator", "lapsed, because the person who asked is no longer entitled to")


#: Hours in which the administrator can object, and whole days that go on after an absence of theirs.
HOURS, DAYS_AFTER_ABSENCE = 72, 3
