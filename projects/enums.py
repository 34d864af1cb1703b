"""States and levels of what is governed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """A programme and a portfolio are governed like a project; `organisation` is the one row whose chain holds what
    concerns no single project (the referential of roles)."""

    PROJECT = "project", _("project")
    PROGRAMME = "programme", _("programme")
    PORTFOLIO = "portfolio", _("portfolio")
    ORGANISATION = "organisation", _("organisation")


#: The levels that what is governed at a level may be part of.
PARENTS: dict[str, frozenset[str]] = {
    Level.PROJECT: frozenset({Level.PROGRAMME, Level.PORTFOLIO}),
    Level.PROGRAMME: frozenset({Level.PORTFOLIO}),
    Level.PORTFOLIO: frozenset(),
}


class ProjectState(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    CLOSED = "closed", _("closed")
