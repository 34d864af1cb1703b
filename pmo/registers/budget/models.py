"""Budget of a project by lines, with every figure recorded over time (EUR)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from pmo.registers.budget.guards import KEEPS_ITS_READINGS
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from roles.models import User

_AMOUNTS = Q(envelope__gte=0, committed__gte=0, forecast__gte=0)


class BudgetLine(models.Model):
    """Part of the budget in EUR: envelope, commitments and forecast.

    The lines divide the budget of the project, which only a decision of the owner changes.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="budget_lines", verbose_name=_("project"))
    label = models.CharField(_("label"), max_length=200)
    envelope = models.DecimalField(_("allocated (€)"), max_digits=14, decimal_places=2)
    committed = models.DecimalField(_("committed (€)"), max_digits=14, decimal_places=2, default=0)
    forecast = models.DecimalField(_("forecast at completion (€)"), max_digits=14, decimal_places=2)

    objects = ProjectRowQuerySet["BudgetLine"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "label"],
                name="one_budget_line_per_label",
                violation_error_message=_("This label is already used. Enter another label."),
            ),
            models.CheckConstraint(condition=_AMOUNTS & ~Q(label=""), name="a_budget_line_has_a_label_and_amounts"),
        )
        triggers = [
            *never_deleted("A budget line"),
            stays_on_its_project(),
            KEEPS_ITS_READINGS,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.label


class BudgetReading(ActModel):
    """Figures of a budget line on a day (EUR)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="readings", verbose_name=_("budget line"))
    envelope = models.DecimalField(_("allocated (€)"), max_digits=14, decimal_places=2)
    committed = models.DecimalField(_("committed (€)"), max_digits=14, decimal_places=2)
    forecast = models.DecimalField(_("forecast at completion (€)"), max_digits=14, decimal_places=2)
    note = models.CharField(_("note"), max_length=300, blank=True)
    read_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("read by"))

    objects = ProjectRowQuerySet["BudgetReading"].as_manager()

    class Meta:
        verbose_name = _("figures of a budget line")
        verbose_name_plural = _("figures of budget lines")
        triggers = [
            *insert_only("The figures of a budget line"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(line_id="pmo_budgetline"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.committed} / {self.envelope}"


protect_history(BudgetLine)
