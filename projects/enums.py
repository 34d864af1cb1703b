"""States and levels of projects."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Level of a project row; programmes and portfolios are governed like projects.

    `ORGANISATION` is a single row. Its ledger chain records acts outside any project (role templates).
    """

    PROJECT = "project", _("project")
    PROGRAMME = "programme", _("programme")
    PORTFOLIO = "portfolio", _("portfolio")
    ORGANISATION = "organisation", _("organisation")


#: Levels of the parents that each level allows.
PARENTS: dict[str, frozenset[str]] = {
    Level.PROJECT: frozenset({Level.PROGRAMME, Level.PORTFOLIO}),
    Level.PROGRAMME: frozenset({Level.PORTFOLIO}),
    Level.PORTFOLIO: frozenset(),
}


class Workspace(models.TextChoices):
    """Workspaces that each project switches on or off; decisions, roles and documents are always there."""

    REQUIREMENTS = "requirements", _("requirements and acceptance")
    CHANGE = "change", _("change management")
    STANDARDS = "standards", _("standards and conformity")
    RISKS = "risks", _("risks")
    STEERING = "steering", _("steering")


class ProjectState(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed")
    ABANDONED = "abandoned", _("abandoned")


#: States of a project that has ended: only a reopening leads out of them.
OVER = frozenset({ProjectState.CLOSED, ProjectState.ABANDONED})
#: States in which a project decides nothing but what leads out of them, and keeps nobody waiting.
AT_REST = OVER | {ProjectState.SUSPENDED}
