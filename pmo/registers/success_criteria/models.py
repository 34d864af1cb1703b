"""Success criteria and benefits: measurable, approved by the owner, then measured."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from core.history import History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.sealing import content_hash
from pmo.registers.success_criteria.enums import MEASURED, CriterionKind, CriterionState, Met
from pmo.registers.success_criteria.guards import (
    APPROVED_BY_THE_OWNER,
    CARRIES_ITS_HASH,
    DELIVERED_AT_OR_BELOW,
    MEASURED_ONCE_APPROVED,
    STAYS_AS_APPROVED,
    TELLS_WHAT_APPROVED_IT,
)
from projects.event_guards import leaves_an_event_of_its_project
from projects.impartiality.guards import refused_to_the_tied
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from roles.enums import Gate
from roles.models import User


class SuccessCriterion(ProjectRow):
    """Success criterion or benefit with its target, due at a gate or some months after it.

    Only a decision of the owner approves one, in the exact words of a frozen set. Only a decision undoes that.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="success_criteria", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=9, choices=CriterionKind)
    text = models.TextField(_("text"))
    measure = models.TextField(_("how it is measured"))
    target = models.CharField(_("target"), max_length=60)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    due_gate = models.CharField(_("due at gate"), max_length=2, choices=Gate, default=Gate.G5)
    months_after = models.PositiveSmallIntegerField(_("months after the gate"), default=0)
    baseline = models.CharField(_("value before"), max_length=60, blank=True, default="", db_default="")
    baseline_on = models.DateField(_("day of the value before"), null=True, blank=True)
    target_on = models.DateField(_("day of the target"), null=True, blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("benefit owner")
    )
    delivered_by = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project that delivers it")
    )
    proposed_by_role = models.CharField(_("proposed by"), max_length=10)
    state = models.CharField(_("state"), max_length=8, choices=CriterionState, default=CriterionState.PROPOSED)

    objects = ProjectRowQuerySet["SuccessCriterion"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("success criterion")
        verbose_name_plural = _("success criteria")
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_success_criterion_per_number"),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(measure="") & ~Q(target=""), name="a_success_criterion_is_measurable"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CriterionKind.values, state__in=CriterionState.values)
                & Q(due_gate__in=[Gate.G4, Gate.G5]),
                name="the_words_of_a_success_criterion_are_known",
            ),
            models.CheckConstraint(
                condition=Q(kind=CriterionKind.BENEFIT)
                | Q(
                    baseline="",
                    baseline_on__isnull=True,
                    target_on__isnull=True,
                    owner__isnull=True,
                    delivered_by__isnull=True,
                )
                & ~Q(state=CriterionState.OBTAINED),
                name="only_a_benefit_has_an_owner_and_is_obtained",
            ),
            models.CheckConstraint(
                condition=Q(baseline="", baseline_on__isnull=True) | ~Q(baseline="") & Q(baseline_on__isnull=False),
                name="the_value_before_has_its_day",
            ),
        )
        triggers = [
            *never_deleted("A success criterion"),
            stays_on_its_project("number", "kind", "proposed_by_role"),
            STAYS_AS_APPROVED,
            DELIVERED_AT_OR_BELOW,
            leaves_an_event_of_its_project(),
            APPROVED_BY_THE_OWNER,
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """Return the address of the page that lists it."""
        page = "benefits" if self.is_benefit else "success"
        return reverse(f"pmo:success_criteria:{page}", args=[self.project.code])

    @property
    def title(self) -> str:
        """Return its text in short, as notices name it."""
        return Truncator(self.text).chars(200)

    @property
    def reference(self) -> str:
        """Return the reference, such as SC-03."""
        return f"SC-{self.number:02d}"

    @property
    def is_benefit(self) -> bool:
        """Tell whether it is a benefit of the business."""
        return self.kind == CriterionKind.BENEFIT

    @property
    def is_approved(self) -> bool:
        """Tell whether the owner approved it."""
        return self.state == CriterionState.APPROVED

    @property
    def is_measured(self) -> bool:
        """Tell whether measures are added: once it is approved, and after it is declared obtained."""
        return self.state in MEASURED

    @property
    def is_complete(self) -> bool:
        """Tell whether a benefit has its value before, the day of its target and its owner."""
        return bool(self.baseline and self.target_on and self.owner_id)

    def plain(self) -> dict[str, str]:
        """Return the criterion as stored in a set; of a benefit, what it has of its own too."""
        names = ("number", "kind", "text", "measure", "target", "unit", "due_gate", "months_after")
        stored = {name: str(getattr(self, name)) for name in names}
        own = {
            "baseline": self.baseline,
            "baseline_on": self.baseline_on,
            "target_on": self.target_on,
            "owner": self.owner and self.owner.key,
            "delivered_by": self.delivered_by and self.delivered_by.code,
        }
        return stored | {name: str(value) for name, value in own.items() if value}


class SuccessCriteriaSet(ActModel):
    """Criteria frozen for the owner: `content` is a list of `SuccessCriterion.plain`."""

    REPEATS = ("*",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="criteria_sets", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("content"))
    hash = models.CharField(_("fingerprint"), max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("frozen by"))

    objects = ProjectRowQuerySet["SuccessCriteriaSet"].as_manager()

    class Meta:
        verbose_name = _("set of success criteria")
        verbose_name_plural = _("sets of success criteria")
        constraints = (models.UniqueConstraint(fields=["project", "number"], name="one_criteria_set_per_number"),)
        triggers = [
            *insert_only("A set of success criteria"),
            DATED_BY_THE_DATABASE,
            CARRIES_ITS_HASH,
            refused_to_the_tied("NEW.made_by_id"),
            TELLS_WHAT_APPROVED_IT,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.number}"

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of its criteria."""
        return [int(criterion["number"]) for criterion in self.content]


class CriterionMeasure(ActModel):
    """Measure of an approved criterion on a day; a correction is another measure."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    criterion = models.ForeignKey(
        SuccessCriterion, models.PROTECT, related_name="measures", verbose_name=_("success criterion")
    )
    measured_on = models.DateField(_("day"))
    value = models.CharField(_("value"), max_length=60)
    met = models.CharField(_("target met"), max_length=6, choices=Met)
    note = models.CharField(_("note"), max_length=300, blank=True)
    measured_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("measured by"))

    objects = ProjectRowQuerySet["CriterionMeasure"].as_manager()

    class Meta:
        verbose_name = _("measure of a success criterion")
        verbose_name_plural = _("measures of success criteria")
        constraints = (
            models.CheckConstraint(condition=~Q(value="") & Q(met__in=Met.values), name="a_measure_says_value_and_met"),
        )
        triggers = [
            *insert_only("A measure"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(criterion_id="pmo_successcriterion"),
            MEASURED_ONCE_APPROVED,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} {self.measured_on}: {self.value}"


def hash_of(number: int, content: Any) -> str:
    """Return the hash of a set with this number and content."""
    return content_hash({"number": str(number), "content": content})


protect_history(SuccessCriterion)
