"""Test the ledger: one event per act, one chain per project, hashes that anyone can recompute (architecture §6)."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.access import Refused
from core.acts import acting_as
from core.record.sealing import canonical, content_hash
from governance.enums import Act, Outcome
from governance.models import Decision, Opinion, Proposal, ProposalRevision
from governance.record.verification.contents import content_of, effects_of
from projects.ledger.enums import Act as ProjectAct
from projects.ledger.row_seals import SAME_AS_TEXT
from projects.ledger.services import DOMAIN, VERSION, record
from projects.ledger.upgrades import seal_older_rows
from projects.models import LedgerEvent, Mandate, Project
from projects.seats.mandates.events import record_in_role
from tests import acts
from tests.database import owning, run, undone
from tests.facts import facts_of
from tests.projects.ledger.tampering import disable_guards, export_bundle, rewrite_chain, verify_bundle, verify_database
from tools import verify_ledger

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).with_name("golden")


def broken_links(project: Project) -> list[str]:
    """List the faults in the chain of a project, computed from the stored bytes alone."""
    found, prev = [], bytes(32)
    for place, event in enumerate(project.events.select_related("actor").order_by("seq"), start=1):
        body = json.loads(bytes(event.body))
        if event.seq != place or body["seq"] != str(place):
            found.append(f"#{place}: sequence")
        if bytes(event.prev) != prev or body["prev"] != prev.hex():
            found.append(f"#{place}: link")
        if hashlib.sha256(DOMAIN + bytes(event.body)).digest() != bytes(event.hash):
            found.append(f"#{place}: hash")
        if rfc8785.dumps(body) != bytes(event.body):
            found.append(f"#{place}: bytes")
        told = (body["act"], body["actor"], body["subject"], body["subject_id"], body["project"])
        kept = (event.act, str(event.actor.key), event.subject, str(event.subject_id), str(project.pk))
        if told != kept:
            found.append(f"#{place}: columns")
        prev = bytes(event.hash)
    return found


def last() -> LedgerEvent:
    """Return the newest event."""
    return LedgerEvent.objects.latest("pk")


def test_the_chains_of_the_cast_are_whole() -> None:
    for project in Project.objects.order_by("pk"):
        assert project.events.exists()
        assert broken_links(project) == []


def test_the_check_of_the_chain_finds_what_is_broken(project_one: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "DOMAIN", b"another")
    assert broken_links(project_one)


def test_each_act_of_the_scenario_leaves_its_event(scenario: dict[str, Any]) -> None:
    """Some acts leave more than one event.

    Opening applies the roles and names the owner: three events. Naming the next owner ends a mandate: two. Links
    between organisations are in the chain of the organisation. All others leave one; effects, replaced decisions and
    sealed documents leave their own.
    """
    several = {"found_project": 3, "name_owner": 2, "link_organisations": 0}
    expected = sum(several.get(entry["act"], 1) for entry in scenario["acts"])
    follows = LedgerEvent.objects.filter(act__in=[Act.SUPERSEDE, Act.BREAK_SEAL]).count()
    follows += LedgerEvent.objects.filter(act=Act.WAIVE).exclude(detail="").count()
    assert LedgerEvent.objects.exclude(project__level="organisation").count() - follows == expected


def test_an_event_names_the_actor_of_the_act_and_the_project_of_its_subject(pmo: Any, project_one: Any) -> None:
    mandate = Mandate.objects.get(project=project_one, holder=pmo)
    with acting_as(pmo), undone():
        events = [record(ProjectAct.SEAL_ROWS, project_one), record(ProjectAct.SEAL_ROWS, mandate)]
        events += [record_in_role(ProjectAct.SEAL_ROWS, mandate)]
    assert {(event.actor, event.project) for event in events} == {(pmo, project_one)}
    assert [event.role for event in events] == ["", "", "PMO"]


def test_an_event_without_an_act_needs_an_actor_of_its_own(pmo: Any, project_one: Any) -> None:
    with pytest.raises(LookupError):
        record(ProjectAct.SEAL_ROWS, project_one)
    with undone():
        assert record(ProjectAct.SEAL_ROWS, project_one, actor=pmo).actor == pmo


def test_every_act_on_a_file_adds_one_event_to_the_chain(owner: Any, amoa: Any, pmo: Any, project_one: Any) -> None:
    before = project_one.events.count()
    file = acts.draft(amoa, project_one)
    acts.edit(amoa, file)
    acts.submit(amoa, file)
    acts.take_up(pmo, file)
    acts.advise(pmo, file)
    acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS)
    acts.lift(owner, file)
    second = acts.draft(amoa, project_one)
    acts.withdraw(amoa, second)
    events = list(project_one.events.order_by("seq")[before:])
    assert [event.act for event in events] == [
        Act.DRAFT,
        Act.EDIT,
        Act.SUBMIT,
        Act.TAKE_UP,
        Act.ADVISE,
        Act.DECIDE,
        Act.LIFT,
        Act.DRAFT,
        Act.WITHDRAW,
    ]
    assert [event.role for event in events] == ["AMOA"] * 3 + ["PMO"] * 2 + ["MOA"] * 2 + ["AMOA"] * 2
    assert {event.proposal_id for event in events} == {file.pk, second.pk}
    assert broken_links(project_one) == []


def test_an_event_says_when_in_universal_time(amoa: Any, project_one: Any) -> None:
    acts.draft(amoa, project_one)
    event = last()
    told = json.loads(bytes(event.body))["at"]
    assert told.endswith("+00:00")
    assert told == event.acted_at.isoformat(timespec="microseconds")


def test_the_event_of_a_decision_names_the_revision_the_mandate_and_seals_what_was_answered(
    owner: Any, proposal: Any
) -> None:
    file = proposal("ready_for_decision")
    decision = acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS)
    event = last()
    assert (event.subject, event.subject_id, event.proposal_id) == ("governance.decision", decision.pk, file.pk)
    assert event.detail == "approved_with_conditions"
    kept = Decision.objects.get(pk=decision.pk)
    assert facts_of(event) == {
        "option": "A",
        "revision": file.current.hash,
        "mandate": str(decision.mandate_id),
        "delegation": "",
        "effects": content_hash({"salt": kept.salt, "effects": effects_of(kept)}),
        "seen": content_hash(kept.seen),
        "factors": "",  # a service called without a session proves nobody
        "since": "",
        "content": content_hash({"salt": kept.salt, **kept.sealed_content()}),
    }


def test_the_event_of_a_submission_or_an_opinion_carries_the_seal_of_what_is_kept(
    amoa: Any, pmo: Any, proposal: Any
) -> None:
    revision = acts.submit(amoa, proposal("draft"))
    assert facts_of(last())["content"] == revision.hash == ProposalRevision.objects.get(pk=revision.pk).seal()
    opinion = acts.advise(pmo, proposal("submitted"))
    assert facts_of(last())["content"] == Opinion.objects.get(pk=opinion.pk).seal()


def test_the_event_of_a_decision_that_changes_nothing_says_so(owner: Any, proposal: Any) -> None:
    acts.decide(owner, proposal("ready_for_decision"), Outcome.REJECTED)
    assert facts_of(last())["effects"] == ""


def test_events_tell_no_personal_text() -> None:
    prose = [
        text for file in Proposal.objects.select_related("draft", "current") for text in (file.title, str(file.author))
    ]
    for event in LedgerEvent.objects.order_by("pk"):
        told = bytes(event.body).decode()
        assert not [text for text in prose if text in told]


@pytest.mark.parametrize(
    ("content", "written"),
    [
        ({"b": "1", "a": "2"}, b'{"a":"2","b":"1"}'),
        ({"text": 'Élan\n"€"'}, '{"text":"Élan\\n\\"€\\""}'.encode()),
        ({"list": [True, None, []]}, b'{"list":[true,null,[]]}'),
        ({}, b"{}"),
    ],
)
def test_the_canonical_bytes_are_those_of_rfc_8785(content: dict[str, Any], written: bytes) -> None:
    assert canonical(content) == written
    assert content_hash(content) == hashlib.sha256(written).hexdigest()


def test_a_refused_act_leaves_no_event(pmo: Any, proposal: Any) -> None:
    before = LedgerEvent.objects.count()
    with pytest.raises(Refused):
        acts.decide(pmo, proposal("ready_for_decision"))
    assert LedgerEvent.objects.count() == before


# — the format —


@pytest.mark.parametrize("file", ["event-1.json", "event-2.json"])
def test_an_event_has_these_bytes_and_this_hash_for_ever(file: str) -> None:
    golden = json.loads((GOLDEN / file).read_text())
    body, version = bytes.fromhex(golden["bytes"]), golden["says"]["version"]
    domain = b"ouvrage.ledger.v" + version.encode() + b"\x00"
    assert rfc8785.dumps(golden["says"]) == verify_ledger.canonical(golden["says"]) == canonical(golden["says"]) == body
    assert hashlib.sha256(domain + body).hexdigest() == golden["hash"]
    assert golden["says"].keys() == verify_ledger.FIELDS[version]
    assert run("SELECT encode(sha256(%s || %s), 'hex')", [domain, body]) == [(golden["hash"],)]


@pytest.mark.parametrize("file", ["checkpoint-1.json", "checkpoint-2.json"])
def test_a_checkpoint_has_these_bytes_this_hash_and_this_signature_for_ever(file: str) -> None:
    golden = json.loads((GOLDEN / file).read_text())
    body = bytes.fromhex(golden["bytes"])
    message = b"ouvrage.checkpoint.v1\x00" + body
    assert canonical(golden["says"]) == body
    assert hashlib.sha256(message).hexdigest() == golden["hash"]
    assert verify_ledger.signed_by(golden["public_key"], golden["signature"], message)
    assert verify_ledger.key_id(golden["public_key"]) == golden["says"]["key"]
    if openings := golden.get("openings"):
        assert sorted(map(verify_ledger.salted_head, openings)) == golden["says"]["heads"]


def test_an_event_of_today_has_the_fields_of_the_newest_golden_file(amoa: Any, project_one: Any) -> None:
    acts.draft(amoa, project_one)
    golden = json.loads((GOLDEN / f"event-{VERSION}.json").read_text())
    assert json.loads(bytes(last().body)).keys() == golden["says"].keys()
    assert VERSION == "2"
    assert verify_ledger.DOMAINS[VERSION] == DOMAIN


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
names = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
values = st.recursive(
    texts | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.dictionaries(names, values, max_size=5))
def test_python_the_verifier_and_postgresql_write_the_same_canonical_bytes(db: None, content: dict[str, Any]) -> None:
    [[there]] = run("SELECT convert_to(public.ouvrage_canonical(%s::jsonb), 'UTF8')", [json.dumps(content)])
    assert bytes(there) == canonical(content) == verify_ledger.canonical(content)


# — the first version, which may stand in a database that was there before —


def as_it_was_in_version_1(project: Project) -> None:
    """Rewrite a chain and its rows in the first format: no salts, accounts by number, other names of seals."""
    tables = ["opinion", "decision", "proposalrevision"]
    tables += [f"historical{table}" for table in tables]
    with disable_guards("projects_ledgerevent", "projects_rowseal", *(f"governance_{table}" for table in tables)):
        for table in tables:
            run(f"UPDATE governance_{table} SET salt = ''")
        for revision in ProposalRevision.objects.select_related("proposal"):
            seal = [revision.seal(), revision.pk]
            run("UPDATE governance_proposalrevision SET hash = %s WHERE id = %s", seal)
            run("UPDATE governance_historicalproposalrevision SET hash = %s WHERE id = %s", seal)
            for table in ("governance_decision", "governance_historicaldecision"):
                run(f"UPDATE {table} SET revision_hash = %s, file = '[]', seen = '{{}}' WHERE revision_id = %s", seal)
        numbers = {str(event.actor.key): str(event.actor_id) for event in project.events.select_related("actor")}
        rows: dict[str, Any] = {
            "governance.decision": Decision,
            "governance.opinion": Opinion,
            "governance.proposalrevision": ProposalRevision,
        }

        def first(said: dict[str, Any]) -> None:
            del said["entered"]
            said |= {"version": "1", "actor": numbers[said["actor"]]}
            kept = {"revision", "mandate", "delegation"} if said["act"] == Act.DECIDE else {"revision"}
            if said["subject"] == "projects.matrix":  # the first version had no such table
                kept = {"content"}
            said["facts"] = {name: told for name, told in said["facts"].items() if name in kept}
            if name := verify_ledger.FIRST_SEALS.get(said["subject"]):
                row = rows[said["subject"]].objects.get(pk=said["subject_id"])
                said["facts"] |= {name: content_hash(content_of(row))}
                if "revision" in said["facts"]:
                    said["facts"]["revision"] = row.revision.hash

        rewrite_chain(project, 1, first, verify_ledger.DOMAINS["1"])
        run("DELETE FROM projects_rowseal")
    with owning():
        assert seal_older_rows()


def test_a_chain_of_the_first_version_verifies_and_says_what_it_does_not_tell(
    other_owner: Any, proposal: Any, project_two: Any, tmp_path: Path
) -> None:
    decision = acts.decide(other_owner, proposal("ready_two"))
    with undone():
        as_it_was_in_version_1(project_two)
        code, said = verify_database("--project", "TWO")
        assert code == 0, said
        assert "not verifiable from the chain: project TWO: who held the mandate of a decision (1)" in said
        bundle = export_bundle(tmp_path, "--project", "TWO", "--contents")
        assert verify_bundle(bundle)[0] == 0
        with disable_guards("governance_opinion", "governance_historicalopinion"):
            opinion = decision.revision.opinions.earliest("pk")
            for table in ("governance_opinion", "governance_historicalopinion"):
                run(f"UPDATE {table} SET reasons = 'No.' WHERE id = %s", [opinion.pk])
        assert verify_database("--project", "TWO")[0] == 1
        assert verify_bundle(export_bundle(tmp_path, "--project", "TWO", "--contents"))[0] == 1


def test_a_chain_of_both_versions_verifies(other_owner: Any, proposal: Any, project_two: Any) -> None:
    with undone():
        as_it_was_in_version_1(project_two)
        acts.decide(other_owner, proposal("ready_two"))
        assert {json.loads(bytes(event.body))["version"] for event in project_two.events.all()} == {"1", "2"}
        code, said = verify_database("--project", "TWO")
        assert code == 0, said


@pytest.mark.parametrize("kind", SAME_AS_TEXT)
def test_a_cast_writes_a_value_as_json_does(kind: str) -> None:
    texts = r"E'Échéance \"A\" \\\\ \n\t 😀'"
    key = "'0C5B2E4E-33F8-4C5C-A4B4-0C9C1C1B7A11'"
    values = {
        "varchar": [texts, "''", "'null'", "'12.50'", "'true'"],
        "text": [texts, "''", "'null'", "'12.50'", "'true'"],
        "smallint": ["0", "-32768"],
        "integer": ["0", "-2147483648"],
        "bigint": ["0", "9223372036854775807"],
        "boolean": ["true", "false"],
        "numeric": ["12.50", "-0.00", "100000000000.10", "'NaN'"],
        "uuid": [key],
    }
    for value in [*values[kind], "NULL"]:
        typed = f"CAST({value} AS {kind})"
        assert run(f"SELECT CAST({typed} AS text) IS NOT DISTINCT FROM to_jsonb({typed}) #>> '{{}}'") == [(True,)], (
            value
        )
