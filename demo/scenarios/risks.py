"""Scenario acts on the risk register. A risk is named by its code, an issue by its key in the file."""

from collections.abc import Callable
from typing import Any

from core.history import version_of
from demo.scenarios.world import World, day
from pmo.models import Risk
from pmo.registers.risks.enums import IssueState, RiskStatus
from pmo.registers.risks.services import (
    assess_risk,
    edit_risk,
    materialise_risk,
    raise_issue,
    raise_risk,
    review_risks,
    set_risk_scale,
    settle_issue,
    settle_risk,
    write_action,
)
from roles.models import User

DAYS = frozenset({"review_on", "due_on", "done_on"})


def _fields(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the `fields` of an act with its dates; texts are stripped."""
    plain = {name: value.strip() if isinstance(value, str) else value for name, value in entry["fields"].items()}
    return {name: day(value) if name in DAYS else value for name, value in plain.items()}


def risk_of(world: World, entry: dict[str, Any]) -> Risk:
    """Return the fresh risk of an act."""
    rows = world.projects[entry["project"]].risks.select_related("project", "scale", "acceptance")
    return rows.get(code=entry["risk"])


def _raise_risk(world: World, by: User, entry: dict[str, Any]) -> None:
    fields = {"code": entry["risk"]} | _fields(entry)
    raise_risk(actor=by, project=world.projects[entry["project"]], fields=fields)


def _edit_risk(world: World, by: User, entry: dict[str, Any]) -> None:
    risk = risk_of(world, entry)
    edit_risk(actor=by, risk=risk, fields=_fields(entry), seen=version_of(risk))


def _assess_risk(world: World, by: User, entry: dict[str, Any]) -> None:
    risk = risk_of(world, entry)
    assess_risk(actor=by, risk=risk, fields=_fields(entry), seen=version_of(risk))


def _settle_risk(world: World, by: User, entry: dict[str, Any]) -> None:
    status, because = RiskStatus(entry["status"]), entry["because"].strip()
    settle_risk(actor=by, risk=risk_of(world, entry), status=status, because=because)


def _treat_risk(world: World, by: User, entry: dict[str, Any]) -> None:
    """Change the action with this text, or add a new one."""
    risk, fields = risk_of(world, entry), _fields(entry)
    known = risk.actions.filter(text=fields["text"]).first()
    write_action(actor=by, risk=risk, fields=fields, row=known, seen=version_of(known) if known else "")


def _review_risks(world: World, by: User, entry: dict[str, Any]) -> None:
    risk = risk_of(world, entry) if "risk" in entry else None
    review_risks(
        actor=by,
        project=world.projects[entry["project"]],
        note=entry.get("note", "").strip(),
        review_on=day(entry.get("review_on")),
        risk=risk,
    )


def _materialise_risk(world: World, by: User, entry: dict[str, Any]) -> None:
    world.issues[entry["issue"]] = materialise_risk(actor=by, risk=risk_of(world, entry), fields=_fields(entry))


def _raise_issue(world: World, by: User, entry: dict[str, Any]) -> None:
    project = world.projects[entry["project"]]
    world.issues[entry["issue"]] = raise_issue(actor=by, project=project, fields=_fields(entry))


def _settle_issue(world: World, by: User, entry: dict[str, Any]) -> None:
    state = IssueState(entry["state"])
    settle_issue(actor=by, issue=world.issues[entry["issue"]], state=state, fields=_fields(entry))


def _set_risk_scale(world: World, by: User, entry: dict[str, Any]) -> None:
    set_risk_scale(actor=by, project=world.projects[entry["project"]], fields=entry["fields"])


ACTS: dict[str, Callable[[World, User, dict[str, Any]], None]] = {
    "raise_risk": _raise_risk,
    "edit_risk": _edit_risk,
    "assess_risk": _assess_risk,
    "settle_risk": _settle_risk,
    "treat_risk": _treat_risk,
    "review_risks": _review_risks,
    "materialise_risk": _materialise_risk,
    "raise_issue": _raise_issue,
    "settle_issue": _settle_issue,
    "set_risk_scale": _set_risk_scale,
}
