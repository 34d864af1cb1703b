"""The ledger: one event per act, one chain per project, hashes that anyone can compute again (architecture §6)."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785

from governance.enums import Act, Outcome
from governance.ledger.services import canonical, content_hash
from governance.models import LedgerEvent, Proposal
from projects.models import Project
from roles.access import Refused
from tests import acts

pytestmark = pytest.mark.django_db
DOMAIN = b"ouvrage.ledger.v1\x00"


def broken_links(project: Project) -> list[str]:
    """What is wrong in the chain of a project, computed from the stored bytes alone."""
    found, prev = [], bytes(32)
    for place, event in enumerate(project.events.order_by("seq"), start=1):
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
        kept = (event.act, str(event.actor_id), event.subject, str(event.subject_id), str(project.pk))
        if told != kept:
            found.append(f"#{place}: columns")
        prev = bytes(event.hash)
    return found


def last() -> LedgerEvent:
    """The newest event."""
    return LedgerEvent.objects.latest("pk")


def facts(event: LedgerEvent) -> dict[str, str]:
    """What the event tells besides who, what and when."""
    told: dict[str, str] = json.loads(bytes(event.body))["facts"]
    return told


def test_the_chains_of_the_cast_are_whole() -> None:
    for project in Project.objects.order_by("pk"):
        assert project.events.exists()
        assert broken_links(project) == []


def test_the_check_of_the_chain_finds_what_is_broken(project_one: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "DOMAIN", b"another")
    assert broken_links(project_one)


def test_each_project_of_the_cast_has_one_event_per_act_of_the_scenario(scenario: dict[str, Any]) -> None:
    """Opening names the owner and naming the next ends a mandate: two events each; everything else is one."""
    double = {"found_project", "name_owner"}
    expected = sum(2 if entry["act"] in double else 1 for entry in scenario["acts"])
    assert LedgerEvent.objects.count() == expected


def test_every_act_on_a_file_adds_one_event_to_the_chain(owner: Any, amoa: Any, pmo: Any, project_one: Any) -> None:
    before = project_one.events.count()
    file = acts.drafted(amoa, project_one)
    acts.edited(amoa, file)
    acts.submitted(amoa, file)
    acts.taken_up(pmo, file)
    acts.advised(pmo, file)
    acts.decided(owner, file, Outcome.APPROVED_WITH_CONDITIONS)
    acts.lifted(owner, file)
    second = acts.drafted(amoa, project_one)
    acts.withdrawn(amoa, second)
    events = list(project_one.events.order_by("seq")[before:])
    assert [event.act for event in events] == [
        Act.DRAFT, Act.EDIT, Act.SUBMIT, Act.TAKE_UP, Act.ADVISE, Act.DECIDE, Act.LIFT, Act.DRAFT, Act.WITHDRAW,
    ]  # fmt: skip
    assert [event.role for event in events] == ["AMOA"] * 3 + ["PMO"] * 2 + ["MOA"] * 2 + ["AMOA"] * 2
    assert {event.proposal_id for event in events} == {file.pk, second.pk}
    assert broken_links(project_one) == []


def test_an_event_says_when_in_universal_time(amoa: Any, project_one: Any) -> None:
    acts.drafted(amoa, project_one)
    event = last()
    told = json.loads(bytes(event.body))["at"]
    assert told.endswith("+00:00")
    assert told == event.acted_at.isoformat(timespec="microseconds")


def test_the_event_of_a_decision_names_the_revision_the_mandate_and_what_was_answered(
    owner: Any, proposal: Any
) -> None:
    file = proposal("ready_for_decision")
    decision = acts.decided(owner, file, Outcome.APPROVED_WITH_CONDITIONS)
    event = last()
    assert (event.subject, event.subject_id, event.proposal_id) == ("governance.decision", decision.pk, file.pk)
    condition = acts.CONDITION
    answered = {
        "reasons": decision.reasons,
        "return_on": "",
        "conditions": [[condition.text, condition.role, str(condition.due_on)]],
    }
    assert event.detail == "approved_with_conditions"
    assert facts(event) == {
        "revision": file.current.hash,
        "mandate": str(decision.mandate_id),
        "delegation": "",
        "decision": content_hash(answered),
    }


def test_the_event_of_a_submission_or_a_save_carries_the_hash_of_the_text_as_it_is_kept(
    amoa: Any, proposal: Any
) -> None:
    file = proposal("draft")
    acts.edited(amoa, file, amount=1500)
    file = acts.fresh(file)
    assert facts(last())["content"] == file.draft.content_hash(file.kind)
    revision = acts.submitted(amoa, file)
    assert facts(last())["content"] == revision.hash


def test_the_event_of_an_opinion_carries_its_hash(pmo: Any, proposal: Any) -> None:
    opinion = acts.advised(pmo, proposal("submitted"))
    told = {"position": opinion.position, "reasons": opinion.reasons}
    assert facts(last())["opinion"] == content_hash(told)


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
        acts.decided(pmo, proposal("ready_for_decision"))
    assert LedgerEvent.objects.count() == before
