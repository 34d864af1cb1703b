"""Answers to obligations. The obligations themselves are derived and stored nowhere (ADR 14)."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.sealing import SealedModel
from core.sql.array_lookup import in_array, is_one_of
from core.sql.compiled_sql import Instant, Reader
from governance.decide.obligations.enums import Answer, Verdict
from governance.decide.obligations.guards import (
    ANSWERS_ITS_RESPONSIBILITY,
    IS_CHECKED_BY_ITS_RECEIVER,
    IS_GIVEN_TO_ITS_RECEIVERS,
    REPORTS_NOTHING_WHERE_IT_MAY,
)
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.models import DocumentVersion, Mandate, Project
from projects.project.rows import FixedProjectRow, ProjectRowQuerySet
from roles.models import User


class DischargeQuerySet(ProjectRowQuerySet["Discharge"]):
    def awaiting(self, user: Reader, day: Any, at: Instant | None = None) -> Self:
        """Keep evidence given by hand that `user` looks at as a receiver, or on which they rule as the owner."""
        said = EvidenceCheck.objects.filter(discharge=OuterRef("pk"))
        seats = Mandate.objects.active(at).filter(holder=user.pk, project=OuterRef("project"))
        later = Discharge.objects.filter(
            project=OuterRef("project"),
            role=OuterRef("role"),
            duty=OuterRef("duty"),
            key=OuterRef("key"),
            attempt__gt=OuterRef("attempt"),
        )
        receivers: Any = OuterRef("receivers")
        receives = seats.filter(is_one_of(F("role__code"), receivers, "text"))
        in_time = Q(check_by=None) | Q(check_by__gte=day)
        to_rule = Q(Exists(said), Exists(seats.deciding())) & ~Q(Exists(said.exclude(verdict=Verdict.TO_RULE)))
        mine = in_array("project", Mandate.objects.active(at).filter(holder=user.pk).values("project"))
        return self.filter(mine, ~Exists(later), receivers__len__gt=0).filter(
            to_rule | (in_time & Q(~Exists(said), Exists(receives)) & ~Q(answered_by=user.pk))
        )


class Discharge(SealedModel, ActModel, FixedProjectRow):
    """An obligation is fulfilled by its role, or its role is excused by the owner.

    `role` and `duty` are codes of the matrix in force; `key` names the occasion (obligations/occasions.py). An answer
    stays; `attempt` counts those of one obligation, which is answered again when evidence was not received.
    `receivers` are the roles that look at evidence, until `check_by`; without that day it counts only once received.
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
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1, db_default=1)
    receivers = ArrayField(
        models.CharField(max_length=10), verbose_name=_("receivers"), default=list, db_default=[], blank=True
    )
    check_by = models.DateField(_("to be checked by"), null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("answered by"))

    objects = DischargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to an obligation")
        verbose_name_plural = _("answers to obligations")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "role", "duty", "key", "attempt"], name="one_answer_per_attempt"
            ),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="an_obligation_has_a_known_answer"),
        )
        triggers = [
            *insert_only("An answer to an obligation"),
            DATED_BY_THE_DATABASE,
            ANSWERS_ITS_RESPONSIBILITY,
            IS_GIVEN_TO_ITS_RECEIVERS,
            REPORTS_NOTHING_WHERE_IT_MAY,
            refused_to_the_tied("NEW.answered_by_id"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.key}"

    def sealed_content(self) -> dict[str, Any]:
        added = {
            "attempt": str(self.attempt) if self.attempt > 1 else "",
            "receivers": list(self.receivers),
            "check_by": self.check_by.isoformat() if self.check_by else "",
        }
        return {name: value for name, value in added.items() if value} | {
            "role": self.role,
            "duty": self.duty,
            "key": self.key,
            "answer": str(self.answer),
            "note": self.note,
            "document": str(self.document_id or ""),
        }


class EvidenceCheck(SealedModel, ActModel, FixedProjectRow):
    """A receiver, or the owner, says whether evidence given by hand was received. Insert-only: both words stay."""

    ERASABLE = ("reason",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    discharge = models.ForeignKey(Discharge, models.PROTECT, related_name="checks", verbose_name=_("evidence"))
    verdict = models.CharField(_("word"), max_length=12, choices=Verdict)
    reason = models.TextField(_("reason"), blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("checked by"))

    objects = ProjectRowQuerySet["EvidenceCheck"].as_manager()

    class Meta:
        verbose_name = _("check of evidence")
        verbose_name_plural = _("checks of evidence")
        constraints = (
            models.UniqueConstraint(
                fields=["discharge"], condition=~Q(verdict=Verdict.TO_RULE), name="one_last_word_on_evidence"
            ),
            models.UniqueConstraint(
                fields=["discharge"], condition=Q(verdict=Verdict.TO_RULE), name="evidence_goes_to_the_owner_once"
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="evidence_has_a_known_word"),
        )
        triggers = [
            *insert_only("A check of evidence"),
            DATED_BY_THE_DATABASE,
            IS_CHECKED_BY_ITS_RECEIVER,
            refused_to_the_tied("NEW.checked_by_id"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.discharge_id} {self.verdict}"

    def sealed_content(self) -> dict[str, Any]:
        """Return the word for the seal."""
        return {"discharge": str(self.discharge_id), "verdict": str(self.verdict), "reason": self.reason}
