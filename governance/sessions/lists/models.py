"""Decision lists: what a session heard and what the ledger says was decided, settled by the owner. Insert-only."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from governance.sessions.lists.guards import SETTLED_BY_THE_OWNER
from governance.sessions.sittings.models import Session
from projects.event_guards import leaves_an_event
from projects.models import Project
from projects.project.rows import FixedProjectRow, ProjectRowQuerySet, points_within_its_project
from roles.models import User


class DecisionList(ActModel, FixedProjectRow):
    """The decision list of a session; each later one repeats it with one more rectification.

    `content` are the facts of its pages and files in any language, `pdf` the document in the working language of the
    project, `hash` its SHA-256.
    """

    REPEATS = ("content",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="decision_lists", verbose_name=_("project"))
    session = models.ForeignKey(Session, models.PROTECT, related_name="lists", verbose_name=_("session"))
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField(_("content"))
    pdf = models.BinaryField(_("document"))
    hash = models.CharField(_("fingerprint"), max_length=64)
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("settled by"))

    objects = ProjectRowQuerySet["DecisionList"].as_manager()

    class Meta:
        verbose_name = _("decision list")
        verbose_name_plural = _("decision lists")
        constraints = (models.UniqueConstraint(fields=["session", "number"], name="one_decision_list_per_number"),)
        triggers = [
            *insert_only("A decision list"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(session_id="governance_session"),
            SETTLED_BY_THE_OWNER,
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.session} · {self.number}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("governance:lists:decision_list", args=[self.session_id])
