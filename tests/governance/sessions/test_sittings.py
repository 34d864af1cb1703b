"""Test sessions: a frame over sealed acts, whose agenda is a query until its notice freezes it."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core.history import version_of
from core.pages.refusals.exceptions import MovedOn
from governance.enums import Act, Outcome
from governance.life.actions.services import write_action
from governance.life.actions.sources import SOURCES as ORIGINS
from governance.models import Decision, Proposal, Session, SessionItem
from governance.sessions.agenda.sources import SOURCES
from governance.sessions.sittings.attendance import say_presence
from governance.sessions.sittings.queries import draft_agenda, list_found, read_agenda
from governance.sessions.sittings.services import (
    add_item,
    arrange_agenda,
    cancel_session,
    close_session,
    convene_session,
    fingerprint,
    open_session,
    write_session,
)
from projects.models import LedgerEvent, Notification
from tests import acts
from tests.database import fire_deferred_triggers
from tests.days import today
from tests.governance.sessions.factories import (
    FREE,
    arrange,
    convene,
    found_body,
    hide_from,
    hold,
    note,
    note_all,
    prepare,
)
from tests.pmo.registers.risks.factories import create_risk

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(pmo: Any, project_one: Any) -> Any:
    """Return the steering committee of project one."""
    return found_body(pmo, project_one)


def ready_keys(project: Any) -> set[str]:
    """Return the keys of the files that wait for the owner."""
    waiting = Proposal.objects.filter(project=project, state="ready_for_decision")
    return {f"proposal:{number}" for number in waiting.values_list("pk", flat=True)}


def test_the_agenda_of_a_draft_is_a_query(pmo: Any, project_one: Any, proposal: Any, body: Any) -> None:
    session = prepare(pmo, body)
    keys = {entry.key for entry in list_found(session)}
    assert ready_keys(project_one) <= keys
    assert f"proposal:{proposal('draft').pk}" not in keys
    assert not session.items.exists()


def test_the_office_brings_red_risks_and_gates_due(pmo: Any, project_one: Any, body: Any) -> None:
    risk = create_risk(pmo, project_one, likelihood=5, impact=5)
    session = prepare(pmo, body)
    found = {entry.key: entry for entry in list_found(session)}
    assert f"risk:{risk.pk}" in found
    near = session.day + timedelta(days=30)
    due = project_one.milestones.exclude(gate="").filter(actual_on=None, forecast_on__lte=near)
    assert {f"gate:{number}" for number in due.values_list("pk", flat=True)} == {
        key for key in found if key.startswith("gate:")
    }


def test_an_action_that_is_late_on_its_day_stands_on_the_agenda(pmo: Any, project_one: Any, body: Any) -> None:
    session = prepare(pmo, body)
    keys = []
    for days in (-1, 0):
        fields = {"text": "Count the lamps.", "seat": f"PMO-{pmo.pk}", "due_on": session.day + timedelta(days=days)}
        action = write_action(actor=pmo, project=project_one, fields=fields)
        keys.append(f"action:{action.pk}")
    found = {entry.key: entry for entry in list_found(session)}
    assert (keys[0] in found, keys[1] in found) == (True, False)
    assert found[keys[0]].text.endswith("· Count the lamps.")


def test_the_agenda_is_ordered_and_timed_by_hand(pmo: Any, proposal: Any, body: Any) -> None:
    first = f"proposal:{proposal('ready_for_decision').pk}"
    session = arrange(pmo, prepare(pmo, body), FREE, first)
    entries = draft_agenda(session)
    assert [entry.key for entry in entries[:2]] == [FREE, first]
    assert len(entries) == 1 + len(list_found(session))


def test_a_notice_freezes_the_agenda_and_tells_each_person_once(
    pmo: Any, owner: Any, amoa: Any, moe: Any, proposal: Any, body: Any
) -> None:
    session = convene(pmo, body, f"proposal:{proposal('ready_for_decision').pk}", FREE)
    fire_deferred_triggers()
    assert session.agenda_hash == fingerprint(list(session.items.order_by("place")))
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.subject_id) == (Act.CONVENE_SESSION, session.pk)
    assert session.agenda_hash in bytes(event.body).decode()
    told = Notification.objects.filter(event=event)
    assert sorted(told.values_list("recipient", flat=True)) == sorted([owner.pk, amoa.pk])
    assert not told.filter(recipient=moe.pk).exists()
    with pytest.raises(MovedOn):
        convene_session(actor=pmo, session=session)


def test_a_session_without_items_is_not_convened(pmo: Any, body: Any) -> None:
    session = prepare(pmo, body)
    left_out = [{"key": entry.key, "minutes": 5, "out": True} for entry in draft_agenda(session)]
    session = arrange_agenda(actor=pmo, session=session, arranged=left_out, seen=version_of(session))
    with pytest.raises(ValidationError):
        convene_session(actor=pmo, session=session)
    session.refresh_from_db()
    assert session.state == "prepared"


def test_an_item_added_after_the_notice_says_who_and_why(pmo: Any, body: Any, english: Any, owner: Any) -> None:
    session = convene(pmo, body)
    item = add_item(actor=pmo, session=session, key="", title="The quay", minutes=5, because="The storm hit it.")
    fire_deferred_triggers()
    assert (item.added_by, item.because) == (pmo, "The storm hit it.")
    page = english(owner).get(session.get_absolute_url()).text
    assert "Added after the notice by" in page
    assert "The storm hit it." in page


def test_a_session_closes_once_nothing_is_left_open(pmo: Any, owner: Any, proposal: Any, body: Any) -> None:
    file = proposal("ready_for_decision")
    session = hold(pmo, body, f"proposal:{file.pk}", FREE)
    note_all(pmo, session)
    others = session.items.filter(source="proposal").exclude(subject_id=file.pk)
    for item in others:
        note(pmo, item, outcome="deferred", deferred_to=session.day + timedelta(days=30))
    with pytest.raises(ValidationError, match=file.title[:20]):
        close_session(actor=pmo, session=session)

    acts.decide(owner, file)
    closed = close_session(actor=pmo, session=session)
    fire_deferred_triggers()
    assert closed.state == "closed"
    [entry] = [entry for entry in read_agenda(closed, pmo) if entry.key == f"proposal:{file.pk}"]
    assert [decision.proposal_id for decision in entry.decisions] == [file.pk]
    with pytest.raises(MovedOn):
        note(pmo, session.items.earliest("place"), "Another word.")
    with pytest.raises(MovedOn):
        add_item(actor=pmo, session=closed, key="", title="Too late", minutes=5, because="Forgotten.")


@pytest.mark.parametrize("why", ["not for its secretary", "of no workspace"])
def test_an_item_that_its_secretary_cannot_read_keeps_a_session_open_until_it_is_noted(
    why: str, pmo: Any, owner: Any, project_one: Any, body: Any, english: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = create_risk(pmo, project_one, title="The quay sinks", likelihood=5, impact=5)
    session = hold(pmo, body, f"risk:{risk.pk}")
    hidden = session.items.get(source="risk", subject_id=risk.pk)
    for item in session.items.exclude(pk=hidden.pk):
        note(pmo, item, outcome="withdrawn")
    if why == "of no workspace":
        monkeypatch.delitem(SOURCES, "risk")
    else:
        hide_from(monkeypatch, pmo, "risk", risk.pk)

    client, close = english(pmo), reverse("governance:sittings:session_close", args=[session.pk])
    answer = client.post(close)
    words = f"Item {hidden.place}, which you cannot read"
    assert answer.status_code == 422
    assert words in answer.text
    page = client.get(session.get_absolute_url()).text
    note_page = reverse("governance:sittings:session_item", args=[hidden.pk])
    assert words in page
    assert note_page in page
    assert "The quay sinks" not in f"{answer.text}{page}"
    assert words not in english(owner).get(session.get_absolute_url()).text

    form = client.get(note_page).context["form"]
    sent = {"note": "", "outcome": "withdrawn", "seen": form.initial["seen"]}
    sent |= {name: "present" for name in form.fields if name.startswith("presence-")}
    assert client.post(note_page, sent).status_code == 302
    assert client.post(close).status_code == 302
    session.refresh_from_db()
    assert session.state == "closed"


def test_a_draft_shows_each_reader_only_what_they_may_read(
    pmo: Any, owner: Any, amoa: Any, project_one: Any, body: Any, english: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its secretary keeps the place of the item, without its words, and the notice keeps the item."""
    risk = create_risk(pmo, project_one, title="The quay sinks", likelihood=5, impact=5)
    session, late = arrange(pmo, prepare(pmo, body), f"risk:{risk.pk}", FREE), convene(pmo, body)
    other = create_risk(pmo, project_one, title="The crane rusts", likelihood=5, impact=5)
    for person in (pmo, amoa):
        for row in (risk, other):
            hide_from(monkeypatch, person, "risk", row.pk)

    def read(who: Any, name: str, row: Session) -> str:
        return str(english(who).get(reverse(f"governance:sittings:{name}", args=[row.pk])).text)

    assert "The quay sinks" in read(owner, "session", session)
    page, form = read(pmo, "session", session), read(pmo, "session_agenda", session)
    assert "Item 1, which you cannot read" in page
    assert "Item 1, which you cannot read" in form
    assert "which you cannot read" not in read(amoa, "session", session)
    shown = [page, form, read(amoa, "session", session), read(pmo, "session_add", late)]
    assert not [text for text in shown if "The quay sinks" in text or "The crane rusts" in text]
    with pytest.raises(ValidationError):
        add_item(actor=pmo, session=late, key=f"risk:{other.pk}", title="", minutes=5, because="The storm hit it.")
    assert convene_session(actor=pmo, session=session).items.filter(source="risk", subject_id=risk.pk).exists()


