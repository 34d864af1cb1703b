"""Verify the ledger in the database: tools/verify_ledger.py on the chains, and each row against its seal.

The chains of the projects and the tables of their rows are verified one after the other, or by several processes that
read the same snapshot.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from itertools import batched
from multiprocessing import get_context
from operator import itemgetter
from typing import Any

import django
from cryptography.x509 import Certificate
from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from core.acts import one_snapshot
from governance.decide.decisions.models import Condition, Decision
from governance.enums import Act, ConditionState
from governance.record.erasure.models import Erasure
from governance.record.notary.models import Checkpoint, Timestamp
from governance.record.notary.timestamps import list_trusted
from governance.record.verification import contents
from governance.record.verification.bundles import list_key_entries
from governance.record.verification.contents import content_of, load_contents, read_contents, with_what_is_sealed
from governance.record.verification.models import Verification
from governance.record.verification.passkeys import verify_factors
from governance.record.verification.rows import project_codes, verify_rows, verify_seals
from projects.ledger.row_seals import Layouts, read_layouts, sealed_models
from projects.ledger.services import instant
from projects.models import LedgerEvent, Project
from projects.seats.mandates.signing_power import active_accounts
from roles.models import User
from tools.verify_ledger import (
    ALTERED,
    CONDITION,
    DECISION,
    KEY_ENTRY,
    SETTLING,
    SIGNED_ACTS,
    UNVERIFIABLE,
    Chain,
    Checkpoints,
    Fault,
    Place,
    Report,
    SealRange,
    Seen,
    Signed,
    Terms,
    Unheard,
    amounts_in,
    judge_confirmation,
    judge_content,
    judge_keys,
    judge_lapse,
    judge_statement,
    judge_timestamps,
    read_key_entry,
    seal_in,
    unheard_in,
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
#: Fields of the bytes of an event that repeat its columns.
TOLD = ("seq", "prev", "act", "actor", "role", "proposal", "detail", "subject", "subject_id", "at")
_get_told = itemgetter(*TOLD)
MOST_FAULTS_KEPT = 200
type Step = Callable[[int], None]


def _no_step(_count: int) -> None:
    """Show no progress."""


def verify(
    project: Project | None = None,
    anchors: Sequence[Signed] = (),
    step: Step = _no_step,
    jobs: int = 1,
    authorities: Sequence[Certificate] | None = None,
) -> Report:
    """Verify one chain and its rows, or all, in one snapshot; `step` receives the number of events done.

    Rows that projects share, such as accounts, are verified each time. `jobs` is the number of processes.
    `authorities` are those whose time stamps count; None: the configured ones.
    """
    report = Report()
    seen = Seen(report)
    with one_snapshot():
        trusted = list_trusted() if authorities is None else authorities
        verify_checkpoints(report, seen, anchors, trusted)
        codes = {project.pk: project.code} if project else project_codes()
        chains = None if project is None else [project.pk, 0]
        parts: list[Part] = [
            (_verify_chain, (number, code, seen.of(str(number)))) for number, code in sorted(codes.items())
        ]
        layouts = read_layouts()
        parts += [
            (_verify_table, (model._meta.label, layouts[model._meta.db_table], chains, codes))
            for model in sealed_models()
        ]
        shared: list[SealRange] = []
        for part, ranges in _each(parts, step, jobs):
            report.merge(part)
            shared += ranges
        verify_seals(report, 0, Place("rows that projects share"), shared, is_whole=project is None)
        verify_factors(report)
        if project is None:
            seen.absent(map(str, codes), whole=True)
    report.finish()
    return report


def verify_and_keep(
    project: Project | None = None,
    anchors: Sequence[Signed] = (),
    step: Step = _no_step,
    jobs: int = 1,
    authorities: Sequence[Certificate] | None = None,
) -> tuple[Report, Verification]:
    """Verify and store the result; an interrupted run is stored as "cannot verify"."""
    began = time.monotonic()
    try:
        report = verify(project, anchors, step, jobs, authorities)
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


def verify_checkpoints(report: Report, seen: Seen, anchors: Sequence[Signed], trusted: Sequence[Certificate]) -> None:
    """Verify the checkpoints, and their time stamps by `trusted` authorities."""
    numbers: dict[int, int] = {}
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
        numbers[checkpoint.pk] = checkpoint.number
        number = line.last and line.last["number"], line.last and line.last["made_at"]
        if line.last and number != (str(checkpoint.number), instant(checkpoint.made_at)):
            report.add(ALTERED, f"checkpoint {checkpoint.number}", "its columns do not say what its bytes say")
    for anchor in anchors:
        line.anchor(anchor)
    if line.last:
        line.finish()
    stamps = Timestamp.objects.order_by("checkpoint_id").values_list("checkpoint_id", "token").iterator(chunk_size=100)
    tokens = ((str(numbers.get(checkpoint, "that is gone")), bytes(token)) for checkpoint, token in stamps)
    judge_timestamps(report, tokens, line, trusted)


# — the parts, in this process or in several —

type Part = tuple[Callable[..., tuple[Report, list[SealRange]]], tuple[Any, ...]]


def _each(parts: list[Part], step: Step, jobs: int) -> Iterator[tuple[Report, list[SealRange]]]:
    """Yield the result of each part."""
    if jobs < 2:
        for verify_part, arguments in parts:
            yield verify_part(*arguments, step=step)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
    with ProcessPoolExecutor(jobs, get_context("spawn"), django.setup) as pool:
        for report, ranges in pool.map(partial(_verify_apart, snapshot), parts):
            step(report.events)
            yield report, ranges


def _verify_apart(snapshot: str, part: Part) -> tuple[Report, list[SealRange]]:
    """Verify a part in another process, which reads `snapshot` until it ends."""
    if not connection.in_atomic_block:
        transaction.atomic().__enter__()
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(
                sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)).as_string(cursor.connection)
            )
    verify_part, arguments = part
    return verify_part(*arguments)


def _verify_table(
    label: str, layouts: Layouts, chains: Sequence[int] | None, codes: dict[int, str], step: Step = _no_step
) -> tuple[Report, list[SealRange]]:
    """Verify the rows of one table."""
    report = Report()
    model = apps.get_model(label)
    verify_rows(report, model, layouts, chains, codes)
    if model in contents.sealed_models():
        contents.verify_events(report, model, chains, codes)
    return report, []


def _verify_chain(
    number: int, code: str, seen: dict[int, tuple[str, str]], step: Step = _no_step
) -> tuple[Report, list[SealRange]]:
    """Verify the chain of one project, and the seals of its rows."""
    report = Report()
    known = Seen(report)
    known.places[str(number)] = seen
    chain = Chain(str(number), code, report, known, {})
    lapsed: set[int] = set()
    #: Contents that events have sealed; of those that are settled later, the last event with its place.
    sealed: set[tuple[str, str]] = set()
    settled: dict[tuple[str, int], tuple[Place, dict[str, Any]]] = {}
    events = LedgerEvent.objects.filter(project=number).order_by("seq").values(*COLUMNS)
    for chunk in batched(events.iterator(chunk_size=CHUNK), CHUNK, strict=False):
        made = _list_subjects(chunk, DECISION, Act.DECIDE)
        chain.terms, chain.unheard = _load_made(made) if made else ({}, {})
        lapsed.update(_list_subjects(chunk, CONDITION, Act.LAPSE))
        given = load_contents(chunk)
        for event in chunk:
            body = chain.add(bytes(event["body"]), bytes(event["hash"]).hex())
            if body is None:
                continue
            if differing := _list_differing(event, body):
                what = f"its columns do not say what its bytes say ({', '.join(differing)})"
                report.add(ALTERED, chain.place(body), what)
            if seal_in(body) is None:
                continue
            key = body["subject"], body["subject_id"]
            if key[0] in SETTLING:
                settled[key[0], event["subject_id"]] = chain.place(body), body
                continue
            if key in sealed:
                report.add(ALTERED, chain.place(body), f"another event before it sealed {key[0]} {key[1]}")
            sealed.add(key)
            content = given.get(key)
            judge_content(report, chain.place(body), body, content)
            if content and body["act"] in SIGNED_ACTS:
                if body["act"] == Act.DECIDE:
                    judge_confirmation(report, chain.place(body), body, content)
                judge_statement(report, chain.place(body), body, content)
        step(len(chunk))
    _judge_settled(report, settled)
    _judge_keys(chain)
    _judge_closed_accounts(chain)
    _judge_lapses(report, number, code, lapsed)
    chain.finish()
    place = Place(f"project {code}", code)
    verify_seals(report, number, place, chain.ranges)
    erased = {key for key in report.erasures if key[0] != Erasure._meta.label_lower}
    report.emptied |= {key: Fault(ALTERED, place, "its text is gone") for key in erased - report.emptied.keys()}
    return report, chain.shared_ranges


def _judge_closed_accounts(chain: Chain) -> None:
    """Judge what rests on closed accounts: an owner's mandate ended by somebody else (R1), opinions missing (R2)."""
    for place, holder, at in chain.by_others:
        account = User.objects.filter(key=holder).first()
        if account is None or active_accounts([account.pk], datetime.fromisoformat(at)):
            chain.report.add(ALTERED, place, "it ends the mandate of an owner whose account was open (R1)")
    chain.by_others.clear()
    for place, holders, at in chain.by_closed:
        accounts = User.objects.filter(key__in=holders).values_list("pk", flat=True)
        if active_accounts(list(accounts), datetime.fromisoformat(at)):
            chain.report.add(ALTERED, place, "it says that an adviser's account was closed, and it was open (R2)")
    chain.by_closed.clear()


