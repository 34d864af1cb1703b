"""Tasks that a person has put off until a day of their choice."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from roles.models import User


class SnoozeQuerySet(models.QuerySet["Snooze"]):
    def past(self, day: date) -> Self:
        """Filter those whose day has come."""
        return self.filter(until__lte=day)


class Snooze(models.Model):
    """A task of `person` that their list leaves out before `until`, or a step of moving in (moving_in.FOR_GOOD).

    Deleted in the night of that day. `task` is the key of a task: its kind and its row (governance.desk.inbox.queries).
    """

    IS_SEALED = False

    person = models.ForeignKey(User, models.CASCADE, related_name="snoozes", verbose_name=_("person"))
    task = models.CharField(_("task"), max_length=120)
    until = models.DateField(_("until"))

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        verbose_name = _("snoozed task")
        verbose_name_plural = _("snoozed tasks")
        constraints = (models.UniqueConstraint(fields=["person", "task"], name="one_snooze_per_person_and_task"),)

    def __str__(self) -> str:
        return f"{self.task} → {self.until}"
