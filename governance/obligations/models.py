"""Answers to obligations. The obligations themselves are derived and stored nowhere (ADR 14)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.guards import DATED_BY_THE_DATABASE, ActModel
from core.history import insert_only
from core.sealing import SealedModel
from governance.obligations.enums import Answer
from governance.obligations.guards import ANSWERS_ITS_RESPONSIBILITY
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.models import DocumentVersion, Project
from projects.project.rows import FixedProjectRow, ProjectRowQuerySet
from roles.models import User


class Discharge(SealedModel, ActModel, FixedProjectRow):
    """An obligation is fulfilled by its role, or its role is excused by the owner; once, for good.

    `role` and `duty` are codes of the matrix in force; `key` names the occasion (obligations/occasions.py).
    """

    ERASABLE = ("note",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="discharges", verbose_name=_("project"))
    role = models.CharField(_("role"), max_length=10)
    duty = models.CharField(_("responsibility"), max_length=20)
    key = models.CharField(_("occasion"), max_length=20)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    note = models.TextField(_("evidence or reason"), blank=True)
    document = models.ForeignKey(
        DocumentVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("answered by"))

    objects = ProjectRowQuerySet["Discharge"].as_manager()

    class Meta:
        verbose_name = _("answer to an obligation")
        verbose_name_plural = _("answers to obligations")
        constraints = (
            models.UniqueConstraint(fields=["project", "role", "duty", "key"], name="one_answer_per_obligation"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="an_obligation_has_a_known_answer"),
        )
        triggers = [
            *insert_only("An answer to an obligation"),
            DATED_BY_THE_DATABASE,
            ANSWERS_ITS_RESPONSIBILITY,
            refused_to_the_tied("NEW.answered_by_id"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.key}"

    def sealed_content(self) -> dict[str, Any]:
        """Return the answer for the seal."""
        return {
            "role": self.role,
            "duty": self.duty,
            "key": self.key,
            "answer": str(self.answer),
            "note": self.note,
            "document": str(self.document_id or ""),
        }
