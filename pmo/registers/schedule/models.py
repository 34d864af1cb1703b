"""Milestones with their forecasts, and dependencies on other projects."""

from datetime import date
from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.history import GovernedQuerySet, History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from pmo.registers.schedule.enums import DependencyState
from pmo.registers.schedule.guards import (
    KEEPS_ITS_FORECASTS,
    PROVIDED_BY_THE_OTHER,
    SAYS_WHY_IT_MOVES,
    TELLS_WHAT_SET_THE_END,
)
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from projects.seats.mandates.models import Mandate
from roles.enums import Gate
from roles.models import User


class Dates(NamedTuple):
    """The dates of a milestone, without the rest of it."""

    baseline_on: date
    forecast_on: date
    actual_on: date | None


def expect(milestone: "Milestone | Dates", today: date) -> date:
    """Return the actual day of a milestone, or the expected one, at least today."""
    day: date = milestone.actual_on or max(milestone.forecast_on, today)
    return day


def count_slip(milestone: "Milestone | Dates", today: date) -> int:
    """Return the days between the baseline of a milestone and its actual or expected day; negative if it is early."""
    return (expect(milestone, today) - milestone.baseline_on).days


class Milestone(ProjectRow):
    """Milestone: baseline, expected day and actual day.

    `baseline_on` never changes: a delay shows as a slip with its reason, even when the owner decides it.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones", verbose_name=_("project"))
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    gate = models.CharField(_("gate"), max_length=2, choices=Gate, blank=True)
    baseline_on = models.DateField(_("initial date"))
    forecast_on = models.DateField(_("forecast date"))
    actual_on = models.DateField(_("reached"), null=True, blank=True)

    objects = ProjectRowQuerySet["Milestone"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "code"],
                name="one_milestone_per_code_and_project",
                violation_error_message=_("This code is already used. Enter another code."),
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="a_milestone_has_a_code_and_a_name"),
            models.CheckConstraint(condition=Q(gate__in=["", *Gate.values]), name="the_gate_of_a_milestone_is_known"),
        )
        triggers = [
            *never_deleted("A milestone"),
            stays_on_its_project("code", "baseline_on"),
            KEEPS_ITS_FORECASTS,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    @property
    def gate_label(self) -> str:
        """Return its gate as the level names it; empty without one."""
        return str(self.project.name_gate(self.gate).label) if self.gate else ""

    def slip(self, today: date) -> int:
        """Return the days from the baseline to the actual day, or to the expected one (at least today)."""
        return count_slip(self, today)


class MilestoneForecast(ActModel):
    """Forecast of a milestone on a day, with the reason for the change."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="forecasts", verbose_name=_("milestone"))
    forecast_on = models.DateField(_("forecast date"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("said by"))

    objects = ProjectRowQuerySet["MilestoneForecast"].as_manager()

    class Meta:
        verbose_name = _("forecast of a milestone")
        verbose_name_plural = _("forecasts of milestones")
        triggers = [
            *insert_only("A forecast"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(milestone_id="pmo_milestone"),
            SAYS_WHY_IT_MOVES,
            says_something("reason"),
            TELLS_WHAT_SET_THE_END,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id}: {self.forecast_on}"


class DependencyQuerySet(GovernedQuerySet["Dependency"]):
    def visible_to(self, user: Person) -> Self:
        """Filter to dependencies whose two projects `user` may read, or of which `user` owns one."""
        seen = Project.objects.visible_to(user)
        owned = Mandate.objects.active().deciding().filter(holder=user.pk).values("project")
        both = Q(project__in=seen, needs__in=seen)
        return self.filter(both | Q(project__in=owned) | Q(needs__in=owned))


class Dependency(models.Model):
    """Dependency on another project by a day, optionally for an own milestone."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="dependencies", verbose_name=_("project"))
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="dependencies", verbose_name=_("milestone")
    )
    needs = models.ForeignKey(Project, models.PROTECT, related_name="needed_by", verbose_name=_("project it needs"))
    what = models.CharField(_("what it needs"), max_length=200)
    needed_on = models.DateField(_("needed by"))
    provided_by = models.ForeignKey(
        Milestone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="provides",
        verbose_name=_("milestone that provides it"),
    )
    provided_on = models.DateField(_("day that the other project forecasts"), null=True, blank=True)
    confirmed_on = models.DateField(_("last confirmed"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=DependencyState, default=DependencyState.OPEN)
    note = models.TextField(_("note"), blank=True)

    objects = DependencyQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        constraints = (
            models.CheckConstraint(condition=~Q(project=F("needs")), name="a_project_depends_on_another_one"),
            models.CheckConstraint(
                condition=~Q(what="") & Q(state__in=DependencyState.values), name="a_dependency_says_what_and_its_state"
            ),
        )
        triggers = [
            *never_deleted("A dependency"),
            stays_on_its_project("needs_id"),
            points_within_its_project(milestone_id="pmo_milestone"),
            PROVIDED_BY_THE_OTHER,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def expected_on(self) -> date | None:
        """Return the day on which the other project forecasts it: that of its milestone, else the one it said."""
        return expect(self.provided_by, timezone.localdate()) if self.provided_by else self.provided_on

    @property
    def is_late(self) -> bool:
        """Tell whether it is needed before it is forecast."""
        expected = self.expected_on
        return self.state == DependencyState.OPEN and expected is not None and expected > self.needed_on


protect_history(Milestone, Dependency)
