"""Risks that a project or programme escalates to the level above."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import Person, Text
from core.history import History, never_deleted, protect_history
from core.record.meaning import says_something
from core.sql.array_lookup import in_array
from pmo.registers.escalations.enums import STANDING, EscalationState
from pmo.registers.escalations.guards import ANSWERED_BY_THE_OWNER, RAISED_FROM_BELOW
from pmo.registers.risks.enums import DEFAULT, Band, Grades
from pmo.registers.risks.guards import rated_on_its_scale
from pmo.registers.risks.models import Risk, RiskScale, band_of
from projects.event_guards import leaves_an_event
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from roles.models import User


class EscalationQuerySet(ProjectRowQuerySet["Escalation"]):
    def visible_to(self, user: Person) -> Self:
        """Filter those of the levels and those of the risks that `user` may read."""
        seen = Project.objects.visible_to(user).values("pk")
        return self.filter(Q(in_array("project", seen)) | Q(in_array("risk__project", seen)))

    def waiting(self) -> Self:
        """Filter those that wait for an answer: a risk that is closed or rejected below waits for none."""
        return self.filter(state=EscalationState.RAISED, risk__status__in=STANDING)


class Escalation(ProjectRow):
    """A risk of a project below, as a row of the portfolio or programme above (`project`).

    It is rated again on the scale of that level, and answered by its owner. `own` is the risk of that level that it
    became when its owner took it over.
    """

    ERASABLE = ("because", "answer")
    LOCKED_WITH: ClassVar[tuple[str, ...]] = ("risk__project", "scale")

    project = models.ForeignKey(Project, models.PROTECT, related_name="escalations", verbose_name=_("level above"))
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="escalations", verbose_name=_("risk below"))
    title = models.CharField(_("title"), max_length=200)
    because = models.TextField(_("why it is escalated"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("escalated by"))
    raised_by_role = models.CharField(_("role that escalated it"), max_length=30)
    raised_at = models.DateTimeField(_("escalated"))
    answer_by = models.DateField(_("answer due"))
    scale = models.ForeignKey(
        RiskScale, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scale")
    )
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=11, choices=EscalationState, default=EscalationState.RAISED)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    own = models.ForeignKey(
        Risk, models.PROTECT, null=True, blank=True, related_name="taken_from", verbose_name=_("own risk")
    )

    objects = EscalationQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("escalated risk")
        verbose_name_plural = _("escalated risks")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "risk"], condition=Q(state="raised"), name="one_open_escalation_per_risk"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(because="") & Q(state__in=EscalationState.values),
                name="an_escalated_risk_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(likelihood=None, impact=None)
                | Q(likelihood__isnull=False, impact__isnull=False, likelihood__gte=1, impact__gte=1),
                name="an_escalated_risk_is_rated_in_both_ways",
            ),
            models.CheckConstraint(
                condition=Q(state="raised", answer="", answered_by=None, answered_at=None)
                | ~Q(state="raised") & ~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="an_escalated_risk_is_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "taken_over"]) | Q(likelihood__isnull=False),
                name="an_escalated_risk_is_rated_before_it_stays",
            ),
            models.CheckConstraint(
                condition=Q(state="taken_over", own__isnull=False) | ~Q(state="taken_over") & Q(own=None),
                name="an_escalated_risk_is_taken_over_as_a_risk",
            ),
        )
        triggers = [
            *never_deleted("An escalated risk"),
            stays_on_its_project("risk_id", "title", "raised_by_id", "raised_by_role", "raised_at", "answer_by"),
            points_within_its_project(own_id="pmo_risk"),
            rated_on_its_scale("likelihood", "impact"),
            says_something("because", "answer", operation=pgtrigger.Insert | pgtrigger.Update),
            RAISED_FROM_BELOW,
            ANSWERED_BY_THE_OWNER,
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("pmo:escalations:escalation", args=[self.pk])

    @property
    def moved_on(self) -> tuple[Text, Text, Text]:
        """Return its present state (core.pages.refusals.exceptions)."""
        text = _("It is “%(status)s” now.") % {"status": self.standing}
        return _("The escalated risk has changed"), text, _("Read the escalated risk as it is now")

    @property
    def reference(self) -> str:
        """Return the codes of the project and of its risk."""
        return f"{self.risk.project.code} {self.risk.code}"

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether its risk was closed or rejected below before it was answered."""
        return self.state == EscalationState.RAISED and self.risk.status not in STANDING

    @property
    def is_waiting(self) -> bool:
        """Tell whether it waits for its answer."""
        return self.state == EscalationState.RAISED and not self.is_withdrawn

    @property
    def is_late(self) -> bool:
        """Tell whether its answer was due before today."""
        return self.is_waiting and self.answer_by < timezone.localdate()

    @property
    def standing(self) -> Any:
        """Return its state in words."""
        return pgettext_lazy("escalated risk", "withdrawn") if self.is_withdrawn else self.get_state_display()

    @property
    def grades(self) -> Grades:
        """Return the scale it is rated on."""
        return self.scale.grades if self.scale else DEFAULT

    @property
    def level(self) -> int | None:
        """Return likelihood × impact on the scale of the level above, None until it is rated there."""
        return self.likelihood * self.impact if self.likelihood and self.impact else None

    @property
    def band(self) -> Band | None:
        """Return the band of its level."""
        return band_of(self.level, self.grades) if self.level else None


protect_history(Escalation)
