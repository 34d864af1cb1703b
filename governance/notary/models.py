"""Signed checkpoints: the heads of every chain, signed out of reach of the processes that write the chains."""

import base64
import json

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from governance.notary.guards import FOLLOWS_THE_LAST


class Checkpoint(models.Model):
    """The heads of all chains at one instant, signed with Ed25519 and chained to the previous checkpoint.

    `body` holds the canonical bytes of version, number, made_at, key (SHA-256 of the public key), prev, heads
    ({project, seq, head}, in project order) and next_key (the next public key, or ""). The database sets `announces`:
    whether next_key is present.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    made_at = models.DateTimeField(_("made"))
    body = models.BinaryField(_("canonical bytes"))
    hash = models.BinaryField(_("hash"), max_length=32)
    signature = models.BinaryField(_("signature"), max_length=64)
    public_key = models.BinaryField(_("public key"), max_length=32)
    announces = models.BooleanField(_("announces another key"), default=False, editable=False)

    class Meta:
        ordering = ("number",)
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        triggers = [*insert_only("A checkpoint"), FOLLOWS_THE_LAST]

    def __str__(self) -> str:
        return f"#{self.number}"

    def covers(self, project_id: int, seq: int) -> bool:
        """Return whether it covers event `seq` of the project's chain."""
        heads: list[dict[str, str]] = json.loads(bytes(self.body))["heads"]
        return any(head["project"] == str(project_id) and int(head["seq"]) >= seq for head in heads)

    def as_anchor(self) -> dict[str, str]:
        """Return the checkpoint as stored outside the database; tools/verify_ledger.py reads it."""
        return {
            "number": str(self.number),
            "body": base64.b64encode(self.body).decode(),
            "hash": bytes(self.hash).hex(),
            "signature": bytes(self.signature).hex(),
            "public_key": bytes(self.public_key).hex(),
        }
