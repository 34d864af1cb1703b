"""Models of what both sides say of a requirement: questions with their answers, and estimates."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from amoa.requirements.guards import ANSWERED_ONCE
from amoa.requirements.models import Requirement
from core.history import History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.sealing import SealedModel
from core.sql.compiled_sql import Instant, Reader
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from projects.seats.mandates.models import Mandate
from roles.models import User


class QuestionQuerySet(ProjectRowQuerySet["Question"]):
    def open(self) -> Self:
        """Filter unanswered questions."""
        return self.filter(answered_at__isnull=True)

    def awaiting(self, user: Reader, at: Instant | None = None) -> Self:
        """Filter open questions to a role that `user` holds."""
        mandates = Mandate.objects.active(at).filter(holder=user.pk, project=OuterRef("project"))
        return self.open().filter(Exists(mandates.filter(role__code=OuterRef("asked_of"))))


class Question(ProjectRow):
    """A question from one side to the other about a requirement.

    `asked_of` is the role that is to answer.
    """

    LOCKED_WITH = ("requirement",)

    ERASABLE = ("text", "answer")

    project = models.ForeignKey(Project, models.PROTECT, related_name="questions", verbose_name=_("project"))
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, related_name="questions", verbose_name=_("requirement")
    )
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("question"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_role = models.CharField(_("role that asks"), max_length=10)
    asked_of = models.CharField(_("role that is asked"), max_length=10)
    asked_at = models.DateTimeField(_("asked"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = QuestionQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = (
            models.UniqueConstraint(fields=["requirement", "number"], name="one_question_per_number"),
            models.CheckConstraint(condition=~Q(text=""), name="a_question_asks_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="an_answer_says_when_and_by_whom",
            ),
        )
        triggers = [
            *never_deleted("A question"),
            stays_on_its_project(
                "requirement_id", "number", "text", "asked_by_id", "asked_role", "asked_of", "asked_at"
            ),
            points_within_its_project(requirement_id="amoa_requirement"),
            ANSWERED_ONCE,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.requirement.code} Q{self.number}"

    @property
    def days_waiting(self) -> int:
        """Return the number of whole days since it was asked."""
        return (timezone.now() - self.asked_at).days


class Estimate(SealedModel, ActModel):
    """The provider's estimate of a requirement, with its design note. A later one is a new row."""

    ERASABLE = ("note",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="estimates", verbose_name=_("project"))
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, related_name="estimates", verbose_name=_("requirement")
    )
    version = models.PositiveIntegerField(_("version of the requirement"))
    days = models.DecimalField(_("workload in days"), max_digits=8, decimal_places=1, null=True, blank=True)
    cost = models.DecimalField(_("cost (€)"), max_digits=14, decimal_places=2, null=True, blank=True)
    note = models.TextField(_("design note"), blank=True)
    document = models.ForeignKey(
        "projects.DocumentVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("design document"),
    )
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("given by"))

    objects = ProjectRowQuerySet["Estimate"].as_manager()

    class Meta:
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")
        constraints = (
            models.CheckConstraint(
                condition=Q(days__isnull=False) | Q(cost__isnull=False) | ~Q(note="") | Q(document__isnull=False),
                name="an_estimate_says_something",
            ),
            models.CheckConstraint(
                condition=(Q(days__isnull=True) | Q(days__gte=0)) & (Q(cost__isnull=True) | Q(cost__gte=0)),
                name="an_estimate_is_not_negative",
            ),
        )
        triggers = [
            *insert_only("An estimate"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(requirement_id="amoa_requirement"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.requirement.code} {self.days} {self.cost}"

    def sealed_content(self) -> dict[str, Any]:
        return {
            "version": str(self.version),
            "note": self.note,
            "document_id": str(self.document_id or ""),
            "days": "" if self.days is None else f"{self.days:.1f}",
            "cost": "" if self.cost is None else f"{self.cost:.2f}",
        }


protect_history(Question)
