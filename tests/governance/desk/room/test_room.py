"""Test the room of a session: one page that shows everybody the item that is heard, and starts nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from governance.desk.room.pointer import Pointer, read_pointer, write_pointer
from governance.desk.room.queries import read_screen
from governance.models import Session
from governance.sessions.sittings.services import close_session
from projects.models import LedgerEvent
from tests import acts
from tests.governance.sessions.factories import FREE, convene, found_body, hide_from, hold, note, prepare
from tests.pmo.registers.risks.factories import create_risk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_shown() -> None:
    """Begin with a room that shows nothing."""
    cache.clear()


@pytest.fixture
def file(proposal: Any) -> Any:
    """Return a file that waits for the owner, with its opinions."""
    return proposal("ready_for_decision")


@pytest.fixture
def session(pmo: Any, project_one: Any, file: Any) -> Session:
    """Return an open session: a free item, then the file."""
    return hold(pmo, found_body(pmo, project_one), FREE, f"proposal:{file.pk}")


def room(session: Session, page: str = "room") -> str:
    """Return the address of a page of the room."""
    return reverse(f"governance:room:{page}", args=[session.pk])


def step(client: Any, session: Session, way: str = "next") -> Any:
    """Show everybody another item."""
    return client.post(room(session, "room_show"), {"step": way})


def test_the_room_shows_everybody_what_the_secretary_shows(
    session: Session, file: Any, pmo: Any, amoa: Any, owner: Any, english: Any
) -> None:
    reader = english(amoa)
    assert '<h2 id="shown" lang="en">Read the calendar of the works</h2>' in reader.get(room(session)).text
    assert step(english(pmo), session).status_code == 302
    page = reader.get(room(session)).text
    assert f"{file.reference} · {file.title}" in page
    assert file.current.question in page
    for opinion in file.current.opinions.all():
        assert opinion.reasons in page
    for option in file.current.options:
        assert option["title"] in page
    decide = f'{file.get_absolute_url()}#decide"'
    assert decide not in page
    assert decide in english(owner).get(room(session)).text
    assert step(english(pmo), session, "previous").status_code == 302
    assert "Read the calendar of the works</h2>" in reader.get(room(session)).text


def test_reading_starts_nothing(session: Session, owner: Any, amoa: Any, english: Any) -> None:
    before = LedgerEvent.objects.count(), read_pointer(session)
    for who in (owner, amoa):
        assert english(who).get(room(session)).status_code == 200
        assert english(who).get(room(session, "room_screen")).status_code == 200
    assert (LedgerEvent.objects.count(), read_pointer(session)) == before == (before[0], None)


@pytest.mark.parametrize("who", ["owner", "amoa", "moe", "recipient", "other_owner", "staff_admin"])
def test_only_the_secretary_shows_another_item(who: str, session: Session, cast: Any, client_of: Any) -> None:
    assert step(client_of(cast[who]), session).status_code in {403, 404}
    assert read_pointer(session) is None


def test_the_room_is_that_of_the_people_of_the_project(session: Session, cast: Any, client_of: Any) -> None:
    for page in ("room", "room_screen"):
        assert client_of(cast["outsider"]).get(room(session, page)).status_code == 404
        assert client_of(cast["moe"]).get(room(session, page)).status_code == 200


def test_the_page_asks_again_only_for_what_changed(
    session: Session, file: Any, pmo: Any, amoa: Any, owner: Any, english: Any
) -> None:
    reader, screen = english(amoa), room(session, "room_screen")

    def seen() -> dict[str, str]:
        return {"seen": reader.get(room(session)).context["screen"].version}

    was = seen()
    assert reader.get(screen, was).status_code == 204
    step(english(pmo), session)
    answer = reader.get(screen, was)
    assert f"{file.reference} · {file.title}" in answer.text
    assert "<html" not in answer.text
    was = seen()
    assert reader.get(screen, was).status_code == 204
    acts.decide(owner, file)
    assert file.decisions.get().reference in reader.get(screen, was).text
    was = seen()
    [free] = session.items.filter(source="")
    note(pmo, free, "Rain is expected.")
    assert reader.get(screen, was).status_code == 200


def test_the_time_of_an_item_begins_when_it_is_shown_that_of_the_first_with_the_session(
    session: Session, pmo: Any, english: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = english(pmo)
    first = client.get(room(session)).context["screen"]
    assert (first.place, first.minutes) == (1, 0)
    session.opened_at -= timedelta(minutes=7)
    later = read_screen(session, pmo)
    assert (later.minutes, later.version != first.version) == (7, True)
    step(client, session)
    was = client.get(room(session)).context["screen"].version
    assert "0 of 10 minutes" in client.get(room(session)).text
    begun = read_pointer(session)
    assert begun
    cache.set(f"room.{session.pk}", Pointer(begun.place, timezone.now() - timedelta(minutes=12)))
    answer = client.get(room(session, "room_screen"), {"seen": was})
    assert "12 of 10 minutes" in answer.text
    assert answer.context["screen"].is_over_time


def test_the_first_item_left_open_is_shown_by_default(
    session: Session, file: Any, pmo: Any, amoa: Any, english: Any
) -> None:
    [free] = session.items.filter(source="")
    note(pmo, free, "Rain is expected.")
    assert f"{file.reference} · {file.title}</h2>" in english(amoa).get(room(session)).text


def test_the_steps_end_with_the_agenda(session: Session, pmo: Any, client_of: Any) -> None:
    client, last = client_of(pmo), session.items.count()
    step(client, session, "previous")
    assert read_pointer(session) is None
    for _turn in range(last + 2):
        step(client, session)
    shown = read_pointer(session)
    assert shown
    assert shown.place == last
    write_pointer(session, last + 7)
    assert client.get(room(session)).context["screen"].place in range(1, last + 1)


def test_an_item_that_its_reader_may_not_read_keeps_its_place_without_its_words(
    pmo: Any, amoa: Any, owner: Any, project_one: Any, english: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = create_risk(pmo, project_one, title="The quay sinks", likelihood=5, impact=5)
    session = hold(pmo, found_body(pmo, project_one), f"risk:{risk.pk}", FREE)
    hide_from(monkeypatch, amoa, "risk", risk.pk)
    page = english(amoa).get(room(session)).text
    assert "Item 1, which you cannot read</h2>" in page
    assert "The quay sinks" not in page
    assert "Red risk" not in page
    assert "The quay sinks</h2>" in english(owner).get(room(session)).text


def test_the_room_waits_for_the_opening_and_ends_with_the_closing(
    pmo: Any, amoa: Any, project_one: Any, session: Session, english: Any
) -> None:
    reader, convened = english(amoa), convene(pmo, session.body)
    early = reader.get(room(convened)).text
    assert "The session is not open yet." in early
    assert 'id="shown"' not in early
    assert 'hx-trigger="every 3s"' in early
    assert step(english(pmo), convened).status_code == 409
    for item in session.items.all():
        note(pmo, item, outcome="withdrawn")
    close_session(actor=pmo, session=session)
    late = reader.get(room(session)).text
    assert "The session is closed." in late
    assert 'hx-trigger="every 3s"' not in late
    assert step(english(pmo), session).status_code == 409
    assert reader.get(room(prepare(pmo, session.body))).status_code == 404


def test_the_session_leads_to_its_room_and_a_note_leads_back(
    session: Session, pmo: Any, amoa: Any, english: Any
) -> None:
    assert room(session) in english(amoa).get(session.get_absolute_url()).text
    client = english(pmo)
    screen = client.get(room(session)).context["screen"]
    address = reverse("governance:sittings:session_item", args=[screen.shown.item.pk])
    assert f"{address}?from=room" in client.get(room(session)).text
    form = client.get(f"{address}?from=room").context["form"]
    sent = {name: "present" for name in form.fields if name.startswith("presence-")}
    sent |= {"note": "Rain is expected.", "outcome": "", "seen": form.initial["seen"]}
    assert client.post(f"{address}?from=room", sent).headers["Location"] == room(session)
    assert "Rain is expected." not in client.get(room(session)).text, "it shows the next item now"


def test_a_file_that_was_decided_is_no_more_to_be_decided_in_the_room(
    session: Session, file: Any, owner: Any, english: Any
) -> None:
    write_pointer(session, 2)
    acts.decide(owner, file)
    page = english(owner).get(room(session)).text
    assert f"{file.get_absolute_url()}#decide" not in page
    assert file.decisions.get().reference in page
