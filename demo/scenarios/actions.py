"""Scenario acts on actions: give one, and say what became of it. An action is named by its number."""

from collections.abc import Callable
from typing import Any

from demo.scenarios.sessions import find_session
from demo.scenarios.world import World, day
from governance.life.actions.enums import ActionState
from governance.life.actions.services import settle_action, write_action
from governance.life.actions.sources import find_origin
from roles.models import User


def _give_action(world: World, by: User, entry: dict[str, Any]) -> None:
    """Give an action to a person in a role, from a risk of the project by its code, or from a session."""
    project = world.projects[entry["project"]]
    fields = {
        "text": entry["text"].strip(),
        "seat": f"{entry['role']}-{world.people[entry['holder']].pk}",
        "due_on": day(entry["due_on"]),
    }
    source = ""
    if "from" in entry:
        source = f"pmo.risk-{project.risks.get(code=entry['from']).pk}"
    elif "session" in entry:
        source = f"governance.session-{find_session(world, entry).pk}"
    write_action(actor=by, project=project, fields=fields, origin=find_origin(project, source, by))


def _settle_action(world: World, by: User, entry: dict[str, Any]) -> None:
    action = world.projects[entry["project"]].actions.get(number=entry["action"])
    outcome = entry.get("outcome", "").strip()
    settle_action(actor=by, action=action, state=ActionState(entry["state"]), outcome=outcome, document=None)


ACTS: dict[str, Callable[[World, User, dict[str, Any]], None]] = {
    "give_action": _give_action,
    "settle_action": _settle_action,
}
