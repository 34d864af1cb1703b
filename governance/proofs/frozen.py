"""What was frozen for the owner, against its fingerprint: a decision names it by number and hash (R4)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from governance.models import LedgerEvent
from projects.models import (
    AcceptanceCampaign,
    ChangePlan,
    Matrix,
    Project,
    RequirementBaseline,
    RequirementVersion,
    SuccessCriteriaSet,
)
from projects.requirements.models import hash_of
from roles.sealing import content_hash

CHUNK = 500


@dataclass(frozen=True)
class Frozen:
    """A kind of row that is frozen, the fingerprint it should have, and under which name an event tells it."""

    model: Any
    fingerprint: Callable[[Any], str]
    fact: str = "hash"


def _of_baseline(baseline: RequirementBaseline) -> str:
    return hash_of(baseline.number, list(baseline.versions.values_list("content__code", "number", "hash")))


FROZEN = (
    Frozen(Matrix, lambda row: content_hash({"content": row.content, "powers": row.powers}), "content"),
    Frozen(RequirementBaseline, _of_baseline),
    Frozen(AcceptanceCampaign, lambda row: content_hash(row.report)),
    Frozen(ChangePlan, lambda row: content_hash({"number": str(row.number), "content": row.content})),
    Frozen(SuccessCriteriaSet, lambda row: content_hash({"number": str(row.number), "content": row.content})),
)


def altered(project: Project) -> Iterator[str]:
    """One sentence for each frozen row of `project` that is not what its fingerprint or its event says."""
    versions = RequirementVersion.objects.filter(project=project).order_by("pk")
    for version in versions.iterator(chunk_size=CHUNK):
        if version.seal() != version.hash:
            yield f"{version._meta.label_lower} {version.pk} does not match its fingerprint"
    for kind in FROZEN:
        told = _told(project, kind)
        frozen = kind.model.objects.filter(project=project).exclude(hash="").order_by("pk")
        for row in frozen.iterator(chunk_size=CHUNK):
            if kind.fingerprint(row) != row.hash:
                yield f"{row._meta.label_lower} {row.pk} does not match its fingerprint"
            if told.get(row.pk) != [row.hash]:
                yield f"{row._meta.label_lower} {row.pk} is not what one event tells"


def _told(project: Project, kind: Frozen) -> dict[int, list[str]]:
    """The fingerprints that the chain tells, by the number of the row."""
    events = LedgerEvent.objects.filter(project=project, subject=kind.model._meta.label_lower).order_by("seq")
    found: dict[int, list[str]] = {}
    for number, body in events.values_list("subject_id", "body").iterator(chunk_size=CHUNK):
        facts = json.loads(bytes(body))["facts"]
        if kind.fact in facts:
            found.setdefault(number, []).append(facts[kind.fact])
    return found
