"""Bundles to verify outside the database: receipts, proofs of a decision, ledger exports.

tools/verify_ledger.py reads all three.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.acts import one_snapshot
from core.record.sealing import SealedModel
from governance.decide.decisions.models import Decision
from governance.record.notary.models import Checkpoint, Timestamp
from governance.record.verification.contents import entries, entry, sealed_models, with_what_is_sealed
from governance.record.verification.rows import list_rows, list_seals, project_codes
from projects.enums import Level
from projects.ledger.enums import Act
from projects.ledger.services import instant
from projects.models import LedgerEvent, Project
from projects.people.credentials.models import Credential

FORMAT, VERSION = "ouvrage.ledger", "3"
HOW = (
    "Run `python3 verify_ledger.py FILE` with tools/verify_ledger.py of Ouvrage: it needs Python 3.11 and, for "
    "signatures, the package cryptography, and no connection. Give it --key with the public key that the notary "
    "published, and --anchor or --receipt with what you have kept yourself. Or select the file on the page "
    '"Verify a proof" of any Ouvrage.'
)
LATEST = 2
#: Place of the entry that gave a passkey, in the bytes of the event that it signed.
KEY_ENTRY = re.compile(rb'"key_entry":"([1-9][0-9]*):')


def build_receipt(event: LedgerEvent) -> dict[str, Any]:
    """Return the receipt of an event: its hash, and the current head of its chain.

    `checkpoint` is the first one that covers the event, or None.
    """
    return _receipt(event, *event.project.events.order_by("-seq").values_list("seq", "hash")[0])


def _receipt(event: LedgerEvent, head_seq: int, head: Any) -> dict[str, Any]:
    later = Checkpoint.objects.filter(made_at__gte=event.recorded_at).order_by("number")[:3]
    made = next((checkpoint for checkpoint in later if checkpoint.covers(event.project_id, event.seq)), None)
    return {
        "project": str(event.project_id),
        "code": event.project.code,
        "seq": str(event.seq),
        "hash": bytes(event.hash).hex(),
        "head_seq": str(head_seq),
        "head": bytes(head).hex(),
        "checkpoint": {"number": str(made.number), "hash": bytes(made.hash).hex()} if made else None,
    }


def build_proof(decision: Decision, event: LedgerEvent) -> dict[str, Any]:
    """Return the proof that `decision` stands as `event` recorded it.

    It holds the chain of the project, the contents of the decided file, the fingerprints of its stored records, the
    checkpoints that announce a key, the newest one, those with the time stamps next after the decision and newest, and
    the entries that gave the passkeys of its signatures.
    Read `decision` by `with_what_is_sealed`, with its project, in the same `one_snapshot`: a record that the worker
    stores meanwhile would have no event.
    """
    events = list(_events(event.project_id))
    revision = decision.revision
    sealed: list[SealedModel] = [revision, *revision.opinions.all(), decision, *decision.conditions.all()]
    if hasattr(revision, "binding_opinion"):
        sealed.append(revision.binding_opinion)
    sealed += decision.record_files.kept().order_by("pk")
    stamps = _list_stamps(event)
    numbers = Checkpoint.objects.order_by("-number").values("number")[:LATEST]
    stamped = [stamp.checkpoint_id for stamp in stamps]
    chosen = Q(number__in=numbers) | Q(announces=True) | Q(pk__in=stamped)
    checkpoints = Checkpoint.objects.filter(chosen).order_by("number")
    return {
        **_head(whole=False, contents_of="one decision"),
        "decision": {"id": str(decision.pk), "reference": decision.reference},
        "receipt": _receipt(event, len(events), events[-1][1]),
        "projects": [
            {
                "project": str(event.project_id),
                "code": event.project.code,
                "events": [_event(body, digest) for body, digest in events],
            }
        ],
        "contents": entries(sealed),
        "attachments": revision.attachments,
        "checkpoints": [checkpoint.as_anchor([event.project_id]) for checkpoint in checkpoints],
        "timestamps": [stamp.as_told() for stamp in stamps],
        "keys": _list_keys({place for body, _digest in events for place in _name_keys(body)}),
    }


def _name_keys(body: Any) -> set[int]:
    """Return the place of the entry that gave the passkey of a signed event; none of another event."""
    return {int(named[1]) for named in KEY_ENTRY.finditer(bytes(body))}


def _list_keys(places: set[int]) -> list[dict[str, str]]:
    """List the entries on the passkeys that those at these places of the organisation's chain gave."""
    return [_event(body, digest) for body, digest in list_key_entries(places)]


