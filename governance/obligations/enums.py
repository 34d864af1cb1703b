"""Standings and keys of obligations."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Standing(models.TextChoices):
    """Standing of an obligation, derived from the rows; `IDLE` has had no occasion yet."""

    LATE = "late", pgettext_lazy("obligation", "Late")
    TO_DO = "to_do", pgettext_lazy("obligation", "To do")
    DONE = "done", pgettext_lazy("obligation", "Done")
    EXCUSED = "excused", pgettext_lazy("obligation", "Excused")
    IDLE = "idle", pgettext_lazy("obligation", "No occasion yet")


class Answer(models.TextChoices):
    """Answer to an obligation: its role did it, or the owner excused the role."""

    FULFILLED = "fulfilled", pgettext_lazy("obligation", "fulfilled")
    EXCUSED = "excused", pgettext_lazy("obligation", "excused")


#: Standings that still ask for something.
OPEN = (Standing.LATE, Standing.TO_DO)
#: Keys of obligations that arise once on a project.
ONCE, THROUGHOUT = "ONCE", "THROUGHOUT"