def _judge_lapses(report: Report, project: int, code: str, by_events: set[int]) -> None:
    """Judge the conditions of a project that have lapsed, by their events or by their rows."""
    of_project = Condition.objects.filter(decision__project=project)
    lapsed = by_events.union(of_project.filter(state=ConditionState.LAPSED).values_list("pk", flat=True))
    if not lapsed:
        return
    conditions = with_what_is_sealed(Condition).filter(decision__project=project, pk__in=lapsed)
    events = LedgerEvent.objects.filter(project=project, subject=CONDITION, subject_id__in=lapsed)
    last = events.order_by("subject_id", "-seq").distinct("subject_id")
    by_condition = {event.subject_id: event for event in last}
    for condition in conditions.prefetch_related("decision__conditions"):
        if event := by_condition.get(condition.pk):
            place = Place(f"project {code}, event {event.seq}", code, event.seq)
            sealed = [other.as_set() for other in condition.decision.conditions.all()]
            judge_lapse(report, place, json.loads(bytes(event.body)), content_of(condition), sealed)


def _list_subjects(events: Iterable[dict[str, Any]], subject: str, act: Act) -> list[int]:
    """List the subjects of the events of one act."""
    return [event["subject_id"] for event in events if event["act"] == act and event["subject"] == subject]


