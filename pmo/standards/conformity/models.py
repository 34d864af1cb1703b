"""Conformity checks (contrôles de conformité): result, evidence and follow-up action."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from pmo.standards.conformity.enums import Result
from pmo.standards.conformity.guards import CHECKS_WHAT_HOLDS
from pmo.standards.standards.models import StandardCheckpoint
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.models import DocumentVersion, Project
from projects.project.rows import ProjectRowQuerySet
from roles.models import User


class ConformityCheckQuerySet(ProjectRowQuerySet["ConformityCheck"]):
    def ruling(self) -> Self:
        """Keep the last check of each checkpoint and project; it rules."""
        return self.order_by("project", "checkpoint", "-pk").distinct("project", "checkpoint")

    def without_later(self) -> Self:
        """Keep the checks that rule, as `ruling` does, also among rows of a filter that later checks do not pass."""
        later = ConformityCheck.objects.filter(
            project=models.OuterRef("project"), checkpoint=models.OuterRef("checkpoint"), pk__gt=models.OuterRef("pk")
        )
        return self.filter(~models.Exists(later))


class ConformityCheck(ActModel):
    """Check of a checkpoint on a project by `checker`; a later check does not change it.

    `action` is to be done by `action_role` (a code) until `action_due`.
    """

    ERASABLE = ("finding", "action")

    project = models.ForeignKey(Project, models.PROTECT, related_name="conformity_checks", verbose_name=_("project"))
    checkpoint = models.ForeignKey(
        StandardCheckpoint, models.PROTECT, related_name="checks", verbose_name=_("checkpoint")
    )
    result = models.CharField(_("result"), max_length=17, choices=Result)
    finding = models.TextField(_("finding"), blank=True)
    evidence = models.ForeignKey(
        DocumentVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    checker = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("checked by"))
    action = models.TextField(_("action"), blank=True)
    action_role = models.CharField(_("role that does it"), max_length=10, blank=True)
    action_due = models.DateField(_("due"), null=True, blank=True)

    objects = ConformityCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("conformity check")
        verbose_name_plural = _("conformity checks")
        indexes = (models.Index(fields=["project", "checkpoint", "-id"], name="check_by_checkpoint"),)
        constraints = (
            models.CheckConstraint(condition=Q(result__in=Result.values), name="a_check_has_a_known_result"),
            models.CheckConstraint(
                condition=Q(result=Result.CONFORM) | ~Q(finding=""), name="a_check_that_is_not_conform_says_why"
            ),
            models.CheckConstraint(
                condition=Q(action="", action_role="", action_due__isnull=True)
                | (~Q(action="") & ~Q(action_role="") & Q(action_due__isnull=False)),
                name="an_action_has_its_role_and_its_date",
            ),
        )
        triggers = [
            *insert_only("A conformity check"),
            DATED_BY_THE_DATABASE,
            CHECKS_WHAT_HOLDS,
            says_something("finding"),
            refused_to_the_tied("NEW.checker_id"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint_id}: {self.result}"
