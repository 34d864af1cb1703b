"""Stored results of verifications."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import guard, refuse
from projects.models import Project

DATED_WHEN_IT_RUNS = guard(
    "is_dated_when_it_runs",
    pgtrigger.Insert,
    f"""
    IF NEW.ran_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() THEN
      {refuse("A verification is dated when it runs")}
    END IF;
    """,
)


class Result(models.IntegerChoices):
    """Result of a verification; the value is the exit code of `manage.py ledger_verify`."""

    INTACT = 0, _("Intact")
    ALTERED = 1, _("Altered")
    TRUNCATED = 2, _("Truncated or rolled back")
    UNVERIFIABLE = 3, _("Cannot verify")


class Verification(models.Model):
    """One run over one project, or over all (`project` is None).

    `heads` maps each project number to {code, seq, head, result, first_bad}; first_bad is 0 without a bad event.
    `faults` holds the first faults in words, `fault_count` their total.
    """

    REPEATS = ("*",)
    IS_SEALED = False

    ran_at = models.DateTimeField(_("run on"), db_default=Now(), editable=False)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="verifications", verbose_name=_("project")
    )
    heads = models.JSONField(_("heads"), default=dict)
    events = models.PositiveBigIntegerField(_("events"))
    result = models.PositiveSmallIntegerField(_("result"), choices=Result)
    faults = models.JSONField(_("faults"), default=list)
    fault_count = models.PositiveBigIntegerField(_("number of faults"), default=0)
    seconds = models.FloatField(_("seconds"))

    class Meta:
        verbose_name = _("verification of the ledger")
        verbose_name_plural = _("verifications of the ledger")
        indexes = (models.Index(fields=["-ran_at"], name="verification_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(result__in=Result.values), name="a_verification_has_a_known_result"
            ),
            models.CheckConstraint(
                condition=models.Q(result=Result.INTACT, fault_count=0)
                | (~models.Q(result=Result.INTACT) & models.Q(fault_count__gt=0)),
                name="a_verification_is_intact_only_without_a_fault",
            ),
        )
        triggers = [
            *insert_only("A verification"),
            DATED_WHEN_IT_RUNS,
        ]

    def __str__(self) -> str:
        return f"{self.get_result_display()} ({self.events})"
