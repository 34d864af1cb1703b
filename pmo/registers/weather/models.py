"""Project weather, published monthly: a sky per aspect and the worst of them (domain.md §8)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from pmo.registers.weather.enums import Sky
from pmo.registers.weather.guards import FOLLOWS_FROM_ITS_ASPECTS
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRowQuerySet
from roles.models import User

_KNOWN = ["", *Sky.values]


class WeatherReport(ActModel):
    """Weather of one `month` (its first day). A correction is another report of the month: the newest counts.

    `delay`, `cost`, `scope` and `risk` are computed, empty where impossible; `computed` is the worst of them. `overall`
    is the published sky: one that differs from `computed` needs a `reason`. `facts` holds the figures as plain strings
    by aspect. `comment` answers “which effect, which action?”.
    """

    REPEATS = ("facts",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="weather", verbose_name=_("project"))
    month = models.DateField(_("month"))
    delay = models.CharField(_("delay"), max_length=6, choices=Sky, blank=True)
    cost = models.CharField(_("cost"), max_length=6, choices=Sky, blank=True)
    scope = models.CharField(_("scope"), max_length=6, choices=Sky, blank=True)
    risk = models.CharField(_("risk"), max_length=6, choices=Sky, blank=True)
    computed = models.CharField(_("computed weather"), max_length=6, choices=Sky, blank=True)
    overall = models.CharField(_("weather"), max_length=6, choices=Sky)
    reason = models.TextField(_("reason for another weather than the computed one"), blank=True)
    trend = models.CharField(_("trend"), max_length=9, blank=True)
    comment = models.TextField(_("effect and action"))
    facts = models.JSONField(_("computed from"), default=dict)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("published by"))

    objects = ProjectRowQuerySet["WeatherReport"].as_manager()

    class Meta:
        verbose_name = _("project weather")
        verbose_name_plural = _("project weather")
        indexes = (models.Index(fields=["project", "-month", "-id"], name="weather_by_month"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(delay__in=_KNOWN, cost__in=_KNOWN, scope__in=_KNOWN, risk__in=_KNOWN)
                & Q(overall__in=Sky.values),
                name="the_sky_of_a_project_is_known",
            ),
            models.CheckConstraint(
                condition=Q(overall=F("computed")) | ~Q(reason=""), name="another_weather_than_the_computed_says_why"
            ),
            models.CheckConstraint(condition=~Q(comment=""), name="the_weather_says_effect_and_action"),
            models.CheckConstraint(condition=Q(month__day=1), name="the_weather_is_of_a_month"),
        )
        triggers = [
            *insert_only("The weather of a project"),
            DATED_BY_THE_DATABASE,
            FOLLOWS_FROM_ITS_ASPECTS,
            says_something("reason", "comment"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.month:%Y-%m}: {self.overall}"
