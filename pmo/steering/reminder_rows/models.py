"""Reminders of obligations: who reminded whom of what, once a day at most."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from pmo.steering.reminder_rows.guards import OF_THE_DAY_OF_ITS_ACT
from projects.event_guards import leaves_an_event
from projects.models import Project
from projects.project.rows import ProjectRowQuerySet
from roles.models import User


class Reminder(ActModel):
    """A reminder of an open obligation to the holders of its role.

    `key` names the obligation as its task does (pmo.steering.dashboards.obligations); `day` is that of the act.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="reminders", verbose_name=_("project"))
    key = models.CharField(_("obligation"), max_length=120)
    role = models.CharField(_("role"), max_length=30)
    day = models.DateField(_("day"))
    reminded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reminded by"))

    objects = ProjectRowQuerySet["Reminder"].as_manager()

    class Meta:
        verbose_name = _("reminder of an obligation")
        verbose_name_plural = _("reminders of obligations")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "key", "day"],
                name="one_reminder_per_obligation_and_day",
                violation_error_message=_("A reminder was sent today. You can send another one tomorrow."),
            ),
            models.CheckConstraint(condition=~Q(key="") & ~Q(role=""), name="a_reminder_names_an_obligation"),
        )
        triggers = [*insert_only("A reminder"), DATED_BY_THE_DATABASE, OF_THE_DAY_OF_ITS_ACT, leaves_an_event()]

    def __str__(self) -> str:
        return f"{self.key} {self.day}"
