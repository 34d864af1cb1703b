"""Conformity checks (contrôles de conformité), and waivers (dérogations): how a checkpoint stands.

Rows never change. Waivers are exceptions from a standard, granted by a decision of the owner (R9): it sets the period,
expiry follows from the day, an earlier end is a WaiverEnd.
"""

from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from pmo.standards.conformity.enums import Result, WaiverEnding
from pmo.standards.conformity.guards import (
    AS_IT_WAS_DECIDED,
    CHECKS_WHAT_HOLDS,
    ENDED_BY_WHO_MAY,
    ENDS_ON_THE_DAY_OF_THE_ACT,
    GRANTED_BY_THE_OWNER,
    LEAVES_AN_EVENT,
    WAIVES_WHAT_MAY_BE_WAIVED,
)
from pmo.standards.standards.models import StandardCheckpoint, StandardVersion
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.models import DocumentVersion, Project
from projects.organisation_settings.queries import today, zone
from projects.project.rows import ProjectRowQuerySet, points_within_its_project
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


class WaiverQuerySet(ProjectRowQuerySet["Waiver"]):
    def in_force(self, on: date) -> Self:
        """Filter to waivers in force on that day; the last day is included."""
        return self.not_ended(on).filter(starts_on__lte=on, ends_on__gte=on)

    def not_ended(self, on: date) -> Self:
        """Exclude waivers revoked, closed or replaced by that day."""
        ended = WaiverEnd.objects.filter(waiver=models.OuterRef("pk"), ended_on__lte=on)
        return self.exclude(models.Exists(ended))

    def begun(self, on: date) -> Self:
        """Filter to waivers that came into force by that day; excludes those ended before their first day."""
        before = WaiverEnd.objects.filter(waiver=models.OuterRef("pk"), ended_on__lt=models.OuterRef("starts_on"))
        return self.filter(starts_on__lte=on).exclude(models.Exists(before))

    def with_record(self) -> Self:
        """Select the standard, the decision and the early end."""
        return self.select_related("project", "version__standard", "revision__decision", "revision__proposal", "end")


class Waiver(ActModel):
    """Waiver of checkpoints of one version of a standard, from `starts_on` to `ends_on` inclusive.

    The `revision` holds the decided text: reason, compensating measure, plan to return. A waiver covers nothing before
    its decision: it starts on the requested day, or on the day of the decision if later.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="waivers", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    revision = models.OneToOneField(
        "governance.ProposalRevision", models.PROTECT, related_name="waiver", verbose_name=_("decided on")
    )
    version = models.ForeignKey(StandardVersion, models.PROTECT, related_name="waivers", verbose_name=_("standard"))
    checkpoints = ArrayField(models.BigIntegerField(), verbose_name=_("checkpoints"))
    starts_on = models.DateField(_("start"))
    ends_on = models.DateField(_("last day"))

    objects = WaiverQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        indexes = (
            GinIndex(fields=["checkpoints"], name="waiver_checkpoints"),
            models.Index(fields=["project", "ends_on"], name="waiver_by_end"),
        )
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_waiver_per_number"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="a_waiver_ends_after_it_starts"),
        )
        triggers = [
            *insert_only("A waiver"),
            DATED_BY_THE_DATABASE,
            WAIVES_WHAT_MAY_BE_WAIVED,
            AS_IT_WAS_DECIDED,
            GRANTED_BY_THE_OWNER,
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Return the URL of the waiver."""
        return reverse("pmo:waivers:waiver", args=[self.pk])

    #: It has expired or was ended (core.pages.refusals.exceptions).
    moved_on = _("The waiver is over"), _("It had already ended. Nothing was recorded."), _("Read the waiver")

    def locked(self) -> "Waiver":
        """Lock the project until the act ends; return the waiver with its early end, read afresh."""
        project = Project.objects.locked(self.project_id)
        fresh = Waiver.objects.with_record().get(pk=self.pk)
        fresh.project = project
        return fresh

    @property
    def reference(self) -> str:
        """Return the reference, such as VW-02."""
        return f"{self.project.prefix}W-{self.number:02d}"

    @property
    def title(self) -> str:
        """Return code and title of the standard, in the reader's language."""
        return f"{self.version.standard.code} · {self.version.title}"

    @property
    def terms(self) -> dict[str, str]:
        """Return the decided terms, by the field names of WaiverForm (pmo.standards.waivers.kinds)."""
        terms: dict[str, str] = self.revision.choose(self.decision.option).terms
        return terms

    @property
    def compensating_measure(self) -> str:
        """Return the compensating measure."""
        return self.terms.get("measure", "")

    @property
    def decision(self) -> Any:
        """Return the decision that granted it."""
        return self.revision.decision

    @property
    def early_end(self) -> "WaiverEnd | None":
        """Return its early end, if any."""
        return getattr(self, "end", None)

    @property
    def began_at(self) -> datetime:
        """Return when it came into force: at its decision, or at the start of its first day."""
        return max(self.acted_at, datetime.combine(self.starts_on, time(), zone()))

    def holds_on(self, day: date) -> bool:
        """Tell whether it is in force on that day."""
        ended = self.early_end
        return self.starts_on <= day <= self.ends_on and (ended is None or ended.ended_on > day)

    def over_on(self) -> date:
        """Return the first day on which it is no longer in force."""
        day_after = self.ends_on + timedelta(days=1)
        return min(self.early_end.ended_on, day_after) if self.early_end else day_after

    @property
    def days_left(self) -> int:
        """Return the days until its last one: 0 on the last day, negative once it is over."""
        return (self.ends_on - today()).days


class WaiverEnd(ActModel):
    """Early end of a waiver: revoked by the owner, closed by a conformity checker, or replaced.

    The waiver is no longer in force from `ended_on` on, the day of the act.
    """

    ERASABLE = ("because",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    waiver = models.OneToOneField(Waiver, models.PROTECT, related_name="end", verbose_name=_("waiver"))
    ending = models.CharField(_("how it ended"), max_length=8, choices=WaiverEnding)
    because = models.TextField(_("reason"), blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("ended by"))
    ended_on = models.DateField(_("ended on"))

    objects = ProjectRowQuerySet["WaiverEnd"].as_manager()

    class Meta:
        verbose_name = _("end of a waiver")
        verbose_name_plural = _("ends of waivers")
        constraints = (
            models.CheckConstraint(condition=Q(ending__in=WaiverEnding.values), name="a_waiver_ends_in_a_known_way"),
            models.CheckConstraint(
                condition=~Q(ending=WaiverEnding.REVOKED) | ~Q(because=""), name="a_revoked_waiver_says_why"
            ),
        )
        triggers = [
            *insert_only("The end of a waiver"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(waiver_id="pmo_waiver"),
            refused_to_the_tied("NEW.ended_by_id"),
            ENDS_ON_THE_DAY_OF_THE_ACT,
            ENDED_BY_WHO_MAY,
            says_something("because"),
            LEAVES_AN_EVENT,
        ]

    def __str__(self) -> str:
        return f"{self.waiver_id}: {self.ending}"
