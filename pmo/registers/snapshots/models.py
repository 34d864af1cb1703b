"""Nightly snapshots of the dashboard figures; never changed, so that trends stay true."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from pmo.registers.snapshots.guards import OF_ITS_DAY
from projects.models import Project
from projects.project.rows import ProjectRowQuerySet


class Snapshot(models.Model):
    """Figures of one project on one day: name → whole number as text (pmo/steering/dashboards/snapshots.py).

    Results of the automatic checks are included as `check.NAME` → result (pmo/standards/conformity/nightly_results.py),
    and obligations as `duty.ROLE.STANDING` → number (pmo/steering/dashboards/duties.py).
    """

    REPEATS = ("*",)
    SEALED_LATER = True

    project = models.ForeignKey(Project, models.PROTECT, related_name="snapshots", verbose_name=_("project"))
    day = models.DateField(_("day"))
    figures = models.JSONField(_("figures"))
    hash = models.CharField(_("fingerprint"), max_length=64)
    taken_at = models.DateTimeField(_("taken"), editable=False)

    objects = ProjectRowQuerySet["Snapshot"].as_manager()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        constraints = (models.UniqueConstraint(fields=["project", "day"], name="one_snapshot_per_project_and_day"),)
        triggers = [*insert_only("A snapshot"), OF_ITS_DAY]

    def __str__(self) -> str:
        return f"{self.project_id} {self.day}"
