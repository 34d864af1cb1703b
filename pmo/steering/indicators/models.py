"""Indicators of a project, with thresholds and readings (domain.md §3)."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.history import History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from pmo.steering.indicators.enums import Aspect, Better, Computed, Frequency, Light
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from roles.models import User


class IndicatorQuerySet(ProjectRowQuerySet["Indicator"]):
    def in_use(self) -> Self:
        """Exclude retired indicators."""
        return self.filter(retired=False)


class Indicator(ProjectRow):
    """Figure by which the project is steered.

    A value is green up to `green`, amber up to `amber` and red beyond; both bounds are included. With `better`
    "higher", it is green from `green` on and amber from `amber` on. `computed` names the source in Ouvrage; it is empty
    when people type or import the figure.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="steering_indicators", verbose_name=_("project"))
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    aspect = models.CharField(_("aspect"), max_length=7, choices=Aspect, default=Aspect.OTHER)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    formula = models.TextField(_("formula"), blank=True)
    better = models.CharField(_("direction"), max_length=6, choices=Better, default=Better.HIGHER)
    green = models.DecimalField(_("bound of green"), max_digits=14, decimal_places=2)
    amber = models.DecimalField(_("bound of amber"), max_digits=14, decimal_places=2)
    frequency = models.CharField(_("frequency"), max_length=9, choices=Frequency, default=Frequency.MONTHLY)
    source = models.CharField(_("source"), max_length=200, blank=True)
    computed = models.CharField(_("computed from"), max_length=18, choices=Computed, blank=True)
    retired = models.BooleanField(_("retired"), default=False)

    objects = IndicatorQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "code"],
                name="one_indicator_per_code_and_project",
                violation_error_message=_("This code is already used. Enter another code."),
            ),
            models.UniqueConstraint(
                fields=["project", "computed"], condition=~Q(computed=""), name="one_indicator_per_computed_figure"
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="an_indicator_has_a_code_and_a_name"),
            models.CheckConstraint(
                condition=Q(better=Better.HIGHER, green__gte=F("amber"))
                | Q(better=Better.LOWER, green__lte=F("amber")),
                name="green_is_better_than_amber",
            ),
            models.CheckConstraint(
                condition=Q(aspect__in=Aspect.values, frequency__in=Frequency.values)
                & Q(computed__in=["", *Computed.values]),
                name="the_words_of_an_indicator_are_known",
            ),
        )
        triggers = [
            *never_deleted("An indicator"),
            stays_on_its_project("code", "computed"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    def light(self, value: Decimal) -> Light:
        """Return the colour of `value`."""
        if self.better == Better.HIGHER:
            return Light.GREEN if value >= self.green else Light.AMBER if value >= self.amber else Light.RED
        return Light.GREEN if value <= self.green else Light.AMBER if value <= self.amber else Light.RED


class IndicatorReading(ActModel):
    """Reading of an indicator on a day; the last reading of a day counts, which allows corrections."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="readings", verbose_name=_("indicator"))
    measured_on = models.DateField(_("day"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    note = models.CharField(_("note"), max_length=300, blank=True)
    read_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("read by"))

    objects = ProjectRowQuerySet["IndicatorReading"].as_manager()

    class Meta:
        verbose_name = _("reading of an indicator")
        verbose_name_plural = _("readings of indicators")
        indexes = (models.Index(fields=["indicator", "-measured_on", "-id"], name="reading_by_indicator"),)
        triggers = [
            *insert_only("A reading of an indicator"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(indicator_id="pmo_indicator"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.measured_on}: {self.value}"


protect_history(Indicator)