def list_key_entries(places: set[int]) -> list[tuple[Any, Any]]:
    """List bytes and hash of these entries of the organisation's chain, and of those that ended the same passkeys.

    No query without any.
    """
    if not places:
        return []
    of_organisation = LedgerEvent.objects.filter(project__level=Level.ORGANISATION)
    given = of_organisation.filter(seq__in=places)
    ended = Q(act=Act.END_CREDENTIAL, subject=Credential._meta.label_lower, subject_id__in=given.values("subject_id"))
    told = of_organisation.filter(Q(seq__in=places) | ended).order_by("seq")
    return list(told.values_list("body", "hash"))


def _list_stamps(event: LedgerEvent) -> list[Timestamp]:
    """List the first time stamp of a checkpoint that covers an event, and the newest one."""
    later = Timestamp.objects.filter(checkpoint__made_at__gte=event.recorded_at)
    first = later.order_by("checkpoint__number").values("pk")[:3]
    newest = later.order_by("-checkpoint__number").values("pk")[:1]
    chosen = Timestamp.objects.filter(Q(pk__in=first) | Q(pk__in=newest)).select_related("checkpoint")
    stamps = list(chosen.order_by("checkpoint__number"))
    covering = [stamp for stamp in stamps if stamp.checkpoint.covers(event.project_id, event.seq)]
    return [*covering[:1], *covering[1:][-1:]]


def export(projects: QuerySet[Project], *, whole: bool, contents: bool) -> Iterator[str]:
    """Yield the ledger of `projects` as one JSON document in chunks; with `contents`, also sealed texts and rows.

    Rows that projects share, such as accounts, are in a whole export only.
    """
    keys: set[int] = set()

    def read_events(number: int) -> Iterator[dict[str, str]]:
        for body, digest in _events(number):
            keys.update(_name_keys(body))
            yield _event(body, digest)

    with one_snapshot():
        head = json.dumps(_head(whole=whole, contents_of="all" if contents else "none"), ensure_ascii=False)
        yield head[:-1] + ', "projects": [\n'
        codes = project_codes() if whole else dict(projects.values_list("pk", "code"))
        for place, (number, code) in enumerate(sorted(codes.items())):
            opening = {"project": str(number), "code": code}
            yield (",\n" if place else "") + json.dumps(opening)[:-1] + ', "events": [\n'
            yield from _listed(read_events(number))
            yield '], "seals": [\n'
            yield from _listed(list_seals(number))
            yield "]}"
        yield '],\n"shared": [\n'
        yield from _listed(list_seals(0))
        yield '],\n"contents": [\n'
        if contents:
            yield from _listed(entry(row) for row in _sealed_rows(projects))
        yield '],\n"rows": [\n'
        if contents:
            yield from _listed(list_rows(None if whole else list(projects.values_list("pk", flat=True))))
        yield '],\n"checkpoints": [\n'
        signed = Checkpoint.objects.order_by("number").iterator(chunk_size=100)
        opened = None if whole else set(projects.values_list("pk", flat=True))
        yield from _listed(checkpoint.as_anchor(opened) for checkpoint in signed)
        yield '],\n"timestamps": [\n'
        stamps = Timestamp.objects.select_related("checkpoint").defer("checkpoint__openings", "checkpoint__body")
        yield from _listed(stamp.as_told() for stamp in stamps.order_by("checkpoint_id").iterator(chunk_size=100))
        yield '],\n"keys": [\n'
        yield from _listed(() if whole else _list_keys(keys))
        yield "]}\n"


def _head(*, whole: bool, contents_of: str) -> dict[str, str]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": instant(timezone.now()),
        "whole": "yes" if whole else "no",
        "contents_of": contents_of,
        "how_to_verify": HOW,
    }


def _events(project: int) -> Iterable[tuple[Any, Any]]:
    events = LedgerEvent.objects.filter(project=project).order_by("seq")
    return events.values_list("body", "hash").iterator(chunk_size=2000)


def _event(body: Any, digest: Any) -> dict[str, str]:
    return {"body": base64.b64encode(body).decode(), "hash": bytes(digest).hex()}


def _sealed_rows(projects: QuerySet[Project]) -> Iterator[Any]:
    for model, path in sealed_models().items():
        rows = with_what_is_sealed(model).filter(**{f"{path}__in": projects.values("pk")})
        yield from rows.order_by("pk").iterator(chunk_size=500)


def _listed(rows: Iterable[Any]) -> Iterator[str]:
    for place, row in enumerate(rows):
        yield (",\n" if place else "") + json.dumps(row, ensure_ascii=False)
