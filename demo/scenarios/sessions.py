"""Scenario acts on sessions, each named by its `body` and number: prepare, convene, open, close, settle the list."""

from collections.abc import Callable
from datetime import time
from typing import Any

from core.history import version_of
from demo.scenarios.world import DAY, World, instant
from governance.decide.obligations.working_days import read_calendar
from governance.sessions.bodies.services import write_body
from governance.sessions.lists.services import settle_list
from governance.sessions.sittings.models import Session
from governance.sessions.sittings.queries import draft_agenda, list_members, read_agenda
from governance.sessions.sittings.services import (
    arrange_agenda,
    close_session,
    convene_session,
    note_item,
    open_session,
    write_session,
)
from roles.models import User

#: Minutes of an item that awaits a decision, and of another.
LONG, SHORT = 20, 10


def _found_body(world: World, by: User, entry: dict[str, Any]) -> None:
    write_body(actor=by, project=world.projects[entry["project"]], fields=entry["fields"])


def _prepare_session(world: World, by: User, entry: dict[str, Any]) -> None:
    """Prepare the next session of a body, on its `day` or, when nobody works then, on the next one."""
    project = world.projects[entry["project"]]
    fields = {
        "body": project.bodies.get(name=entry["body"]),
        "day": read_calendar().add_working_days(instant(entry["day"]).date() - DAY, 1),
        "begins": time.fromisoformat(entry["begins"]),
        "minutes": entry["minutes"],
        "place": entry["place"],
    }
    write_session(actor=by, project=project, fields=fields)


def _convene_session(world: World, by: User, entry: dict[str, Any]) -> None:
    """Convene a session that hears what its project holds, then the free items of `told`."""
    session = find_session(world, entry)
    found = [item.key for item in draft_agenda(session)]
    placed = [
        {"key": key, "minutes": LONG if key.startswith("proposal:") else SHORT, "out": False}
        for key in [*found, *(f":{title}" for title in entry["told"])]
    ]
    session = arrange_agenda(actor=by, session=session, arranged=placed, seen=version_of(session))
    convene_session(actor=by, session=session)


def find_session(world: World, entry: dict[str, Any]) -> Session:
    """Return the session of an entry: number `session` of its `body`."""
    sessions = world.projects[entry["project"]].sessions.select_related("body", "project")
    return sessions.get(body__name=entry["body"], number=entry["session"])


def _open_session(world: World, by: User, entry: dict[str, Any]) -> None:
    open_session(actor=by, session=find_session(world, entry))


def _close_session(world: World, by: User, entry: dict[str, Any]) -> None:
    """Note the items in their order with `notes`, empty where a decision says it, then close the session.

    Whoever is convened was there, but for those `excused`.
    """
    session = find_session(world, entry)
    excused = {world.people[key].pk for key in entry.get("excused", [])}
    people = [seat.holder_id for seat in list_members(session)]
    presence = {str(number): "excused" if number in excused else "present" for number in people}
    items = list(session.items.order_by("place"))
    if len(items) != len(entry["notes"]):
        raise ValueError(f"{session} has the items {[item.text for item in read_agenda(session, by)]}")
    for item, note in zip(items, entry["notes"], strict=True):
        note_item(actor=by, item=item, note=note.strip(), presence=presence, seen=version_of(item))
    close_session(actor=by, session=find_session(world, entry))


def _settle_list(world: World, by: User, entry: dict[str, Any]) -> None:
    settle_list(actor=by, session=find_session(world, entry))


ACTS: dict[str, Callable[[World, User, dict[str, Any]], None]] = {
    "found_body": _found_body,
    "prepare_session": _prepare_session,
    "convene_session": _convene_session,
    "open_session": _open_session,
    "close_session": _close_session,
    "settle_list": _settle_list,
}
