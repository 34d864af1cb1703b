"""Monthly reviews: archived figures of chosen projects, with questions for their owners."""

from typing import Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from pmo.steering.reviews.guards import CARRIES_ITS_HASH
from pmo.steering.reviews.words import Rhythm, Word
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.models import Project
from projects.project.rows import ProjectRowQuerySet
from roles.models import User


class ReviewQuerySet(ProjectRowQuerySet["Review"]):
    def visible_to(self, user: Person) -> Self:
        """Filter to the reviews whose every project `user` may read.

        A seat on the programme alone does not open its review.
        """
        seen = Project.objects.visible_to(user).values("pk")
        return super().visible_to(user).filter(reviewed__contained_by=ArraySubquery(seen))


class Review(ActModel):
    """Review of the projects below `project`, as presented to the owners: of a month, a quarter or a year.

    `reviewed` holds the chosen projects. `content` is the data of the pages (pmo/steering/dashboards/exports.py), `pdf`
    the document made of it, `hash` the SHA-256 of the PDF.
    """

    REPEATS = ("content", "reviewed")

    project = models.ForeignKey(Project, models.PROTECT, related_name="reviews", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    month = models.DateField(_("month"))
    reviewed = ArrayField(models.BigIntegerField(), verbose_name=_("projects reviewed"))
    content = models.JSONField(_("content"))
    pdf = models.BinaryField(_("document"))
    hash = models.CharField(_("fingerprint"), max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly review")
        verbose_name_plural = _("monthly reviews")
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_review_per_number"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="a_review_is_of_a_month"),
            models.CheckConstraint(condition=models.Q(reviewed__len__gt=0), name="a_review_is_of_some_project"),
        )
        triggers = [
            *insert_only("A monthly review"),
            DATED_BY_THE_DATABASE,
            CARRIES_ITS_HASH,
            refused_to_the_tied("NEW.made_by_id"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.project.code} {self.number}"

    @property
    def rhythm(self) -> Rhythm:
        """Return what it is for."""
        return Rhythm(self.content.get("review", {}).get("rhythm", Rhythm.MONTH))

    @property
    def words(self) -> dict[str, Word]:
        """Return its word on each project below, by code; none in a monthly review."""
        return {code: Word(word) for code, word in self.content.get("review", {}).get("words", {}).items()}

    def get_absolute_url(self) -> str:
        """Return the URL of the review."""
        return reverse("pmo:reviews:review", args=[self.pk])
