"""Attack the triggers and constraints of bodies, sessions and their items."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from core.acts import acting_as
from core.history import bypassing_history
from governance.models import Body, Session, SessionItem
from projects.models import Project
from roles.models import User
from tests.attacks import Attacks, leaves
from tests.governance.sessions.factories import FREE, convene, found_body, hold, note, prepare

pytestmark = pytest.mark.django_db

SHA = "a" * 64


@dataclass
class World:
    """A body with a session in preparation, one that is convened, one that is open; and another project."""

    pmo: User
    body: Body
    draft: Session
    convened: Session
    open: Session
    item: SessionItem
    other: Project

    def change(self, row: Any, **fields: Any) -> None:
        """Change a row past the services."""
        with bypassing_history():
            assert type(row).objects.filter(pk=row.pk).update(**fields)

    def copy(self, row: Any, **fields: Any) -> None:
        """Insert a copy of a row past the services."""
        given = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        with bypassing_history():
            type(row).objects.bulk_create([type(row)(**given | {"id": None} | fields)])

    def next(self, **fields: Any) -> None:
        """Insert the next session of the body."""
        self.copy(self.draft, **{"number": 4, **fields})

    def late(self, session: Session, **fields: Any) -> None:
        """Insert an item after the notice."""
        given = {"session_id": session.pk, "place": 90, "source": "", "subject_id": None, "title": "Free", "note": ""}
        given |= {"added_by_id": self.pmo.pk, "because": "The storm hit it."}
        self.copy(self.item, **given | fields)

    def convene(self, **fields: Any) -> None:
        """Convene the session in preparation."""
        self.change(self.draft, **{"state": "convened", "agenda_hash": SHA, "convened_at": timezone.now(), **fields})

    def skip_the_notice(self) -> None:
        """Open the session in preparation."""
        self.change(self.draft, state="open", opened_at=timezone.now())

    def close(self, **fields: Any) -> None:
        """Close the open session, whose items were noted but one."""
        self.change(self.open, **{"state": "closed", "closed_at": timezone.now(), **fields})


@pytest.fixture
def world(pmo: Any, project_one: Any, project_two: Any) -> World:
    """Return sessions in three states."""
    body = found_body(pmo, project_one)
    opened = hold(pmo, body, FREE)
    convened, draft = convene(pmo, body), prepare(pmo, body)
    item = opened.items.get(source="")
    for other in opened.items.exclude(pk=item.pk):
        note(pmo, other, outcome="withdrawn")
    return World(pmo, body, draft, convened, opened, item, project_two)


KEEPS = "A row keeps its project and what names it"
TOGETHER = "What belongs together is of one project"
BEGINS = "A session begins in preparation, and those of a body follow each other"
STATES = "A session is prepared, convened, open, then closed, and stays as it was closed"
FROZEN = "The agenda is frozen by its notice, with its fingerprint"
PLACE = "An open session keeps its day and its place"
LEFT = "A session closes once each item is decided, deferred to a day, withdrawn or told"
JOINS = "An item joins the agenda of a session that is convened or open"
WHY = "An item added after the notice says who added it and why"
NOTED = "Items are noted while their session is open"
LATER = "An item is deferred to a later day"
FIRST, FOLLOWS = "session.begins_in_preparation", "session.follows_its_states"
ON, OPEN = "sessionitem.is_on_the_agenda_by_its_notice_or_says_why", "sessionitem.is_noted_while_the_session_is_open"
EVENTS = "rowseal.is_covered_by_an_event"
ATTACKS = Attacks(
    triggers=[
        ("body.stays_on_its_project", "moved", lambda w: w.change(w.body, project=w.other), KEEPS),
        ("session.stays_on_its_project", "another number", lambda w: w.change(w.draft, number=98), KEEPS),
        ("sessionitem.stays_on_its_project", "another title", lambda w: w.change(w.item, title="Free"), KEEPS),
        ("sessionitem.stays_on_its_project", "without its author", lambda w: w.change(w.item, place=98), KEEPS),
        ("session.points_within_its_project", "a foreign body", lambda w: w.next(project_id=w.other.pk), TOGETHER),
        (FIRST, "convened at once", lambda w: w.next(state="convened"), BEGINS),
        (FIRST, "out of its order", lambda w: w.next(number=98), BEGINS),
        (
            FOLLOWS,
            "opened without a notice",
            lambda w: w.change(w.draft, state="open", opened_at=timezone.now()),
            STATES,
        ),
        (FOLLOWS, "prepared again", lambda w: w.change(w.convened, state="prepared"), STATES),
        (FOLLOWS, "convened without its fingerprint", lambda w: w.convene(agenda_hash=""), FROZEN),
        (FOLLOWS, "convened at no time", lambda w: w.convene(convened_at=None), FROZEN),
        (FOLLOWS, "another agenda", lambda w: w.change(w.convened, agenda_hash=SHA), FROZEN),
        (FOLLOWS, "arranged after the notice", lambda w: w.change(w.open, arranged=[]), FROZEN),
        (FOLLOWS, "moved while it is open", lambda w: w.change(w.open, place="Elsewhere"), PLACE),
        (FOLLOWS, "closed with an item left", lambda w: w.close(), LEFT),
        (ON, "before the notice", lambda w: w.late(w.draft), JOINS),
        (ON, "noted at once", lambda w: w.late(w.open, note="Heard."), JOINS),
        (ON, "without a reason", lambda w: w.late(w.open, because="."), WHY),
        (ON, "by nobody", lambda w: w.late(w.open, added_by_id=None), WHY),
        (OPEN, "noted before it opens", lambda w: w.change(w.convened.items.earliest("place"), note="Heard."), NOTED),
        (
            OPEN,
            "deferred to the day itself",
            lambda w: w.change(w.item, outcome="deferred", deferred_to=w.open.day),
            LATER,
        ),
        ("body.leaves_an_event", "without one", lambda w: w.copy(w.body, project_id=w.other.pk), leaves(Body)),
        ("session.leaves_an_event", "without one", lambda w: w.next(project_id=w.other.pk), leaves(Session)),
        (
            "sessionitem.leaves_an_event",
            "without one",
            lambda w: w.late(w.open, project_id=w.other.pk),
            leaves(SessionItem),
        ),
    ],
    constraints={
        "one_body_per_name_and_project": lambda w: w.copy(w.body),
        "a_body_has_a_name": lambda w: w.change(w.body, name=""),
        "a_body_is_of_a_known_kind": lambda w: w.change(w.body, kind="jury"),
        "a_body_has_members": lambda w: w.change(w.body, members=[]),
        "the_delays_of_a_body_are_short": lambda w: w.change(w.body, notice_days=61),
        "one_session_per_number": lambda w: w.next(number=1),
        "a_session_lasts_some_minutes": lambda w: w.change(w.draft, minutes=0),
        "a_session_is_opened_at_a_time": lambda w: w.change(w.convened, state="open"),
        "a_session_is_closed_at_a_time": lambda w: w.change(w.draft, closed_at=timezone.now()),
        "one_item_per_place": lambda w: w.late(w.open, place=w.item.place),
        "a_row_is_heard_once_in_a_session": lambda w: (
            w.late(w.open, source="risk", subject_id=1, title=""),
            w.late(w.open, source="risk", subject_id=1, title="", place=91),
        ),
        "an_item_is_a_row_or_has_a_title": lambda w: w.late(w.open, title=""),
        "a_deferred_item_has_a_day": lambda w: w.change(w.item, outcome="deferred"),
    },
    behind={
        "body.leaves_an_event": EVENTS,
        "session.leaves_an_event": (EVENTS, "session.points_within_its_project"),
        "sessionitem.leaves_an_event": (EVENTS, ON),
        "one_session_per_number": FIRST,
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    with acting_as(world.pmo):
        ATTACKS.prove(guard, world)
