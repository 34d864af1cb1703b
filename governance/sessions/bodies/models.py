"""Bodies of a project, programme or portfolio, in which files are heard; none of them decides."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History, never_deleted, protect_history
from core.words.labels import label_of
from governance.sessions.bodies.enums import BodyKind, Rhythm
from projects.event_guards import leaves_an_event_of_its_project
from projects.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, stays_on_its_project


class Body(ProjectRow):
    """A body: its members and guests are roles, whoever holds them on the day. The owner chairs it.

    `notice_days` and `list_days` are the working days before a session for its notice, and after it for its list.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="bodies", verbose_name=_("project"))
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=BodyKind, default=BodyKind.COPIL)
    members = ArrayField(models.CharField(max_length=10), verbose_name=_("members"))
    guests = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("guests"))
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=Rhythm, default=Rhythm.MONTH)
    notice_days = models.PositiveSmallIntegerField(_("working days of notice"), default=5)
    list_days = models.PositiveSmallIntegerField(_("working days for the decision list"), default=5)
    ended_on = models.DateField(_("meets no more from"), null=True, blank=True)

    objects = ProjectRowQuerySet["Body"].as_manager()
    history = History()
    get_kind_display = label_of(BodyKind, "kind")
    get_rhythm_display = label_of(Rhythm, "rhythm")

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "name"],
                name="one_body_per_name_and_project",
                violation_error_message=_("This name is already used. Enter another name."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_body_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=BodyKind.values, rhythm__in=Rhythm.values), name="a_body_is_of_a_known_kind"
            ),
            models.CheckConstraint(condition=Q(members__len__gt=0), name="a_body_has_members"),
            models.CheckConstraint(
                condition=Q(notice_days__lte=60, list_days__lte=60), name="the_delays_of_a_body_are_short"
            ),
        )
        triggers = [*never_deleted("A body"), stays_on_its_project(), leaves_an_event_of_its_project()]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the sessions of its project."""
        return reverse("governance:sittings:session_list", args=[self.project.code])

    def meets_on(self, day: date) -> bool:
        """Return whether it still meets on that day."""
        return self.ended_on is None or day < self.ended_on


protect_history(Body)
