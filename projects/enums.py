"""States and levels of what is governed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """A programme and a portfolio are governed like a project."""

    PROJECT = "project", _("project")
    PROGRAMME = "programme", _("programme")
    PORTFOLIO = "portfolio", _("portfolio")


class ProjectState(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    CLOSED = "closed", _("closed")
