"""Versions of the responsibility matrix of a project; one is in force."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from core.record.sealing import content_hash
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.seats.matrix.guards import CARRIES_ITS_HASH
from roles.accounts.models import INSTALLATION
from roles.models import User
from roles.role_templates.content import Matrix as Content


class Matrix(ActModel):
    """One insert-only version of the matrix: a copy of the role templates, adapted with a reason.

    `content` is a roles.role_templates.content.Matrix in plain form. `powers` (role → nature → kinds) is computed from
    its letters and stored, so that permissions need nothing else. `Project.matrix` is the version in force; only a
    decision of the owner changes it.
    """

    REPEATS = ("content", "powers")

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="matrices", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("roles and responsibilities"))
    powers = models.JSONField(_("what the letters allow"))
    hash = models.CharField(_("fingerprint"), max_length=64)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))

    class Meta:
        ordering = ("project", "number")
        verbose_name = _("responsibility matrix")
        verbose_name_plural = _("responsibility matrices")
        constraints = (models.UniqueConstraint(fields=["project", "number"], name="one_matrix_per_number"),)
        triggers = [
            *insert_only("A matrix"),
            DATED_BY_THE_DATABASE,
            CARRIES_ITS_HASH,
            says_something("reason"),
            refused_to_the_tied("NEW.made_by_id"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.project.code} {self.number}"

    @property
    def is_prepared(self) -> bool:
        """Return whether an upgrade wrote it from newer role templates, for the project to propose."""
        return self.number > 1 and self.made_by.email == INSTALLATION

    def read(self) -> Content:
        """Parse `content`."""
        return Content.read(self.content)


def sealed_columns(content: Content) -> dict[str, Any]:
    """Compute the columns content, powers and hash (hexadecimal) of a matrix."""
    columns: dict[str, Any] = {"content": content.plain(), "powers": content.powers()}
    return {**columns, "hash": content_hash(columns)}