def test_a_note_on_a_file_is_no_decision(pmo: Any, proposal: Any, body: Any) -> None:
    file = proposal("ready_for_decision")
    session = hold(pmo, body, f"proposal:{file.pk}")
    for item in session.items.all():
        note(pmo, item, "Everybody agreed to it.")
    before = Decision.objects.count()
    with pytest.raises(ValidationError):
        close_session(actor=pmo, session=session)
    assert Decision.objects.count() == before


@pytest.mark.parametrize("presence", ["present", "absent", "excused", "arrived", "left"])
@pytest.mark.parametrize("member", ["pmo", "amoa", "moe", "recipient"])
def test_nobody_decides_by_sitting_in_a_session_without_its_owner(
    member: str, presence: str, pmo: Any, cast: Any, proposal: Any, body: Any
) -> None:
    """Whoever attends, however: only a mandate or a delegation decides, and an absent owner leaves no decision."""
    file = proposal("ready_for_decision")
    session = hold(pmo, body, f"proposal:{file.pk}")
    item = session.items.get(source="proposal", subject_id=file.pk)
    there = {str(cast[member].pk): presence, str(cast["owner"].pk): "absent"}
    note(pmo, item, presence=there)
    before = Decision.objects.count()
    for outcome in (Outcome.APPROVED, Outcome.REJECTED, Outcome.DEFERRED):
        with pytest.raises(PermissionDenied):
            acts.decide(cast[member], file, outcome)
    assert Decision.objects.count() == before