def _judge_settled(report: Report, settled: dict[tuple[str, int], tuple[Place, dict[str, Any]]]) -> None:
    """Judge contents that are settled later, each by the last event that seals it."""
    for subject in SETTLING:
        numbers = [number for about, number in settled if about == subject]
        given = dict(read_contents(subject, numbers)) if numbers else {}
        for number in numbers:
            place, event = settled[subject, number]
            judge_content(report, place, event, given.get((subject, str(number))))


def _load_made(made: list[int]) -> tuple[Terms, Unheard]:
    """Return the terms that delegates decided on, and what these decisions say of opinions they did not wait for."""
    told = list(Decision.objects.filter(pk__in=made).values_list("pk", "waived", "impossible", "delegation"))
    unheard = {str(number): unheard_in(waived, absent) for number, waived, absent, _by in told if waived or absent}
    return _load_terms([number for number, _waived, _absent, delegation in told if delegation]), unheard


def _load_terms(delegated: list[int]) -> Terms:
    """Return kind and amounts of the revisions of these decisions, by hash."""
    if not delegated:
        return {}
    decisions = Decision.objects.filter(pk__in=delegated).select_related("revision__proposal")
    return {
        decision.revision_hash: (
            decision.revision.proposal.kind,
            decision.revision.plain_content()["amount"],
            amounts_in(decision.revision.alternatives),
        )
        for decision in decisions
    }


def _judge_keys(chain: Chain) -> None:
    """Judge whether the passkeys of signatures were their people's then."""
    if not chain.keys:
        return
    places = {int(match[1]) for claim in chain.keys if (match := KEY_ENTRY.fullmatch(claim.entry))}
    entries: dict[str, dict[str, Any]] = {}
    for body, digest in list_key_entries(places):
        entry = read_key_entry(chain.report, bytes(body), bytes(digest).hex())
        entries |= {bytes(digest).hex(): entry} if entry else {}
    judge_keys(chain, entries, whole=True)


def _list_differing(event: dict[str, Any], body: dict[str, Any]) -> list[str]:
    """List the columns of an event that do not say what its bytes say."""
    actor = event["actor_id"] if body["version"] == "1" else event["actor__key"]
    recorded = (
        str(event["seq"]),
        bytes(event["prev"]).hex(),
        event["act"],
        str(actor),
        event["role"],
        str(event["proposal_id"] or ""),
        event["detail"],
        event["subject"],
        str(event["subject_id"]),
        instant(event["acted_at"]),
    )
    told = _get_told(body)
    if told == recorded:
        differing = []
    else:
        differing = [name for name, said, value in zip(TOLD, told, recorded, strict=True) if said != value]
    if body["version"] != "1" and bool(body["entered"]) != event["entered_afterwards"]:
        differing.append("entered")
    return differing
