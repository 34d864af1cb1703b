"""Verify the ledger in the database: tools/verify_ledger.py on the rows, plus checks only the database allows.

These are: every record has its event, columns equal bytes, histories and seats agree.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core.acts import one_snapshot
from core.guards import ActModel
from core.sealing import SealedModel, content_hash
from governance.decisions.models import Condition, Decision, SealBreak
from governance.enums import ConditionState
from governance.notary.models import Checkpoint
from governance.opinions.models import BindingOpinion, Opinion
from governance.proposals.models import Proposal, ProposalDraft, ProposalRevision
from governance.records.models import RecordFile
from governance.verification import registry
from governance.verification.contents import content_of, effects_of, sealed_model, with_what_is_sealed
from governance.verification.frozen_sets import list_alterations
from governance.verification.models import Verification
from projects.ledger.enums import Act
from projects.ledger.services import instant
from projects.mandates.signing_power import active_accounts
from projects.models import Delegation, DocumentVersion, Interest, LedgerEvent, Mandate, Project
from roles.models import User
from tools.verify_ledger import (
    ALTERED,
    CONDITION,
    DECISION,
    ERASED,
    INTEREST,
    SEALED_BY,
    SETTLING,
    UNVERIFIABLE,
    Chain,
    Checkpoints,
    Place,
    Report,
    Seat,
    Seen,
    Signature,
    Signed,
    judge_content,
    judge_effects,
    judge_file,
    judge_lapse,
    seal,
    seal_in,
)

logger = logging.getLogger(__name__)
CHUNK = 1000
COLUMNS = (
    "seq",
    "prev",
    "hash",
    "body",
    "act",
    "actor_id",
    "actor__key",
    "role",
    "proposal_id",
    "detail",
    "subject",
    "subject_id",
    "acted_at",
    "entered_afterwards",
)
#: Models of changing rows → lookup of their project; workspaces add theirs (registry.py).
CHANGING: dict[type[models.Model], str] = {
    Project: "pk",
    Mandate: "project",
    Delegation: "mandate__project",
    Proposal: "project",
    ProposalDraft: "proposal__project",
    Condition: "decision__project",
    Interest: "project",
}
#: Subjects that a single event seals → lookup of their project.
OF_PROJECT = {
    "governance.proposalrevision": "proposal__project",
    "governance.opinion": "revision__proposal__project",
    "governance.bindingopinion": "revision__proposal__project",
    "governance.decision": "project",
    "governance.recordfile": "decision__project",
    "projects.documentversion": "document__project",
}
MOST_FAULTS_KEPT = 200


def sealed_of_project() -> dict[str, str]:
    """Return the subjects sealed by a single event, with the lookup of their project, workspaces included."""
    return OF_PROJECT | {subject: sealed.project for subject, sealed in registry.SEALED.items()}


def verify(
    project: Project | None = None, anchors: Sequence[Signed] = (), step: Callable[[int], None] = lambda n: None
) -> Report:
    """Verify one chain, or all, in one snapshot; `step` receives the number of events done."""
    report = Report()
    seen = Seen(report)
    with one_snapshot():
        _verify_checkpoints(report, seen, anchors)
        projects = Project.objects.filter(pk=project.pk) if project else Project.objects.all()
        met = []
        for chained in projects.order_by("pk"):
            met.append(str(chained.pk))
            _verify_chain(chained, Chain(str(chained.pk), chained.code, report, seen, {}), step)
            _verify_rows(chained, report)
        if project is None:
            seen.absent(met, whole=True)
    report.finish()
    return report


def verify_and_keep(
    project: Project | None = None, anchors: Sequence[Signed] = (), step: Callable[[int], None] = lambda n: None
) -> tuple[Report, Verification]:
    """Verify and store the result; an interrupted run is stored as "cannot verify"."""
    began = time.monotonic()
    try:
        report = verify(project, anchors, step)
    except Exception as error:
        logger.exception("The verification of the ledger stopped")
        report = Report()
        report.add(UNVERIFIABLE, "", f"the verification stopped: {type(error).__name__}: {error}")
    first_bad = report.first_bad
    everywhere = [fault for fault in report.faults if not fault.place.project]

    def result_of(code: str) -> int:
        own = [fault for fault in report.faults if fault.place.project == code]
        return Report(faults=[*own, *everywhere]).result

    run = Verification.objects.create(
        project=project,
        heads={
            number: {
                "code": code,
                "seq": seq,
                "head": head,
                "result": result_of(code),
                "first_bad": first_bad[code].place.seq if code in first_bad else 0,
            }
            for number, (code, seq, head) in report.chains.items()
        },
        events=report.events,
        result=report.result,
        faults=[str(fault) for fault in report.faults[:MOST_FAULTS_KEPT]],
        fault_count=len(report.faults),
        seconds=round(time.monotonic() - began, 3),
    )
    return report, run


def _verify_checkpoints(report: Report, seen: Seen, anchors: Sequence[Signed]) -> None:
    line = Checkpoints(report, seen, {anchor.public_key for anchor in anchors}, whole=True)
    for checkpoint in Checkpoint.objects.order_by("number").iterator(chunk_size=100):
        line.add(
            Signed(
                bytes(checkpoint.body),
                bytes(checkpoint.hash).hex(),
                bytes(checkpoint.signature).hex(),
                bytes(checkpoint.public_key).hex(),
                checkpoint.openings,
            )
        )
    for anchor in anchors:
        line.anchor(anchor)
    if line.last:
        line.finish()


# — a chain and its rows —


def _verify_chain(project: Project, chain: Chain, step: Callable[[int], None]) -> None:
    events = LedgerEvent.objects.filter(project=project).order_by("seq").values(*COLUMNS)
    for chunk in batched(events.iterator(chunk_size=CHUNK), CHUNK, strict=False):
        rows = _load_rows(chunk, chain.report)
        chain.terms = {
            row.revision_hash: (row.revision.proposal.kind, row.revision.plain_content()["amount"])
            for row in rows.values()
            if isinstance(row, Decision)
        }
        for event in chunk:
            body = chain.add(bytes(event["body"]), bytes(event["hash"]).hex())
            if body is None:
                continue
            place = chain.place(body)
            _compare_columns(chain.report, place, event, body)
            if seal_in(body) is not None and body["subject"] not in SETTLING:
                row = rows.get((body["subject"], body["subject_id"]))
                judge_content(chain.report, place, body, content_of(row) if row else None)
                if row:
                    _compare_row(chain.report, place, event, body, row)
        step(len(chunk))
    _judge_ends_by_others(chain)
    chain.finish()
    _compare_seats(project, chain)


def _load_rows(chunk: Iterable[dict[str, Any]], report: Report) -> dict[tuple[str, str], SealedModel]:
    """Return the rows sealed by these events, by subject and key, and compare their histories."""
    wanted: dict[str, list[int]] = {}
    for event in chunk:
        if event["act"] in SEALED_BY.get(event["subject"], ()):
            wanted.setdefault(event["subject"], []).append(event["subject_id"])
    rows_by_key: dict[tuple[str, str], SealedModel] = {}
    for subject, numbers in wanted.items():
        model = sealed_model(subject)
        rows = list(with_what_is_sealed(model).filter(pk__in=numbers).order_by("pk"))
        _compare_histories(report, model, rows, once=True)
        rows_by_key |= {(subject, str(row.pk)): row for row in rows}
    return rows_by_key


def _compare_columns(report: Report, place: Place, event: dict[str, Any], body: dict[str, Any]) -> None:
    """Compare the columns of an event with its bytes."""
    actor = event["actor_id"] if body["version"] == "1" else event["actor__key"]
    recorded = {
        "seq": str(event["seq"]),
        "prev": bytes(event["prev"]).hex(),
        "act": event["act"],
        "actor": str(actor),
        "role": event["role"],
        "proposal": str(event["proposal_id"] or ""),
        "detail": event["detail"],
        "subject": event["subject"],
        "subject_id": str(event["subject_id"]),
        "at": instant(event["acted_at"]),
    }
    differing = [name for name, value in recorded.items() if body[name] != value]
    if body["version"] != "1" and bool(body["entered"]) != event["entered_afterwards"]:
        differing.append("entered")
    if differing:
        report.add(ALTERED, place, f"its columns do not say what its bytes say ({', '.join(differing)})")


def _compare_row(report: Report, place: Place, event: dict[str, Any], body: dict[str, Any], row: SealedModel) -> None:
    """Compare a row with its event: actor, moment, and the facts it rests on."""
    facts = body["facts"]
    pairs: dict[str, tuple[Any, Any]] = {}
    if isinstance(row, ProposalRevision):
        pairs = {
            "hash": (row.hash, body["facts"].get("content")),
            "number": (str(row.number), event["detail"]),
            "submitted_by": (row.submitted_by_id, event["actor_id"]),
            "proposal": (row.proposal_id, event["proposal_id"]),
        }
    elif isinstance(row, Opinion):
        pairs = {
            "adviser": (row.adviser_id, event["actor_id"]),
            "position": (row.position, event["detail"]),
            "role": (row.role, event["role"]),
            "revision": (row.revision.hash, facts.get("revision")),
        }
    elif isinstance(row, BindingOpinion):
        pairs = {
            "noted_by": (row.noted_by_id, event["actor_id"]),
            "revision": (row.revision.hash, facts.get("revision")),
        }
    elif isinstance(row, Decision):
        pairs = {
            "decided_by": (row.decided_by_id, event["actor_id"]),
            "outcome": (row.outcome, event["detail"]),
            "proposal": (row.proposal_id, event["proposal_id"]),
            "project": (str(row.project_id), body["project"]),
            "revision_hash": (row.revision_hash, facts.get("revision")),
            "revision": (row.revision_hash, row.revision.hash),
            "mandate": (str(row.mandate_id), facts.get("mandate")),
            "delegation": (str(row.delegation_id or ""), facts.get("delegation")),
            "seen": (content_hash(row.seen) if row.seen else None, facts.get("seen")),
        }
        pairs["seat"] = (_entitled_signer(row), event["actor_id"])
        judge_file(report, place, {"salt": row.salt, "file": row.file}, _build_current_file(row))
    elif isinstance(row, DocumentVersion):
        pairs = {
            "added_by": (row.added_by_id, event["actor_id"]),
            "sha256": (row.sha256, facts.get("sha256")),
            "number": (str(row.number), facts.get("version")),
            "document": (str(row.document_id), facts.get("document")),
        }
    elif body["subject"] in registry.SEALED:
        pairs = registry.SEALED[body["subject"]].pairs(row, event["actor_id"], facts)
    if isinstance(row, ActModel):
        pairs["acted_at"] = (row.acted_at, event["acted_at"])
    if differing := [name for name, (stored, recorded) in pairs.items() if stored != recorded]:
        report.add(ALTERED, place, f"{body['subject']} {row.pk} does not say what it says ({', '.join(differing)})")


def _entitled_signer(decision: Decision) -> int | None:
    """Return the account entitled to sign at that time under the mandate or delegation, by the rows (R1)."""
    mandate, delegation, at = decision.mandate, decision.delegation, decision.acted_at
    if mandate.project_id != decision.project_id or not mandate.decides or at not in mandate.period:
        return None
    if delegation is None:
        return mandate.holder_id
    signed = delegation.mandate_id == mandate.pk and at in delegation.period
    return delegation.delegate_id if signed else None


def _build_current_file(decision: Decision) -> dict[str, str]:
    """Return the items before the signatory with their current fingerprints."""
    revision = decision.revision
    now = {"revision": seal(content_of(revision))} if revision.salt != ERASED else {}
    now |= {f"document:{file['document']}": file["sha256"] for file in revision.attachments}
    now |= {
        f"opinion:{opinion.role}": _seal_of(opinion) for opinion in revision.opinions.all() if opinion.salt != ERASED
    }
    binding = getattr(revision, "binding_opinion", None)
    return now | ({"binding": _seal_of(binding)} if binding and binding.salt != ERASED else {})


def _seal_of(row: Opinion | BindingOpinion) -> str:
    """Compute the seal a decision stores; equals `row.seal()` except for rows in the first format."""
    return seal({"salt": row.salt, **row.sealed_content()})


def _judge_ends_by_others(chain: Chain) -> None:
    """Judge ends of an owner's mandate by somebody else: the owner's account was closed then (R1)."""
    for place, holder, at in chain.by_others:
        account = User.objects.filter(key=holder).first()
        if account is None or active_accounts([account.pk], datetime.fromisoformat(at)):
            chain.report.add(ALTERED, place, "it ends the mandate of an owner whose account was open (R1)")
    chain.by_others.clear()


def _compare_seats(project: Project, chain: Chain) -> None:
    """Compare mandates and delegations with the chain, where it records them."""
    for mandate in Mandate.objects.filter(project=project).select_related("holder", "ended_by").order_by("pk"):
        key = str(mandate.pk)
        seat = chain.seats.get(key)
        stored = Seat(str(mandate.holder.key), mandate.authority, *_format_period(mandate.period))
        ended_by = mandate.ended_by
        names = {str(ended_by.key), str(ended_by.pk)} if ended_by else {""}
        if key not in chain.seats or (seat and seat != stored) or chain.ended_by.get(key, "") not in names:
            chain.report.add(ALTERED, _place_of(project), f"mandate {key} is not as the chain tells it")
    for delegation in Delegation.objects.filter(mandate__project=project).select_related("delegate").order_by("pk"):
        key = str(delegation.pk)
        signature = chain.signatures.get(key)
        signed = Signature(
            str(delegation.mandate_id),
            str(delegation.delegate.key),
            frozenset(delegation.kinds),
            "" if delegation.cap is None else f"{delegation.cap:.2f}",
            *_format_period(delegation.period),
        )
        if key not in chain.signatures or (signature and signature != signed):
            chain.report.add(ALTERED, _place_of(project), f"delegation {key} is not as the chain tells it")


def _format_period(period: Any) -> tuple[str, str]:
    return instant(period.lower), instant(period.upper) if period.upper else ""


def _place_of(project: Project) -> Place:
    return Place(f"project {project.code}", project.code)


# — rows without an event, and changing rows —


def _verify_rows(project: Project, report: Report) -> None:
    for subject, path in sealed_of_project().items():
        _ensure_one_event_each(
            project, report, sealed_model(subject)._default_manager.filter(**{path: project}), subject
        )
    _compare_bytes(project, report)
    _compare_breaks(project, report)
    for sentence in list_alterations(project):
        report.add(ALTERED, _place_of(project), sentence)
    decisions = Decision.objects.filter(project=project).prefetch_related("effects", "conditions").order_by("pk")
    for some in batched(decisions.iterator(chunk_size=CHUNK), CHUNK, strict=False):
        _compare_effects(project, report, some)
    for model, path in (CHANGING | registry.CHANGING).items():
        rows = with_what_is_sealed(Condition) if model is Condition else model._default_manager.all()
        of_project = rows.filter(**{path: project.pk}).order_by("pk")
        for chunk in batched(of_project.iterator(chunk_size=CHUNK), CHUNK, strict=False):
            _compare_histories(report, model, chunk, once=False)
            if model is Condition:
                _compare_conditions(project, report, chunk)
            if model is Interest:
                _compare_ties(project, report, chunk)


def _ensure_one_event_each(project: Project, report: Report, rows: models.QuerySet[Any], subject: str) -> None:
    events = (
        LedgerEvent.objects.filter(
            subject=subject, subject_id=OuterRef("pk"), act__in=SEALED_BY[subject], project=project
        )
        .order_by()
        .values("subject_id")
        .annotate(times=Count("pk"))
        .values("times")
    )
    counted = rows.annotate(times=Coalesce(Subquery(events), 0)).exclude(times=1)
    for number, times in counted.order_by("pk").values_list("pk", "times"):
        report.add(ALTERED, _place_of(project), f"{subject} {number} has {times} events, not one")


def _compare_bytes(project: Project, report: Report) -> None:
    """Compare the bytes of each document version and stored record with their sealed hash."""
    versions = DocumentVersion.objects.defer(None).filter(document__project=project).order_by("pk")
    for version in versions.iterator(chunk_size=10):
        if version.salt != ERASED and hashlib.sha256(version.content).hexdigest() != version.sha256:
            which = f"document {version.document_id}, version {version.number}"
            report.add(ALTERED, _place_of(project), f"{which}: its bytes do not match its hash")
    records = RecordFile.objects.kept().defer(None).filter(decision__project=project).order_by("pk")
    for file in records.iterator(chunk_size=10):
        if hashlib.sha256(file.content).hexdigest() != file.sha256:
            report.add(ALTERED, _place_of(project), f"stored record {file.pk}: its bytes do not match its hash")


def _compare_breaks(project: Project, report: Report) -> None:
    """Compare each seal break with its event."""
    breaks = SealBreak.objects.filter(decision__project=project).order_by("pk")
    events = {
        event.subject_id: json.loads(bytes(event.body))["facts"]
        for event in LedgerEvent.objects.filter(
            project=project, subject=SealBreak._meta.label_lower, act=Act.BREAK_SEAL
        )
    }
    for change in breaks.iterator(chunk_size=CHUNK):
        facts = events.get(change.pk, {})
        stored = {"decision": str(change.decision_id), "before": change.before, "after": change.after}
        if {name: facts.get(name) for name in stored} != stored:
            report.add(
                ALTERED, _place_of(project), f"the change {change.pk} of what was sealed is not what its event tells"
            )


def _compare_effects(project: Project, report: Report, decisions: Sequence[Decision]) -> None:
    """Compare the effects of each decision with the event that records them.

    It is the decision's own event, or that of its last condition settled.
    """
    of = {(DECISION, decision.pk): decision for decision in decisions}
    of |= {(CONDITION, condition.pk): decision for decision in decisions for condition in decision.conditions.all()}
    recorded: dict[int, tuple[Place, str]] = {}
    about = Q(subject=DECISION, subject_id__in=[pk for subject, pk in of if subject == DECISION])
    about |= Q(subject=CONDITION, subject_id__in=[pk for subject, pk in of if subject == CONDITION])
    for event in LedgerEvent.objects.filter(about, project=project).order_by("seq"):
        facts = json.loads(bytes(event.body))["facts"]
        if "effects" in facts:
            place = Place(f"project {project.code}, event {event.seq}", project.code, event.seq)
            decision = of[event.subject, event.subject_id]
            if facts["effects"] or decision.pk not in recorded:
                recorded[decision.pk] = (place, facts["effects"])
    for decision in decisions:
        if decision.pk in recorded:
            place, digest = recorded[decision.pk]
            judge_effects(report, place, decision.salt, effects_of(decision), digest)
        elif decision.salt and decision.effects.all():
            report.add(ALTERED, _place_of(project), f"no event tells what {DECISION} {decision.pk} changed")


def _compare_ties(project: Project, report: Report, ties: Sequence[Interest]) -> None:
    """Compare each declared tie with its last event: declared by its person, settled by the one it names."""
    events = LedgerEvent.objects.filter(project=project, subject=INTEREST, subject_id__in=[tie.pk for tie in ties])
    last = {event.subject_id: event for event in events.order_by("subject_id", "-seq").distinct("subject_id")}
    for tie in ties:
        event = last.get(tie.pk)
        if event is None:
            report.add(ALTERED, _place_of(project), f"{INTEREST} {tie.pk} has no event")
            continue
        place = Place(f"project {project.code}, event {event.seq}", project.code, event.seq)
        judge_content(report, place, json.loads(bytes(event.body)), content_of(tie))
        if event.actor_id != (tie.ruled_by_id or tie.person_id):
            report.add(ALTERED, place, f"{INTEREST} {tie.pk} is not by who it names")


def _compare_conditions(project: Project, report: Report, conditions: Sequence[Condition]) -> None:
    """Compare each condition with its last event; without an event it must be as its decision set it."""
    events = LedgerEvent.objects.filter(subject=CONDITION, subject_id__in=[row.pk for row in conditions])
    last = {event.subject_id: event for event in events.order_by("subject_id", "-seq").distinct("subject_id")}
    for condition in conditions:
        event = last.get(condition.pk)
        if event is None:
            if condition.state != ConditionState.OPEN or condition.proof or condition.lifted_by_id:
                report.add(ALTERED, _place_of(project), f"condition {condition.pk} was settled without an event")
            continue
        body = json.loads(bytes(event.body))
        place = Place(f"project {project.code}, event {event.seq}", project.code, event.seq)
        if seal_in(body) is not None:
            judge_content(report, place, body, content_of(condition))
            by = condition.proved_by_id if event.act == Act.PROVE else condition.lifted_by_id
            if event.act == Act.LAPSE:
                by = condition.decision.decided_by_id
                sealed = [other.as_set() for other in condition.decision.conditions.all()]
                judge_lapse(report, place, body, content_of(condition), sealed)
            if by != event.actor_id:
                report.add(ALTERED, place, f"condition {condition.pk} was not settled by who it names")


def _compare_histories(report: Report, model: type[models.Model], rows: Sequence[Any], *, once: bool) -> None:
    """Compare each row with the end of its history; a row that never changes has one version."""
    if not hasattr(model, "history"):
        return
    history = model.history.model
    names = [field.attname for field in history._meta.concrete_fields if not field.name.startswith("history_")]
    key = model._meta.pk.attname
    past = history._default_manager.filter(**{f"{key}__in": [row.pk for row in rows]}).order_by(key, "-history_id")
    versions: dict[Any, list[tuple[Any, ...]]] = {}
    for number, *values in (past if once else past.distinct(key)).values_list(key, *names):
        versions.setdefault(number, []).append(tuple(values))
    for row in rows:
        if versions.get(row.pk) != [tuple(getattr(row, name) for name in names)]:
            report.add(ALTERED, "", f"{model._meta.label_lower} {row.pk}: its history is not that of the row")
