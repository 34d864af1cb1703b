"""Keep each promise of docs/ledger.md: perform every attack of its table, and run every verifier.

Nothing is committed: an attack and its earlier signatures are rolled back together. "Yesterday" is a savepoint.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from amoa.enums import Act as BusinessAct
from amoa.models import TestRun
from core.acts import acting_as
from core.record.sealing import ERASED, canonical, content_hash
from governance.decide.decisions.fingerprint import build_file, read_parts
from governance.enums import Act, Outcome, Position
from governance.models import Decision, Opinion, Proposal
from governance.record.erasure.services import erase_text
from projects.ledger.enums import Act as ProjectAct
from projects.ledger.services import DOMAIN, record
from projects.models import LedgerEvent, RowSeal
from tests import acts
from tests.database import RUNTIME, copy_of, enable_seals, owning, refusal, run, undone
from tests.projects.ledger.tampering import (
    anchors,
    disable_guards,
    export_bundle,
    forge_seals,
    last_of,
    rewrite_chain,
    sign_checkpoint,
    superuser,
    verify_bundle,
    verify_database,
)

pytestmark = pytest.mark.django_db

ALONE, CHECKPOINT, ANCHOR, RECEIPT = "`ledger_verify` alone", "With a checkpoint", "With an anchor", "With a receipt"
#: Columns whose evidence one attack leaves: without a signature in the database, and with one.
Columns = tuple[str, str]
UNSIGNED, SIGNED = (ALONE, RECEIPT), (CHECKPOINT, ANCHOR)
EVENTS, OPINIONS, CHECKPOINTS = "projects_ledgerevent", "governance_opinion", "governance_checkpoint"
SEALS = "projects_rowseal"
OPINION_HISTORY = "governance_historicalopinion"


def table() -> dict[str, dict[str, str]]:
    """Read the table of the attacks: attack → column → text of the page."""
    text = (settings.ROOT / "docs/ledger.md").read_text(encoding="utf-8")
    lines = text[text.index("| Attack |") :].partition("\n\n")[0].splitlines()
    header, _rule, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}


@dataclass
class Scene:
    """A project with a file before the owner, and its evidence from before the attack."""

    cast: dict[str, Any]
    file: Proposal
    folder: Path
    key: Path
    later: list[int] = field(default_factory=list)

    @property
    def project(self) -> Any:
        return self.file.project

    @property
    def opinion(self) -> Opinion:
        assert self.file.current is not None
        return self.file.current.opinions.earliest("pk")

    def event_of(self, subject: Any) -> LedgerEvent:
        """Return the event whose subject is this row."""
        return LedgerEvent.objects.get(subject=subject._meta.label_lower, subject_id=subject.pk)

    def sealed_before(self) -> None:
        """Add events at the end that can be cut off: a decision, and two saves of a new working text."""
        with acting_as(self.cast["owner"]):
            acts.decide(self.cast["owner"], self.file, Outcome.APPROVED)

    def drafted_last(self) -> None:
        """Perform acts that seal no record."""
        fresh = acts.draft(self.cast["amoa"], self.project)
        acts.edit(self.cast["amoa"], fresh)
        self.later = [fresh.pk]


# — the attacks; each is one step of somebody who is past the guards —


def a_bit_of_a_body(scene: Scene) -> None:
    event = scene.event_of(scene.opinion)
    body = bytearray(event.body)
    body[len(body) // 2] ^= 1
    run(f"UPDATE {EVENTS} SET body = %s WHERE id = %s", [bytes(body), event.pk])


def a_word_of_an_opinion(scene: Scene) -> None:
    for table_ in (OPINIONS, OPINION_HISTORY):
        run(f"UPDATE {table_} SET reasons = 'It does not fit.' WHERE id = %s", [scene.opinion.pk])


def an_attachment(scene: Scene) -> None:
    files = json.dumps([{"document": "1", "version": "1", "name": "quotation.pdf", "sha256": "0" * 64}])
    for table_ in ("governance_proposalrevision", "governance_historicalproposalrevision"):
        run(f"UPDATE {table_} SET attachments = %s WHERE id = %s", [files, scene.file.current_id])


def a_snapshot(scene: Scene) -> None:
    figures = json.dumps([{"name": "criteria", "heading": "Entry criteria", "figures": []}])
    for table_ in ("governance_proposalrevision", "governance_historicalproposalrevision"):
        run(f"UPDATE {table_} SET snapshot = %s WHERE id = %s", [figures, scene.file.current_id])


def a_document(scene: Scene) -> None:
    run("UPDATE projects_documentversion SET content = content || 'x'")


def a_requirement(scene: Scene) -> None:
    change = "content = jsonb_set(content, '{title}', '\"Another\"')"
    run(
        f"UPDATE amoa_requirementversion SET {change} WHERE id = (SELECT in_force_id FROM amoa_requirement"
        " WHERE in_force_id IS NOT NULL ORDER BY id LIMIT 1)"
    )


def a_report(scene: Scene) -> None:
    run("UPDATE amoa_acceptancecampaign SET report = jsonb_set(report, '{defects}', '[]') WHERE hash <> ''")


def a_period(scene: Scene) -> None:
    seat = scene.opinion.mandate_id
    run(
        "UPDATE projects_mandate SET period = tstzrange(lower(period) - interval '1 day', upper(period)) WHERE id = %s",
        [seat],
    )


def an_effect(scene: Scene) -> None:
    run("UPDATE governance_effect SET after = '1000000' WHERE decision_id = %s", [scene.file.decisions.get().pk])


def an_event_in_the_middle(scene: Scene) -> None:
    _without_notices(scene.event_of(scene.opinion).pk)
    run(f"DELETE FROM {EVENTS} WHERE id = %s", [scene.event_of(scene.opinion).pk])


def the_end_alone(scene: Scene) -> None:
    for event in scene.project.events.order_by("-seq")[:2]:
        _without_notices(event.pk)
        run(f"DELETE FROM {EVENTS} WHERE id = %s", [event.pk])


def the_end_with_all_it_is_about(scene: Scene) -> None:
    [file] = scene.later
    run(f"DELETE FROM {EVENTS} WHERE proposal_id = %s", [file])
    for table_ in ("proposaldraft", "historicalproposaldraft"):
        run(f"DELETE FROM governance_{table_} WHERE proposal_id = %s", [file])
    for table_ in ("proposal", "historicalproposal"):
        run(f"DELETE FROM governance_{table_} WHERE id = %s", [file])
    told = json.loads(bytes(last_of(scene.project).body))["facts"]["rows"]
    reached = int(told.partition(":")[0].partition("-")[2])
    run(f"DELETE FROM {SEALS} WHERE chain = %s AND seq > %s", [scene.project.pk, reached])


def two_swapped(scene: Scene) -> None:
    first = scene.event_of(scene.opinion)
    second = scene.project.events.get(seq=first.seq - 1)
    for seq, event in ((0, first), (first.seq, second), (second.seq, first)):
        run(f"UPDATE {EVENTS} SET seq = %s WHERE id = %s", [seq, event.pk])


def one_more(scene: Scene) -> None:
    place = scene.event_of(scene.opinion)
    run(f"UPDATE {EVENTS} SET seq = seq + 1000 WHERE project_id = %s AND seq >= %s", [scene.project.pk, place.seq])
    run(f"UPDATE {EVENTS} SET seq = seq - 999 WHERE project_id = %s AND seq >= 1000", [scene.project.pk])
    said = json.loads(bytes(place.body)) | {"act": Act.TAKE_UP, "at": "2026-01-01T00:00:00.000000+00:00"}
    _add(place, said)


def an_unknown_version(scene: Scene) -> None:
    last = last_of(scene.project)
    said = json.loads(bytes(last.body)) | {"version": "9", "seq": str(last.seq + 1), "prev": bytes(last.hash).hex()}
    last.seq += 1
    last.act = Act.TAKE_UP
    last.prev = last.hash
    _add(last, said)


def no_event(scene: Scene) -> None:
    """The runtime role cannot: the deferred trigger asks for the event when the transaction ends."""
    fields = scene.file.current
    assert fields is not None
    with acting_as(scene.cast["owner"]):
        Decision.objects.create(
            project=scene.project,
            number=900,
            proposal=scene.file,
            revision=fields,
            revision_hash=fields.hash,
            file=build_file(fields, read_parts(scene.file)),
            seen=read_parts(scene.file),
            outcome=Outcome.REJECTED,
            reasons="Because.",
            decided_by=scene.cast["owner"],
            signature="X",
            mandate=scene.project.mandates.active().deciding().get(),
            acted_at=timezone.now(),
        )


def under_a_genuine_act(scene: Scene) -> None:
    """The seals stay on: the database seals the altered opinion, and the event of the draft names that seal."""
    with seals_on(OPINIONS, OPINION_HISTORY):
        for table_ in (OPINIONS, OPINION_HISTORY):
            run(f"UPDATE {table_} SET position = 'unfavourable' WHERE id = %s", [scene.opinion.pk])
        acts.draft(scene.cast["amoa"], scene.project)


def under_a_made_up_migration(scene: Scene) -> None:
    """Alter an opinion, add a seal of it as it is now, with hashes that fit, and an event that rows were sealed."""
    a_word_of_an_opinion(scene)
    run("SELECT set_config('ouvrage.sealing', 'on', true)")
    for row in (scene.opinion, scene.opinion.history.latest("pk")):
        table_ = row._meta.db_table
        before = RowSeal.objects.filter(table=table_, row=row.pk).latest("pk")
        seal = "SELECT ouvrage_seal_row(%s, %s, %s, %s, '', '', '', true)"
        run(seal, [scene.project.pk, table_, row.pk, before.layout_id])
        forge_seals(scene.project, row)
    with acting_as(scene.cast["owner"]):
        record(act=ProjectAct.SEAL_ROWS, actor=scene.cast["owner"], project=scene.project, subject=scene.project)


def one_row_more(scene: Scene) -> None:
    with seals_on("amoa_testrun"):
        copy_of(TestRun)
        run_ = TestRun.objects.latest("pk")
        record(act=BusinessAct.RUN_TEST, actor=scene.cast["owner"], project=run_.project, subject=run_)


@contextmanager
def seals_on(*tables: str) -> Iterator[None]:
    """Run with the seals of tables whose guards are off."""
    enable_seals(*tables)
    run("SET CONSTRAINTS ALL DEFERRED")
    yield
    run("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending deferred checks cannot be altered


def in_the_owners_name(scene: Scene) -> None:
    """Impersonate a person with the password of the application: an act like any other."""
    acts.decide(scene.cast["owner"], scene.file, Outcome.REJECTED)


def the_chain(scene: Scene) -> None:
    """Change the words of an adviser, and recompute the seal and the chain since."""
    opinion, event = scene.opinion, scene.event_of(scene.opinion)
    opinion.reasons, opinion.position = "It never fitted.", Position.UNFAVOURABLE
    for table_ in (OPINIONS, OPINION_HISTORY):
        run(
            f"UPDATE {table_} SET reasons = %s, position = %s WHERE id = %s",
            [opinion.reasons, opinion.position, opinion.pk],
        )
    run(f"UPDATE {EVENTS} SET detail = %s WHERE id = %s", [opinion.position, event.pk])

    reseal = forge_seals(scene.project, opinion, opinion.history.latest("pk"))

    def change(said: dict[str, Any]) -> None:
        reseal(said)
        if said["seq"] == str(event.seq):
            said["facts"]["content"] = opinion.seal()
            said["detail"] = str(opinion.position)

    rewrite_chain(scene.project, event.seq, change)


def the_chain_and_no_checkpoints(scene: Scene) -> None:
    the_chain(scene)
    run(f"DELETE FROM {CHECKPOINTS}")


def the_chain_and_other_checkpoints(scene: Scene) -> None:
    the_chain_and_no_checkpoints(scene)
    _signs(scene, scene.key.with_name("forged"))


def the_chain_with_the_key(scene: Scene) -> None:
    the_chain_and_no_checkpoints(scene)
    _signs(scene, scene.key)


def erased_by_an_event(scene: Scene) -> None:
    erase_text(actor=scene.cast["staff_admin"], row=scene.opinion, fields=["reasons"], because="She asked.")


def erased_without(scene: Scene) -> None:
    for table_ in (OPINIONS, OPINION_HISTORY):
        run(f"UPDATE {table_} SET reasons = '—', salt = %s WHERE id = %s", [ERASED, scene.opinion.pk])


def _signs(scene: Scene, key: Path) -> None:
    """Sign a checkpoint for each former one with this key; none where there were none."""
    if scene.key.exists():
        from governance.record.notary import checkpoints, keys

        if not key.exists():
            keys.make(key)
        checkpoints.sign(key)


def _without_notices(event: int) -> None:
    run("DELETE FROM projects_notification WHERE event_id = %s", [event])


def _add(like: LedgerEvent, said: dict[str, Any]) -> None:
    """Write an event like another one with these facts; its own hash is valid, except for an unknown version."""
    import hashlib

    body = canonical(said)
    like.pk, like.body, like.hash = None, body, hashlib.sha256(DOMAIN + body).digest()
    like.acted_at = timezone.now()
    LedgerEvent.objects.bulk_create([like])


@dataclass(frozen=True)
class Attack:
    """An attack: the attacker and the act; `before` prepares the project, `tables` lose their guards."""

    does: Callable[[Scene], None]
    tables: tuple[str, ...] = (EVENTS,)
    by: str = "owner"
    before: Callable[[Scene], None] = lambda scene: None


SUPERUSER, APPLICATION, BACKUP = "superuser", "application", "backup"
WITH_OPINIONS = (EVENTS, OPINIONS, OPINION_HISTORY)
REVISIONS = ("governance_proposalrevision", "governance_historicalproposalrevision")
FILES = (
    "governance_proposal",
    "governance_proposaldraft",
    "governance_historicalproposal",
    "governance_historicalproposaldraft",
)
DECISIONS = ("governance_decision", "governance_historicaldecision")
ATTACKS: dict[str, Attack] = {
    "One bit of the body of an event": Attack(a_bit_of_a_body),
    "A word of an opinion that is sealed": Attack(a_word_of_an_opinion, WITH_OPINIONS),
    "The fingerprint of an attachment": Attack(an_attachment, REVISIONS),
    "What a dossier told of its project when it was submitted": Attack(a_snapshot, REVISIONS),
    "The bytes of a document": Attack(a_document, ("projects_documentversion",)),
    "The period of a mandate": Attack(a_period, ("projects_mandate",)),
    "The text of a requirement that was approved": Attack(a_requirement, ("amoa_requirementversion",)),
    "What a campaign reported to the owner": Attack(a_report, ("amoa_acceptancecampaign",)),
    "What a decision changed on the project": Attack(an_effect, ("governance_effect",), before=Scene.sealed_before),
    "An event deleted in the middle": Attack(an_event_in_the_middle),
    "The last events deleted, what they sealed left": Attack(the_end_alone, before=Scene.sealed_before),
    "The last events deleted with everything they were about": Attack(
        the_end_with_all_it_is_about, (EVENTS, SEALS, *FILES), before=Scene.drafted_last
    ),
    "Two events swapped": Attack(two_swapped),
    "An event added in the middle": Attack(one_more),
    "An event in a version nobody knows": Attack(an_unknown_version),
    "A decision without its event": Attack(no_event, DECISIONS),
    "An old row altered in the transaction of a genuine act, so that the database seals it again": Attack(
        under_a_genuine_act, (OPINIONS, OPINION_HISTORY)
    ),
    "The same with a seal and an event added by hand, as a migration adds them": Attack(
        under_a_made_up_migration, (*WITH_OPINIONS, SEALS)
    ),
    "A row added beside those of a genuine act, by the owner of the tables": Attack(one_row_more, ("amoa_testrun",)),
    "A decision in the owner's name, with the password of the application": Attack(in_the_owners_name, by=APPLICATION),
    "The chain rewritten, with the password of the owner of the tables": Attack(the_chain, (*WITH_OPINIONS, SEALS)),
    "The chain rewritten and the checkpoints deleted, with the same password": Attack(
        the_chain_and_no_checkpoints, (*WITH_OPINIONS, SEALS, CHECKPOINTS)
    ),
    "The chain rewritten by the superuser, the checkpoints deleted": Attack(the_chain_and_no_checkpoints, by=SUPERUSER),
    "The chain rewritten by the superuser, the checkpoints made again with a key of their own": Attack(
        the_chain_and_other_checkpoints, by=SUPERUSER
    ),
    "The chain rewritten by the superuser who has the notary's key": Attack(the_chain_with_the_key, by=SUPERUSER),
    "The database rolled back to yesterday": Attack(Scene.sealed_before, by=BACKUP),
    "A text erased, as an event says": Attack(erased_by_an_event, ()),
    "A text erased without an event": Attack(erased_without, WITH_OPINIONS),
}


@contextmanager
def power(attack: Attack) -> Iterator[None]:
    """Give the attacker the rights of that role."""
    if attack.by == "owner" and not attack.tables:
        with owning():
            yield
    elif attack.by == "owner":
        with disable_guards(*attack.tables):
            yield
    else:
        yield


@pytest.fixture
def scene(cast: dict[str, Any], proposal: Any, tmp_path: Path) -> Scene:
    """Build the project before any attack and any signature."""
    return Scene(cast, proposal("ready_for_decision"), tmp_path, tmp_path / "notary.pem")


@dataclass
class Kept:
    """The copies of the chain outside the database."""

    anchors: Path | None = None
    receipt: Path | None = None

    def of(self, scene: Scene, columns: Columns) -> "Kept":
        """Save what these columns of the table compare with, in its current state."""
        if columns == SIGNED:
            sign_checkpoint(scene.key)
            self.anchors = anchors(scene.folder / "anchors")
        else:
            last = last_of(scene.project)
            self.receipt = scene.folder / "mail.txt"
            self.receipt.write_text(f"Receipt:\n{scene.project.code} #{last.seq} {bytes(last.hash).hex()}\n")
        return self


def judged(scene: Scene, column: str, kept: Kept) -> tuple[int, str]:
    """Return the answer of this column's verifier."""
    if column == RECEIPT:
        return verify_bundle(
            export_bundle(scene.folder, "--contents", "--project", scene.project.code), "--receipt", kept.receipt
        )
    return verify_database(
        "--project", scene.project.code, *(["--anchor", str(kept.anchors)] if column == ANCHOR else [])
    )