def test_what_was_deferred_stands_on_the_next_draft_and_the_third_time_is_marked(
    pmo: Any, body: Any, english: Any, owner: Any
) -> None:
    for turn in range(1, 4):
        session = hold(pmo, body, FREE)
        later = session.day + timedelta(days=30)
        for item in session.items.all():
            note(pmo, item, outcome="deferred", deferred_to=later)
        close_session(actor=pmo, session=session)
        draft = prepare(pmo, body)
        [entry] = [entry for entry in draft_agenda(draft) if entry.key == FREE]
        assert entry.deferrals == turn
        assert entry.is_deferred_often is (turn == 3)
    assert "deferred 3 times" in english(owner).get(draft.get_absolute_url()).text
    told = hold(pmo, body, FREE)
    for item in told.items.all():
        withdrawn = {"outcome": "withdrawn"} if item.source else {}
        note(pmo, item, **withdrawn)
    close_session(actor=pmo, session=told)
    assert FREE not in {entry.key for entry in draft_agenda(draft)}


def test_a_convened_session_that_moves_or_is_cancelled_is_told(pmo: Any, owner: Any, body: Any) -> None:
    session = convene(pmo, body)
    session = write_session(
        actor=pmo,
        project=body.project,
        fields={"day": session.day + timedelta(days=1)},
        row=session,
        seen=version_of(session),
    )
    assert Notification.objects.filter(recipient=owner, reason="session_moved").exists()
    assert cancel_session(actor=pmo, session=session).state == "cancelled"
    assert Notification.objects.filter(recipient=owner, reason="session_cancelled").exists()
    with pytest.raises(MovedOn):
        open_session(actor=pmo, session=session)


def test_only_a_change_of_a_convened_session_says_that_those_convened_are_notified(
    pmo: Any, body: Any, english: Any
) -> None:
    client = english(pmo)
    draft, convened = prepare(pmo, body), convene(pmo, body)
    pages = [
        reverse("governance:sittings:session_new", args=["ONE"]),
        *(reverse("governance:sittings:session_edit", args=[row.pk]) for row in (draft, convened)),
    ]
    read = [client.get(page).text for page in pages]
    assert ["already convened are notified" in text for text in read] == [False, False, True]
    assert ["Members and guests are notified once you convene" in text for text in read] == [True, True, False]


