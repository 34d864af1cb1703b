"""The roles of a project: versions of its responsibility matrix, each a sealed copy, one of them in force."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.guards import DATED_BY_THE_DATABASE, ActModel
from core.history import insert_only
from core.sealing import content_hash
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.matrix.guards import CARRIES_ITS_HASH
from roles.models import User
from roles.role_templates.content import Matrix as Content


class Matrix(ActModel):
    """One version of who answers for what on a project, taken from the referential and adapted with a reason.

    `content` is a roles.role_templates.content.Matrix in plain form; `powers` is what its letters let each role do with
    proposals of each kind (role → nature → kinds), kept beside it so that permissions read nothing else.
    The version in force is `Project.matrix`; only a decision of the owner changes which one that is.
    """

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
            refused_to_the_tied("NEW.made_by_id"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.project.code} {self.number}"

    def read(self) -> Content:
        """The roles and responsibilities as values."""
        return Content.read(self.content)


def sealed(content: Content) -> dict[str, Any]:
    """The columns of a matrix that follow from its content: content, powers and their hash (hexadecimal)."""
    said: dict[str, Any] = {"content": content.plain(), "powers": content.powers()}
    return {**said, "hash": content_hash(said)}
