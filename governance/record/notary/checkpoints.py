"""Notary: sign the heads of all chains, announce new keys, and copy checkpoints outside the database."""

import hashlib
import json
import logging
import os
import secrets
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.db.models import OuterRef, Subquery

from core.acts import database_time
from core.record.sealing import canonical
from governance.record.notary import keys
from governance.record.notary.models import Checkpoint
from projects.ledger.models import LedgerEvent
from projects.ledger.services import START, instant
from projects.models import Project
from tools.verify_ledger import CHECKPOINT_DOMAIN, salted_head

logger = logging.getLogger(__name__)
VERSION = "2"


def list_heads() -> list[dict[str, str]]:
    """List the last event of each chain, in project order."""
    last = LedgerEvent.objects.filter(project=OuterRef("pk")).order_by("-seq")
    rows = (
        Project.objects.annotate(seq=Subquery(last.values("seq")[:1]), head=Subquery(last.values("hash")[:1]))
        .filter(seq__isnull=False)
        .order_by("pk")
        .values_list("pk", "seq", "head")
    )
    return [{"project": str(pk), "seq": str(seq), "head": bytes(head).hex()} for pk, seq, head in rows]


def sign(path: Path, next_key: bytes = b"") -> Checkpoint | None:
    """Sign the current heads; None when nothing moved and no key is announced.

    Raises KeyRefused when the key in `path` is unusable or not the announced one.
    """
    with transaction.atomic():
        last = Checkpoint.objects.order_by("number").last()
        key = _load_signing_key(path, last)
        now = list_heads()
        if not next_key and last and now == last.heads:
            return None
        openings = [{**head, "salt": secrets.token_hex(16)} for head in now]
        number, prev = (last.number + 1, bytes(last.hash)) if last else (1, START)
        made_at = database_time()
        body = canonical(
            {
                "version": VERSION,
                "number": str(number),
                "made_at": instant(made_at),
                "key": hashlib.sha256(keys.public_bytes(key)).hexdigest(),
                "prev": prev.hex(),
                "heads": sorted(salted_head(opening) for opening in openings),
                "next_key": next_key.hex(),
            }
        )
        message = CHECKPOINT_DOMAIN + body
        return Checkpoint.objects.create(
            number=number,
            made_at=made_at,
            body=body,
            hash=hashlib.sha256(message).digest(),
            signature=key.sign(message),
            public_key=keys.public_bytes(key),
            openings=openings,
        )


def rotate(path: Path) -> Checkpoint:
    """Announce a new key in a checkpoint signed by the current one; the new key signs from then on.

    The new key is written before it is announced, so an interruption cannot lose it.
    """
    waiting = keys.next_key_path(path)
    following = keys.load(waiting) if waiting.exists() else keys.make(waiting)
    announced = sign(path, keys.public_bytes(following))
    if announced is None:
        raise AssertionError("a checkpoint that announces a key is always made")
    waiting.replace(path)
    return announced


def _load_signing_key(path: Path, last: Checkpoint | None) -> Ed25519PrivateKey:
    """Return the key that signs next; an announced key that is still waiting replaces the current one."""
    key, waiting = keys.load(path), keys.next_key_path(path)
    if last is None:
        return key
    announced = bytes.fromhex(json.loads(bytes(last.body))["next_key"])
    if announced and keys.public_bytes(key) != announced and waiting.exists():
        key = keys.load(waiting)
        if keys.public_bytes(key) == announced:
            waiting.replace(path)
    if keys.public_bytes(key) != (announced or bytes(last.public_key)):
        raise keys.KeyRefused("this key is not the one that was announced: rotate with the key that signed last")
    return key


def anchor(folder: Path) -> int:
    """Write each missing checkpoint to `folder`, one file each; return how many.

    A folder under git gets a commit. Raises OSError or subprocess.SubprocessError; the next call retries. Raises
    ValueError when the newest file is not in the database.
    """
    newest = max(folder.glob("checkpoint-*.json"), default=None)
    anchored = json.loads(newest.read_bytes()) if newest else None
    number = int(anchored["number"]) if anchored else 0
    same = Checkpoint.objects.filter(number=number).first()
    if anchored and (same is None or bytes(same.hash).hex() != anchored["hash"]):
        raise ValueError(f"the database has not the checkpoint {number} of {folder}: it has been rolled back")
    written = 0
    for checkpoint in Checkpoint.objects.filter(number__gt=number).order_by("number").iterator():
        file = folder / f"checkpoint-{checkpoint.number:08d}.json"
        fresh = folder / f".{file.name}.part"
        with fresh.open("w") as text:
            json.dump(checkpoint.as_anchor(), text, indent=1)
            text.flush()
            os.fsync(text.fileno())
        fresh.replace(file)
        written += 1
    if written and (folder / ".git").exists():
        _commit(folder, f"{written} checkpoints")
    return written


def _commit(folder: Path, message: str) -> None:
    name = ["-c", "user.name=Ouvrage notary", "-c", "user.email=notary@ouvrage.invalid", "-c", "commit.gpgsign=false"]
    for words in (["add", "--", "checkpoint-*.json"], [*name, "commit", "--quiet", "-m", message]):
        subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, timeout=30)


def sign_and_anchor(path: Path, folder: Path | None) -> Checkpoint | None:
    """Sign, then copy to `folder`. A failed copy is logged as an error and never loses the checkpoint."""
    made = sign(path)
    if folder:
        try:
            anchor(folder)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            logger.error("CHECKPOINTS ARE NOT ANCHORED OUTSIDE THE DATABASE: %s", error)
    return made