def outcomes(attack: Attack, scene: Scene, columns: Columns) -> dict[str, tuple[int, str]]:
    """Save the evidence of the columns, attack, and verify by each of them."""
    if attack.by == BACKUP:
        with undone():
            attack.does(scene)
            kept = Kept().of(scene, columns)
        return {column: judged(scene, column, kept) for column in columns}
    with undone():
        attack.before(scene)
        kept = Kept().of(scene, columns)
        with power(attack):
            attack.does(scene)
        return {column: judged(scene, column, kept) for column in columns}


@pytest.mark.parametrize("columns", [UNSIGNED, SIGNED], ids=["unsigned", "signed"])
@pytest.mark.parametrize("name", table())
def test_an_attack_is_detected_by_what_the_page_says(name: str, columns: Columns, scene: Scene) -> None:
    attack = ATTACKS[name]
    with superuser() if attack.by == SUPERUSER else nullcontext():
        found = outcomes(attack, scene, columns)
    assert {column: str(code) for column, (code, _) in found.items()} == {
        column: table()[name][column] for column in columns
    }, found


@pytest.mark.parametrize("name", table())
def test_the_application_is_refused_what_the_page_says(name: str, scene: Scene) -> None:
    attack = ATTACKS[name]
    if attack.by == BACKUP:
        assert "must be superuser" in refusal(lambda: run("SET session_replication_role = replica")) or (
            "permission denied" in refusal(lambda: run("SET session_replication_role = replica"))
        )
        return
    with undone():
        attack.before(scene)
        answer = refusal(lambda: attack.does(scene), role=RUNTIME)
    assert bool(answer) == (table()[name]["Application"] == "refused"), answer


