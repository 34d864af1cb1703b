"""Standings and keys of obligations."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Standing(models.TextChoices):
    """Standing of an obligation, derived from the rows; `IDLE` has had no occasion yet.

    `GIVEN` has evidence given by hand, which waits for its receiver, or for the ruling of the owner.
    """

    LATE = "late", pgettext_lazy("obligation", "Late")
    TO_DO = "to_do", pgettext_lazy("obligation", "To do")
    GIVEN = "given", pgettext_lazy("obligation", "Given, to be checked")
    DONE = "done", pgettext_lazy("obligation", "Fulfilled")
    EXCUSED = "excused", pgettext_lazy("obligation", "Excused")
    IDLE = "idle", pgettext_lazy("obligation", "No occasion yet")


class Answer(models.TextChoices):
    """Answer to an obligation: its role did it, or the owner excused the role."""

    FULFILLED = "fulfilled", pgettext_lazy("obligation", "fulfilled")
    EXCUSED = "excused", pgettext_lazy("obligation", "excused")


class Verdict(models.TextChoices):
    """Word on evidence given by hand. `TO_RULE`: its receiver did not receive it a second time, the owner rules."""

    RECEIVED = "received", pgettext_lazy("evidence", "Received")
    NOT_RECEIVED = "not_received", pgettext_lazy("evidence", "Not received")
    TO_RULE = "to_rule", pgettext_lazy("evidence", "Not received again, the owner rules")


class Age(models.TextChoices):
    """Age of the evidence of a responsibility, derived from the acts themselves."""

    UP_TO_DATE = "up_to_date", pgettext_lazy("evidence", "Up to date")
    TO_RENEW = "to_renew", pgettext_lazy("evidence", "To renew")
    NO_RECENT = "no_recent", pgettext_lazy("evidence", "No recent evidence")
    NO_OCCASION = "no_occasion", pgettext_lazy("evidence", "No occasion yet")


#: Standings that still ask for something.
OPEN = (Standing.LATE, Standing.TO_DO)
#: Keys of obligations that arise once on a project.
ONCE, THROUGHOUT = "ONCE", "THROUGHOUT"
