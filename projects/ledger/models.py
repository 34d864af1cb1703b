"""The ledger: one insert-only event per act, one hash chain per project (architecture §6)."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.guards import DATED_BY_THE_DATABASE, ActModel
from core.history import insert_only
from projects.ledger.enums import Act
from projects.ledger.guards import IS_THE_NEXT_LINK, PUBLISHED_WITH_AN_EVENT
from projects.project.models import Project
from roles.models import RoleTemplate, User


class LedgerEvent(ActModel):
    """An act, chained by hash to the event before it on the same project.

    - `body`: canonical bytes that are hashed; keys, hashes and instants, no personal text.
    - `subject`, `subject_id`: the row the act wrote; `proposal`: its dossier, if any.
    - `detail`: revision, position or outcome, so that lists of events need no join.
    - `xact`: transaction id, set by a trigger.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="events", verbose_name=_("project"))
    seq = models.PositiveIntegerField(_("sequence"))
    act = models.CharField(_("act"), max_length=20, choices=Act)
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("actor"))
    role = models.CharField(_("role of the actor"), max_length=10, blank=True)
    proposal = models.ForeignKey(
        "governance.Proposal", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposal")
    )
    detail = models.CharField(_("detail"), max_length=30, blank=True)
    subject = models.CharField(_("subject"), max_length=40)
    subject_id = models.BigIntegerField(_("subject number"))
    prev = models.BinaryField(_("hash before"), max_length=32)
    hash = models.BinaryField(_("hash"), max_length=32)
    body = models.BinaryField(_("canonical bytes"))
    xact = models.BigIntegerField(_("database transaction"), default=0, editable=False)

    class Meta:
        verbose_name = _("ledger event")
        verbose_name_plural = _("ledger events")
        indexes = (
            models.Index(fields=["proposal", "seq"], name="event_by_proposal"),
            models.Index(fields=["subject", "subject_id"], name="event_by_subject"),
        )
        constraints = (
            models.UniqueConstraint(fields=["project", "seq"], name="one_event_per_place_in_the_chain"),
            models.UniqueConstraint(fields=["subject", "subject_id", "act", "acted_at"], name="one_event_per_act"),
        )
        triggers = [*insert_only("A ledger event"), DATED_BY_THE_DATABASE, IS_THE_NEXT_LINK]

    def __str__(self) -> str:
        return f"#{self.seq} {self.act}"


pgtrigger.register(PUBLISHED_WITH_AN_EVENT)(RoleTemplate)
