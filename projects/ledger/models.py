"""The ledger: one insert-only event per act, one hash chain per project (architecture §6)."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from projects.ledger.enums import LONGEST, list_acts
from projects.ledger.guards import (
    CLOSED_BY_ANOTHER,
    COVERED_BY_AN_EVENT,
    IS_THE_NEXT_LINK,
    PUBLISHED_WITH_AN_EVENT,
    READ_ONLY_IN_THE_ARCHIVE,
    SALT_IS_ERASED,
    WRITTEN_BY_A_TRIGGER,
)
from projects.project.models import Project
from roles.models import RoleTemplate, User


class LedgerEvent(ActModel):
    """An act, chained by hash to the event before it on the same project.

    - `body`: canonical bytes that are hashed; keys, hashes and instants, no personal text.
    - `subject`, `subject_id`: the row the act wrote; `proposal`: its dossier, if any.
    - `detail`: revision, position or outcome, so that lists of events need no join.
    - `xact`: transaction id, set by a trigger.
    """

    REPEATS = ("*",)
    IS_SEALED = False

    project = models.ForeignKey(Project, models.PROTECT, related_name="events", verbose_name=_("project"))
    seq = models.PositiveIntegerField(_("sequence"))
    act = models.CharField(_("act"), max_length=LONGEST, choices=list_acts)
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
        triggers = [
            *insert_only("A ledger event"),
            DATED_BY_THE_DATABASE,
            IS_THE_NEXT_LINK,
            CLOSED_BY_ANOTHER,
            READ_ONLY_IN_THE_ARCHIVE,
        ]

    def __str__(self) -> str:
        return f"#{self.seq} {self.act}"


class RowLayout(models.Model):
    """The columns that seals of a table cover: a column added later leaves earlier seals valid.

    Those that no act changes are written with "=" before them; in the first version of seals none is.
    """

    REPEATS = ("*",)
    IS_SEALED = False

    table = models.CharField(_("table"), max_length=63)
    columns = ArrayField(models.CharField(max_length=63), verbose_name=_("columns"))

    class Meta:
        verbose_name = _("layout of seals")
        verbose_name_plural = _("layouts of seals")
        constraints = (models.UniqueConstraint(fields=["table", "columns"], name="one_layout_per_set_of_columns"),)
        triggers = [*insert_only("A layout of seals"), WRITTEN_BY_A_TRIGGER]

    def __str__(self) -> str:
        return f"{self.table}: {', '.join(self.columns)}"


class RowSeal(models.Model):
    """The seal of one row as it was written, chained to the seal before it (projects/ledger/row_seals.py).

    - `chain`: the number of the project, or 0 for rows of no project; `first`: the first seal of transaction `xact`.
    - `hash`: of salt, `fixed` and the columns that may change; None once the row is gone. An erasure takes the salt.
    - `fixed`: of `fixed_salt` and the columns that no act changes, the same in all seals of the row.
    - `tells`: the columns that changed, or of a row of a history the seal of the row that it is a version of.
    - `link`: hash over the link before, table, row, `tells`, `hash` and `fixed`.

    Seals of the first version have no `fixed` and tell nothing: their `hash` is of the salt and all columns.
    """

    REPEATS = ("*",)
    IS_SEALED = False

    chain = models.BigIntegerField(_("chain"))
    seq = models.PositiveIntegerField(_("sequence"))
    first = models.PositiveIntegerField(_("first of the transaction"))
    xact = models.BigIntegerField(_("database transaction"))
    # Without an index, which nothing reads, and a constraint, whose locks on one row every act would share.
    layout = models.ForeignKey(
        RowLayout, models.PROTECT, related_name="+", db_index=False, db_constraint=False, verbose_name=_("layout")
    )
    table = models.CharField(_("table"), max_length=63)
    row = models.BigIntegerField(_("row"))
    salt = models.UUIDField(_("salt"), null=True)
    hash = models.BinaryField(_("hash"), max_length=32, null=True)
    fixed_salt = models.UUIDField(_("salt of the unchangeable columns"), null=True)
    fixed = models.BinaryField(_("hash of the unchangeable columns"), max_length=32, null=True)
    tells = models.TextField(_("columns that changed"), db_default="", blank=True)
    link = models.BinaryField(_("chained hash"), max_length=32)

    class Meta:
        verbose_name = _("seal of a row")
        verbose_name_plural = _("seals of rows")
        indexes = (models.Index(fields=["table", "row", "id"], name="seal_by_row"),)
        constraints = (models.UniqueConstraint(fields=["chain", "seq"], name="one_seal_per_place_in_its_chain"),)
        triggers = [SALT_IS_ERASED, *insert_only("A seal")[1:], WRITTEN_BY_A_TRIGGER, COVERED_BY_AN_EVENT]

    def __str__(self) -> str:
        return f"{self.chain} #{self.seq}: {self.table} {self.row}"


pgtrigger.register(PUBLISHED_WITH_AN_EVENT)(RoleTemplate)