def test_the_page_and_the_attacks_name_the_same() -> None:
    assert set(table()) == set(ATTACKS)


def test_before_any_attack_everything_is_intact(scene: Scene) -> None:
    for columns in (UNSIGNED, SIGNED):
        with undone():
            kept = Kept().of(scene, columns)
            for column in columns:
                code, said = judged(scene, column, kept)
                assert (code, column) == (0, column), said


def test_the_first_bad_entry_is_named_in_words(scene: Scene) -> None:
    event = scene.event_of(scene.opinion)
    with undone(), disable_guards(EVENTS):
        run(f"UPDATE {EVENTS} SET hash = sha256(hash) WHERE id = %s", [event.pk])
        _code, said = verify_database()
    day = f"{event.acted_at:%Y-%m-%d %H:%M}"
    assert f"First bad entry: project ONE, event {event.seq}, opinion recorded on {day} UTC: its bytes do not" in said


def test_an_erased_text_is_reported_as_erased(scene: Scene) -> None:
    with undone(), owning():
        erased_by_an_event(scene)
        assert f"erased, as an event says: governance.opinion {scene.opinion.pk}" in verify_database()[1]


def test_every_fault_is_told_and_not_only_the_first(scene: Scene) -> None:
    with undone(), disable_guards(*WITH_OPINIONS):
        a_word_of_an_opinion(scene)
        a_bit_of_a_body(scene)
        two = last_of(scene.project)
        run(f"UPDATE {EVENTS} SET role = 'X' WHERE id = %s", [two.pk])
        said = verify_database()[1]
    assert re.findall(rf"altered: project ONE, event {two.seq}, .*columns", said)
    assert len(re.findall("^  altered:", said, re.M)) >= 2


def test_a_hash_of_an_erased_text_tells_nothing_without_its_salt(scene: Scene) -> None:
    opinion = scene.opinion
    event = json.loads(bytes(scene.event_of(opinion).body))
    assert event["facts"]["content"] == opinion.seal()
    assert event["facts"]["content"] != content_hash(opinion.sealed_content())


def test_the_role_of_the_notary_can_only_add_checkpoints(scene: Scene) -> None:
    from tests.projects.ledger.tampering import as_notary

    def attempt(sql: str) -> str:
        def attack() -> None:
            with as_notary():
                run(sql)

        return refusal(attack)

    with owning():
        pass
    for sql in (
        f"UPDATE {EVENTS} SET seq = seq",
        f"DELETE FROM {EVENTS}",
        f"INSERT INTO {EVENTS} SELECT * FROM {EVENTS}",
        f"UPDATE {CHECKPOINTS} SET number = number",
        f"DELETE FROM {CHECKPOINTS}",
        "SELECT * FROM governance_opinion",
    ):
        assert "permission denied" in attempt(sql), sql
    with transaction.atomic():
        assert sign_checkpoint(scene.key)
