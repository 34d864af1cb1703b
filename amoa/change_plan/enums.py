"""Enumerations of the change plan (domain.md §8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Aspect(models.TextChoices):
    """Aspect of a group's work that changes."""

    PROCESS = "process", _("process")
    TOOL = "tool", _("tool")
    SKILL = "skill", _("skill")
    ORGANISATION = "organisation", pgettext_lazy("what changes for a group", "organisation")
    WORKLOAD = "workload", _("workload")


class Impact(models.TextChoices):
    """Degree of the change."""

    NONE = "none", _("none")
    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


class ActionState(models.TextChoices):
    """State of a communication or a training session."""

    PLANNED = "planned", _("planned")
    DONE = "done", _("done")
    POSTPONED = "postponed", _("postponed")
    CANCELLED = "cancelled", _("cancelled")


class FeedbackKind(models.TextChoices):
    DIFFICULTY = "difficulty", _("difficulty")
    QUESTION = "question", _("question")
    SUGGESTION = "suggestion", _("suggestion")
    SATISFACTION = "satisfaction", _("satisfaction")


class Direction(models.TextChoices):
    """Direction in which an indicator improves."""

    UP = "up", _("at least")
    DOWN = "down", _("at most")
