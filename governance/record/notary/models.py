"""Signed checkpoints: the heads of every chain, signed out of reach of the processes that write the chains."""

import base64
import json
from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from governance.record.notary.guards import FOLLOWS_THE_LAST, STAMPS_ITS_CHECKPOINT


class Checkpoint(models.Model):
    """The heads of all chains at one instant, signed with Ed25519 and chained to the previous checkpoint.

    `body` holds the canonical bytes of version, number, made_at, key (SHA-256 of the public key), prev, heads (the
    salted hashes of `openings`, sorted) and next_key (the next public key, or ""). `openings` tells the heads
    ({project, seq, head, salt}, in project order), so that a proof opens its own project alone. Those of version 1
    told the heads in the body, and have no openings. The database sets `announces`: whether next_key is present.
    """

    REPEATS = ("*",)
    IS_SEALED = False

    number = models.PositiveIntegerField(_("number"), unique=True)
    made_at = models.DateTimeField(_("made"))
    body = models.BinaryField(_("canonical bytes"))
    hash = models.BinaryField(_("hash"), max_length=32)
    signature = models.BinaryField(_("signature"), max_length=64)
    public_key = models.BinaryField(_("public key"), max_length=32)
    openings = models.JSONField(_("opened heads"), blank=True, db_default=[], default=list)
    announces = models.BooleanField(_("announces another key"), default=False, editable=False)

    class Meta:
        ordering = ("number",)
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        triggers = [*insert_only("A checkpoint"), FOLLOWS_THE_LAST]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def heads(self) -> list[dict[str, str]]:
        """The last event of each chain ({project, seq, head}), in project order."""
        told = self.openings or json.loads(bytes(self.body))["heads"]
        return [{name: head[name] for name in ("project", "seq", "head")} for head in told]

    def covers(self, project_id: int, seq: int) -> bool:
        """Return whether it covers event `seq` of the project's chain."""
        return any(head["project"] == str(project_id) and int(head["seq"]) >= seq for head in self.heads)

    def as_anchor(self, projects: Collection[int] | None = None) -> dict[str, Any]:
        """Return the checkpoint as stored outside the database, which tools/verify_ledger.py reads.

        With `projects` (ids) it opens the heads of those alone.
        """
        opened = [head for head in self.openings if projects is None or int(head["project"]) in projects]
        return {
            "number": str(self.number),
            "body": base64.b64encode(self.body).decode(),
            "hash": bytes(self.hash).hex(),
            "signature": bytes(self.signature).hex(),
            "public_key": bytes(self.public_key).hex(),
            "openings": opened,
        }


class Timestamp(models.Model):
    """A token of an authority (RFC 3161) that the hash of a checkpoint, and so all that it covers, existed then.

    Time and authority are in the token alone: `governance.record.notary.timestamps.read_stamp`.
    """

    IS_SEALED = False

    checkpoint = models.OneToOneField(
        Checkpoint, models.PROTECT, related_name="timestamp", verbose_name=_("checkpoint")
    )
    token = models.BinaryField(_("token"))

    class Meta:
        verbose_name = _("time stamp")
        verbose_name_plural = _("time stamps")
        triggers = [*insert_only("A time stamp"), STAMPS_ITS_CHECKPOINT]

    def __str__(self) -> str:
        return f"#{self.checkpoint_id}"

    def as_told(self) -> dict[str, str]:
        """Return the time stamp as bundles hold it; its checkpoint must be loaded."""
        return {"number": str(self.checkpoint.number), "token": base64.b64encode(self.token).decode()}
