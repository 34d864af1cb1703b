"""Models of the change plan: impacts, communications, training, feedback, adoption indicators, frozen versions."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amoa.change_plan.enums import ActionState, Aspect, Direction, FeedbackKind, Impact
from amoa.change_plan.guards import CARRIES_ITS_HASH, TELLS_WHAT_APPROVED_IT
from amoa.requirements.models import Requirement
from core.history import History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from projects.event_guards import leaves_an_event_of_its_project
from projects.impartiality.guards import refused_to_the_tied
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from projects.seats.recipient_groups.models import RecipientGroup
from roles.models import User

_OF_ITS_GROUP = {"group_id": "projects_recipientgroup"}


class ChangeImpact(models.Model):
    """Impact of the change on one group in one aspect, with its level and the measure taken."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="impacts", verbose_name=_("project"))
    group = models.ForeignKey(RecipientGroup, models.PROTECT, related_name="impacts", verbose_name=_("group"))
    aspect = models.CharField(_("what changes"), max_length=12, choices=Aspect)
    level = models.CharField(_("level"), max_length=6, choices=Impact, default=Impact.NONE)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    measure = models.TextField(_("measure"), blank=True)

    objects = ProjectRowQuerySet["ChangeImpact"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("impact of the change")
        verbose_name_plural = _("impacts of the change")
        constraints = (
            models.UniqueConstraint(
                fields=["group", "aspect"],
                name="one_impact_per_group_and_aspect",
                violation_error_message=_("This impact on the group is described already."),
            ),
            models.CheckConstraint(
                condition=Q(aspect__in=Aspect.values, level__in=Impact.values), name="an_impact_is_on_the_scale"
            ),
        )
        triggers = [
            *never_deleted("An impact"),
            stays_on_its_project("group_id", "aspect"),
            points_within_its_project(**_OF_ITS_GROUP),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.aspect}"


class CommunicationAction(models.Model):
    """A message to a group, due on `due_on` or `days_after` days after the decision on proposal `after`.

    `reached` counts the people of the group it reached, once sent.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="communications", verbose_name=_("project"))
    group = models.ForeignKey(RecipientGroup, models.PROTECT, related_name="communications", verbose_name=_("group"))
    title = models.CharField(_("title"), max_length=200)
    objective = models.TextField(_("objective"), blank=True)
    message = models.TextField(_("message"), blank=True)
    channel = models.CharField(_("channel"), max_length=60, blank=True)
    sender = models.CharField(_("role that sends it"), max_length=10, blank=True)
    due_on = models.DateField(_("day"), null=True, blank=True)
    after = models.PositiveIntegerField(_("after the decision on proposal"), null=True, blank=True)
    days_after = models.PositiveSmallIntegerField(_("days after the decision"), default=0)
    state = models.CharField(_("state"), max_length=9, choices=ActionState, default=ActionState.PLANNED)
    done_on = models.DateField(_("sent on"), null=True, blank=True)
    reached = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    feedback = models.TextField(_("feedback collected"), blank=True)

    objects = ProjectRowQuerySet["CommunicationAction"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("communication")
        verbose_name_plural = _("communications")
        constraints = (
            models.CheckConstraint(
                condition=Q(due_on__isnull=False, after__isnull=True) | Q(due_on__isnull=True, after__isnull=False),
                name="a_communication_is_tied_to_a_day_or_to_a_decision",
                violation_error_message=_("Enter a day, or select the proposal whose decision it follows, not both."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ActionState.DONE) | Q(done_on__isnull=False),
                name="a_communication_sent_says_when",
                violation_error_message=_("Enter the day it was sent."),
            ),
            models.CheckConstraint(condition=Q(state__in=ActionState.values), name="state_of_a_communication_is_known"),
        )
        triggers = [
            *never_deleted("A communication"),
            stays_on_its_project(),
            points_within_its_project(**_OF_ITS_GROUP),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.title


class TrainingSession(models.Model):
    """A training session for a group, with expected and actual attendance."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="trainings", verbose_name=_("project"))
    group = models.ForeignKey(RecipientGroup, models.PROTECT, related_name="trainings", verbose_name=_("group"))
    title = models.CharField(_("title"), max_length=200)
    content = models.TextField(_("content"), blank=True)
    format = models.CharField(_("format"), max_length=60, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    held_on = models.DateField(_("day"))
    expected = models.PositiveIntegerField(_("people expected"), null=True, blank=True)
    attended = models.PositiveIntegerField(_("people who came"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=ActionState, default=ActionState.PLANNED)

    objects = ProjectRowQuerySet["TrainingSession"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=ActionState.DONE) | Q(attended__isnull=False),
                name="a_session_held_says_how_many_came",
                violation_error_message=_("Enter the number of participants."),
            ),
            models.CheckConstraint(condition=Q(state__in=ActionState.values), name="state_of_a_session_is_known"),
        )
        triggers = [
            *never_deleted("A training session"),
            stays_on_its_project(),
            points_within_its_project(**_OF_ITS_GROUP),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.title


class FeedbackItem(ProjectRow):
    """Feedback from a recipient group and its answer, linked to a requirement or to a risk by code."""

    ERASABLE = ("text", "answer")

    project = models.ForeignKey(Project, models.PROTECT, related_name="feedback", verbose_name=_("project"))
    group = models.ForeignKey(RecipientGroup, models.PROTECT, related_name="feedback", verbose_name=_("group"))
    kind = models.CharField(_("kind"), max_length=12, choices=FeedbackKind)
    text = models.TextField(_("what was said"))
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    given_at = models.DateTimeField(_("recorded on"))
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name=_("requirement")
    )
    risk = models.CharField(_("risk"), max_length=30, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = ProjectRowQuerySet["FeedbackItem"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = (
            models.CheckConstraint(
                condition=~Q(text="") & Q(kind__in=FeedbackKind.values), name="feedback_says_something"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="an_answer_to_feedback_says_when_and_by_whom",
            ),
        )
        triggers = [
            *never_deleted("Feedback"),
            stays_on_its_project("group_id", "text", "given_by_id", "given_at"),
            points_within_its_project(**_OF_ITS_GROUP, requirement_id="amoa_requirement"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.text


class AdoptionIndicator(ProjectRow):
    """Indicator of adoption with a target and readings over time."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="indicators", verbose_name=_("project"))
    group = models.ForeignKey(
        RecipientGroup, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name=_("group")
    )
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction, default=Direction.UP)
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2)

    objects = ProjectRowQuerySet["AdoptionIndicator"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("adoption indicator")
        verbose_name_plural = _("adoption indicators")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "name"],
                name="one_indicator_per_name_and_project",
                violation_error_message=_("This name is already used. Enter another name."),
            ),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="an_indicator_has_a_direction"),
        )
        triggers = [
            *never_deleted("An indicator"),
            stays_on_its_project(),
            points_within_its_project(**_OF_ITS_GROUP),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.name

    def is_met(self, value: Any) -> bool:
        """Return whether `value` reaches the target."""
        return bool(value >= self.target if self.direction == Direction.UP else value <= self.target)


class AdoptionReading(ActModel):
    """A reading of an indicator on a day; a correction is another reading of the same day."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    indicator = models.ForeignKey(
        AdoptionIndicator, models.PROTECT, related_name="readings", verbose_name=_("indicator")
    )
    measured_on = models.DateField(_("day"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2)
    read_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("read by"))

    objects = ProjectRowQuerySet["AdoptionReading"].as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        triggers = [
            *insert_only("A reading"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(indicator_id="amoa_adoptionindicator"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.measured_on}: {self.value}"


class ChangePlan(ActModel):
    """A frozen version of the plan: impacts, communications, training and targets as plain values."""

    REPEATS = ("*",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="change_plans", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("content"))
    hash = models.CharField(_("fingerprint"), max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("frozen by"))

    objects = ProjectRowQuerySet["ChangePlan"].as_manager()

    class Meta:
        verbose_name = _("change plan")
        verbose_name_plural = _("change plans")
        constraints = (models.UniqueConstraint(fields=["project", "number"], name="one_change_plan_per_number"),)
        triggers = [
            *insert_only("A change plan"),
            DATED_BY_THE_DATABASE,
            CARRIES_ITS_HASH,
            refused_to_the_tied("NEW.made_by_id"),
            TELLS_WHAT_APPROVED_IT,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.project.code} {self.number}"


protect_history(ChangeImpact, CommunicationAction, TrainingSession, FeedbackItem, AdoptionIndicator)
