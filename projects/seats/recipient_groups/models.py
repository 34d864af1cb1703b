"""Recipient groups of a project."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History, never_deleted, protect_history
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRowQuerySet, stays_on_its_project
from projects.seats.recipient_groups.enums import Attitude, Degree, InterestDegree


class RecipientGroup(models.Model):
    """People affected by the project in the same way. Representatives and champions hold a mandate for the group."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="recipient_groups", verbose_name=_("project"))
    name = models.CharField(_("name"), max_length=100)
    size = models.PositiveIntegerField(_("number of people"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    practice = models.TextField(_("current practice"), blank=True)
    interest = models.CharField(_("interest"), max_length=6, choices=InterestDegree, blank=True)
    influence = models.CharField(_("influence"), max_length=6, choices=Degree, blank=True)
    attitude = models.CharField(_("attitude"), max_length=10, choices=Attitude, blank=True)
    accessibility = models.TextField(_("accessibility needs"), blank=True)
    languages = models.CharField(_("language needs"), max_length=200, blank=True)

    objects = ProjectRowQuerySet["RecipientGroup"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("recipient group")
        verbose_name_plural = _("recipient groups")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "name"],
                name="one_group_per_name_and_project",
                violation_error_message=_("This name is already used. Enter another name."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_group_has_a_name"),
            models.CheckConstraint(
                condition=Q(interest__in=["", *InterestDegree.values], influence__in=["", *Degree.values]),
                name="interest_and_influence_are_on_the_scale",
            ),
            models.CheckConstraint(condition=Q(attitude__in=["", *Attitude.values]), name="an_attitude_is_known"),
        )
        triggers = [
            *never_deleted("A recipient group"),
            stays_on_its_project(),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the page of the group."""
        return reverse("amoa:recipients:recipient", args=[self.pk])


#: Fields of a group that a project opened like another takes over: who is affected, not what they think of it.
COPIED = ("name", "size", "place", "practice", "accessibility", "languages")


def copy_groups(source: Project, target: Project) -> None:
    """Describe the recipient groups of `source` on `target`, inside the act that opens it."""
    for group in source.recipient_groups.order_by("name"):
        RecipientGroup.objects.create(project=target, **{name: getattr(group, name) for name in COPIED})


protect_history(RecipientGroup)
