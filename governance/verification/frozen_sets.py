"""Check frozen rows against their fingerprints: a decision names them by number and hash (R4)."""

import json
from collections.abc import Iterator

from core.sealing import content_hash
from governance.verification import registry
from governance.verification.registry import Frozen
from projects.models import LedgerEvent, Matrix, Project

CHUNK = 500
MATRIX = Frozen(Matrix, lambda row: content_hash({"content": row.content, "powers": row.powers}), "content")


def list_alterations(project: Project) -> Iterator[str]:
    """Yield one sentence for each frozen row of `project` that differs from its fingerprint or event."""
    for kind in (MATRIX, *registry.FROZEN):
        recorded = _read_fingerprints(project, kind) if kind.fact else {}
        frozen = kind.model.objects.filter(project=project).exclude(hash="").order_by("pk")
        for row in frozen.iterator(chunk_size=CHUNK):
            if kind.fingerprint(row) != row.hash:
                yield f"{row._meta.label_lower} {row.pk} does not match its fingerprint"
            if kind.fact and recorded.get(row.pk) != [row.hash]:
                yield f"{row._meta.label_lower} {row.pk} is not what one event tells"


def _read_fingerprints(project: Project, kind: Frozen) -> dict[int, list[str]]:
    """Return the fingerprints in the chain by row key."""
    events = LedgerEvent.objects.filter(project=project, subject=kind.model._meta.label_lower).order_by("seq")
    fingerprints: dict[int, list[str]] = {}
    for number, body in events.values_list("subject_id", "body").iterator(chunk_size=CHUNK):
        facts = json.loads(bytes(body))["facts"]
        if kind.fact in facts:
            fingerprints.setdefault(number, []).append(facts[kind.fact])
    return fingerprints
