"""Test decision lists: generated from the ledger, settled by the owner, the same bytes each time."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from core.acts import acting_as
from core.history import version_of
from core.pages.refusals.exceptions import MovedOn
from governance.decide.obligations.proofs import PROOFS
from governance.enums import Act, Outcome
from governance.life.actions.services import write_action
from governance.models import DecisionList, Session
from governance.sessions.lists.content import build_content
from governance.sessions.lists.services import rectify_list, render_pdf, settle_list
from governance.sessions.sittings.queries import list_found
from governance.sessions.sittings.services import close_session
from projects.models import LedgerEvent, Notification, Project
from roles.models import User
from tests import acts
from tests.attacks import Attacks, leaves
from tests.database import fire_deferred_triggers
from tests.governance.sessions.factories import FREE, found_body, hide_from, hold, note, note_all, prepare

pytestmark = pytest.mark.django_db


def held(pmo: Any, owner: Any, file: Any, outcome: Outcome | None = Outcome.APPROVED) -> Session:
    """Hold and close a session on a file, decided or deferred, with an item for information."""
    session = hold(pmo, found_body(pmo, file.project), f"proposal:{file.pk}", FREE)
    note_all(pmo, session)
    if outcome:
        acts.decide(owner, file, outcome)
    for item in session.items.filter(source="proposal"):
        if not (outcome and item.subject_id == file.pk):
            note(pmo, item, outcome="deferred", deferred_to=session.day + timedelta(days=30))
    return close_session(actor=pmo, session=session)


@pytest.fixture
def closed(pmo: Any, owner: Any, proposal: Any) -> Session:
    """Return a closed session in which the owner approved a file."""
    return held(pmo, owner, proposal("ready_for_decision"))


def test_the_list_cites_the_decisions_of_the_ledger_and_is_sent(
    closed: Session, owner: Any, pmo: Any, amoa: Any, english: Any
) -> None:
    settled = settle_list(actor=owner, session=closed)
    fire_deferred_triggers()
    [cited] = [cited for item in settled.content["items"] for cited in item["decisions"]]
    assert cited["reference"] == closed.project.decisions.latest("pk").reference
    assert cited["taken"] == "in_session"
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.subject_id) == (Act.SETTLE_LIST, settled.pk)
    told = Notification.objects.filter(event=event).values_list("recipient", flat=True)
    assert {pmo.pk, amoa.pk} <= set(told)
    page = english(amoa).get(settled.get_absolute_url()).text
    assert cited["reference"] in page
    assert "Heard by all." in page


def test_regenerated_from_its_facts_a_list_has_the_same_bytes(
    closed: Session, owner: Any, amoa: Any, english: Any
) -> None:
    settled = settle_list(actor=owner, session=closed)
    stored = DecisionList.objects.get(pk=settled.pk)
    assert render_pdf(stored) == bytes(stored.pdf)
    assert hashlib.sha256(bytes(stored.pdf)).hexdigest() == stored.hash
    files = {kind: reverse("governance:lists:decision_list_file", args=[closed.pk, kind]) for kind in ("pdf", "docx")}
    for kind, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert english(amoa).get(files[kind]).content.startswith(start)


def test_the_actions_given_from_a_session_are_the_third_part_of_its_list(
    closed: Session, owner: Any, pmo: Any, moe: Any, english: Any
) -> None:
    client = english(pmo)
    new = reverse("governance:actions:action_new", args=[closed.project.code])
    new += f"?from=governance.session-{closed.pk}"
    assert new in client.get(closed.get_absolute_url()).text
    due_on = timezone.localdate() + timedelta(days=20)
    fields = {"text": "Count the lamps.", "seat": f"MOE-{moe.pk}", "due_on": due_on.isoformat()}
    assert client.post(new, fields).status_code == 302
    action = closed.project.actions.latest("pk")
    assert (action.source, action.source_id, action.source_code) == ("governance.session", closed.pk, closed.reference)
    assert action.reference in client.get(closed.get_absolute_url()).text
    settled = settle_list(actor=owner, session=closed)
    told = {"reference": action.reference, "text": "Count the lamps.", "who": f"MOE · {moe.name}"}
    assert settled.content["actions"] == [told | {"due_on": due_on.isoformat()}]
    assert "Count the lamps." in client.get(settled.get_absolute_url()).text
    changed = fields | {"text": "Count them.", "due_on": due_on}
    write_action(actor=pmo, project=closed.project, row=action, fields=changed, seen=version_of(action))
    stored = DecisionList.objects.get(pk=settled.pk)
    assert render_pdf(stored) == bytes(stored.pdf)
    assert "Count the lamps." in client.get(settled.get_absolute_url()).text


def test_only_the_owner_settles_a_list_once_and_only_of_a_closed_session(
    closed: Session, owner: Any, pmo: Any, amoa: Any
) -> None:
    for adviser in (pmo, amoa):
        with pytest.raises(PermissionDenied):
            settle_list(actor=adviser, session=closed)
    with pytest.raises(MovedOn):
        settle_list(actor=owner, session=prepare(pmo, closed.body))
    with pytest.raises(MovedOn):
        rectify_list(actor=owner, session=closed, line="1", text="Read 12 for 10.")
    settle_list(actor=owner, session=closed)
    with pytest.raises(MovedOn):
        settle_list(actor=owner, session=closed)


def test_a_rectification_names_its_line_and_leaves_the_list_as_it_was(
    closed: Session, owner: Any, english: Any
) -> None:
    first = settle_list(actor=owner, session=closed)
    before = bytes(DecisionList.objects.get(pk=first.pk).pdf)
    with pytest.raises(ValidationError):
        rectify_list(actor=owner, session=closed, line="99", text="Read 12 for 10.")
    fields = {"line": "1", "text": "Read 12 lamps for 10."}
    client = english(owner)
    address = reverse("governance:lists:decision_list_rectify", args=[closed.pk])
    assert client.post(address, fields).status_code == 302
    second = closed.lists.get(number=2)
    assert second.content["items"] == first.content["items"]
    assert second.content["rectified"] == [fields]
    assert bytes(DecisionList.objects.get(pk=first.pk).pdf) == before
    assert "Read 12 lamps for 10." in client.get(second.get_absolute_url()).text


@pytest.mark.parametrize("kind", ["ready_for_decision", "ready_minor", "ready_binding"])
def test_a_session_whose_owner_did_not_decide_yields_no_decision(
    kind: str, pmo: Any, owner: Any, proposal: Any
) -> None:
    closed = held(pmo, owner, proposal(kind), None)
    content = build_content(closed, pmo)
    assert [cited for item in content["items"] for cited in item["decisions"]] == []
    assert {item["outcome"] for item in content["items"]} >= {"deferred"}


def test_a_settled_list_fulfils_the_duty_to_chair() -> None:
    assert Act.SETTLE_LIST in PROOFS["MOA-11"]


def test_the_owner_settles_the_list_on_its_page(closed: Session, english: Any, owner: Any, pmo: Any) -> None:
    read, settle = (
        reverse(f"governance:lists:{name}", args=[closed.pk]) for name in ("decision_list", "decision_list_settle")
    )
    assert settle in english(owner).get(read).text
    assert settle not in english(pmo).get(read).text
    assert "Heard by all." in english(owner).get(settle).text
    assert english(owner).post(settle).status_code == 302
    assert settle not in english(owner).get(read).text


# — the database —


@dataclass
class World:
    """A closed session with its list, and another that is open."""

    owner: User
    pmo: User
    row: DecisionList
    open: Session
    other: Project

    def add(self, **fields: Any) -> None:
        """Insert a list past the services."""
        given = {"project": self.row.project, "session": self.row.session, "number": 2, "content": {}}
        given |= {"pdf": b"A list", "hash": hashlib.sha256(b"A list").hexdigest(), "settled_by": self.owner}
        DecisionList.objects.bulk_create([DecisionList(**given | {"acted_at": timezone.now()} | fields)])


@pytest.fixture
def world(closed: Session, owner: Any, pmo: Any, project_two: Any) -> World:
    """Return a settled list."""
    row = settle_list(actor=owner, session=closed)
    return World(owner, pmo, row, hold(pmo, closed.body, FREE), project_two)


GUARD = "decisionlist.is_settled_by_the_owner"
CLOSED = "A decision list is settled once its session is closed"
FOLLOW = "The decision lists of a session follow each other, each with the hash of its file"
ATTACKS = Attacks(
    triggers=[
        (GUARD, "of an open session", lambda w: w.add(session=w.open, number=1), CLOSED),
        (GUARD, "by the secretary", lambda w: w.add(settled_by=w.pmo), "The owner in office settles the decision list"),
        (GUARD, "with another file", lambda w: w.add(pdf=b"Another"), FOLLOW),
        (GUARD, "out of its order", lambda w: w.add(number=3), FOLLOW),
        (
            "decisionlist.points_within_its_project",
            "of another project",
            lambda w: w.add(project=w.other),
            "What belongs together is of one project",
        ),
        ("decisionlist.leaves_an_event", "without an event", lambda w: w.add(), leaves(DecisionList)),
    ],
    constraints={"one_decision_list_per_number": lambda w: w.add(number=1)},
    behind={
        "one_decision_list_per_number": GUARD,
        "decisionlist.points_within_its_project": GUARD,
        "decisionlist.leaves_an_event": "rowseal.is_covered_by_an_event",
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    with acting_as(world.pmo):
        ATTACKS.prove(guard, world)


def test_the_list_of_the_session_before_is_the_first_item_until_it_is_heard(
    closed: Session, owner: Any, pmo: Any
) -> None:
    key = f"list:{closed.pk}"
    assert key not in {entry.key for entry in list_found(prepare(pmo, closed.body))}
    settle_list(actor=owner, session=closed)
    rectify_list(actor=owner, session=closed, line="1", text="Read 12 for 10.")
    other = found_body(pmo, closed.project, name="COPROJ", kind="coproj")
    assert key not in {entry.key for entry in list_found(prepare(pmo, other))}
    for outcome in ("deferred", "withdrawn"):
        assert list_found(prepare(pmo, closed.body))[0].key == key
        session = hold(pmo, closed.body)
        for item in session.items.all():
            later = {"deferred_to": session.day + timedelta(days=30)} if outcome == "deferred" else {}
            note(pmo, item, outcome=outcome, **later)
        close_session(actor=pmo, session=session)
        left = {entry.key for entry in list_found(prepare(pmo, closed.body))}
        assert (key in left) is (outcome == "deferred")


def test_a_list_names_the_lines_that_whoever_settled_it_could_not_read(
    closed: Session, owner: Any, pmo: Any, english: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = closed.items.get(source="proposal", subject_id=closed.project.decisions.latest("pk").proposal_id)
    hide_from(monkeypatch, owner, decided.source, decided.subject_id)
    settled = settle_list(actor=owner, session=closed)
    assert settled.content["left_out"] == [str(decided.place)]
    assert str(decided.place) not in {item["line"] for item in settled.content["items"]}
    page = english(pmo).get(settled.get_absolute_url()).text
    assert "Lines left out" in page
    assert "The person who drew up this list has no access to it." in page