def test_a_session_is_prepared_arranged_convened_and_noted_on_its_pages(
    pmo: Any, owner: Any, project_one: Any, body: Any, english: Any
) -> None:
    client = english(pmo)

    def to(name: str, *names: Any) -> str:
        return reverse(f"governance:sittings:{name}", args=names)

    fields = {"body": body.pk, "day": acts.FUTURE, "begins": "14:00", "minutes": "60", "place": "Quay room"}
    assert client.post(to("session_new", "ONE"), fields).status_code == 302
    session = Session.objects.get(body=body)
    form = client.get(to("session_agenda", session.pk)).context["form"]
    sent = {name: field.initial or "" for name, field in form.fields.items()} | {"seen": form.initial["seen"]}
    free = len(form.keys) + 1
    sent |= {f"title-{free}": "The weather of the month", f"order-{free}": "1"}
    assert client.post(to("session_agenda", session.pk), sent).status_code == 302
    assert draft_agenda(Session.objects.get(pk=session.pk))[0].text == "The weather of the month"
    for step in ("convene", "open"):
        assert client.post(to(f"session_{step}", session.pk)).status_code == 302
    item = SessionItem.objects.filter(session=session).earliest("place")
    page = client.get(to("session_item", item.pk))
    noted = {name: "present" for name in page.context["form"].fields if name.startswith("presence-")}
    noted |= {"note": "Rain is expected.", "outcome": "", "seen": page.context["form"].initial["seen"]}
    noted[f"presence-{owner.pk}"] = "left"
    assert client.post(to("session_item", item.pk), noted).status_code == 302
    seen = english(owner).get(session.get_absolute_url()).text
    assert "Rain is expected." in seen
    assert "left during the item" in seen
    following = SessionItem.objects.filter(session=session, place=item.place + 1).first()
    if following:
        after = client.get(to("session_item", following.pk)).context["form"]
        assert after[f"presence-{owner.pk}"].value() == "absent"


def test_a_session_and_its_items_are_read_by_members_of_the_project_alone(
    pmo: Any, outsider: Any, recipient: Any, proposal: Any, body: Any, english: Any
) -> None:
    file = proposal("ready_for_decision")
    session = hold(pmo, body, f"proposal:{file.pk}", FREE)
    pages = [session.get_absolute_url(), reverse("governance:lists:decision_list", args=[session.pk])]
    for page in pages:
        assert english(outsider).get(page).status_code == 404
        assert english(recipient).get(page).status_code == 200
    assert file.reference in english(recipient).get(pages[0]).text
    assert SOURCES["proposal"].read([file.pk], outsider) == {}
    assert SOURCES["proposal"].read([file.pk], recipient) == {file.pk: file}


def test_a_condition_on_an_agenda_is_read_by_members_of_the_project_alone(
    owner: Any, outsider: Any, recipient: Any, proposal: Any
) -> None:
    condition = acts.decide(owner, proposal("ready_for_decision"), Outcome.APPROVED_WITH_CONDITIONS).conditions.get()
    assert SOURCES["condition"].read([condition.pk], outsider) == {}
    assert SOURCES["condition"].read([condition.pk], recipient) == {condition.pk: condition}


def test_whatever_stands_on_an_agenda_or_gives_an_action_knows_who_may_see_it() -> None:
    models = {source.model for source in SOURCES.values()} | {apps.get_model(label) for label in ORIGINS}
    assert [model.__name__ for model in models if not hasattr(model._default_manager, "visible_to")] == []


@pytest.mark.parametrize(
    ("noted", "said"),
    [
        ([], ""),
        ([["1", "present"], ["2", "present"]], "present"),
        (
            [["1", "present"], ["2", "present"], ["3", "left"], ["4", "absent"]],
            "1–2. present · 3. left during the item · 4. absent",
        ),
        ([["2", "excused"]], "excused"),
    ],
)
def test_attendance_is_said_once_if_it_was_the_same_at_each_item(noted: list[list[str]], said: str) -> None:
    with translation.override("en"):
        assert say_presence(noted) == said


def test_a_file_whose_day_for_opinions_has_passed_is_heard(pmo: Any, proposal: Any, body: Any) -> None:
    file = proposal("submitted")
    late, soon = prepare(pmo, body, day=file.current.advise_by + timedelta(days=1)), prepare(pmo, body, day=today())
    assert f"proposal:{file.pk}" in {entry.key for entry in list_found(late)}
    assert f"proposal:{file.pk}" not in {entry.key for entry in list_found(soon)}


def test_the_page_of_a_session_asks_as_much_whatever_its_items(
    pmo: Any, proposal: Any, body: Any, english: Any
) -> None:
    asked = []
    for number in (1, 6):
        session = hold(pmo, body, *(f":Item {place}" for place in range(number)))
        note_all(pmo, session)
        client = english(pmo)
        client.get(session.get_absolute_url())
        with CaptureQueriesContext(connection) as found:
            client.get(session.get_absolute_url())
        asked.append(len(found))
    assert asked[0] == asked[1] <= 22
