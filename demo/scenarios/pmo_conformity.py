"""Scenario acts on conformity: the checks of a standard, and the end of a waiver.

A scenario may keep its conformity in a file of its own, `<name>_conformity.yaml`: its `acts`, and the `terms` of the
proposed waivers by the key of the proposal. `merge_conformity` merges them into the scenario.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from demo.scenarios.world import World, day, instant
from pmo.models import Waiver
from pmo.standards.conformity.enums import Result
from pmo.standards.conformity.services import record_check
from pmo.standards.standards.references import list_checkpoints
from pmo.standards.waivers.services import close_waiver, revoke_waiver
from roles.models import User

Source = dict[str, Any]


def merge_conformity(source: Source, more: Source) -> Source:
    """Merge the terms of waivers into their proposals, and the acts of conformity before the first review.

    The reviews show the results of these acts.
    """
    source = deepcopy(source)
    for entry in source["acts"]:
        if entry["act"] == "draft" and entry["proposal"] in more["terms"]:
            entry["content"]["terms"] = more["terms"][entry["proposal"]]
    names = [entry["act"] for entry in source["acts"]]
    first = names.index("archive_review") if "archive_review" in names else len(names)
    source["acts"][first:first] = more["acts"]
    return source


def _check(world: World, by: User, entry: Source) -> None:
    """Check the `checkpoints` of the `standard` in force with a `result`; `evidence` is the key of a document."""
    project = world.projects[entry["project"]]
    known = list_checkpoints(project, instant(entry["at"]).date())
    mine = [checkpoint for checkpoint in known if checkpoint.version.standard.code == entry["standard"]]
    chosen = [
        checkpoint
        for checkpoint in mine
        if checkpoint.number in entry.get("checkpoints", [checkpoint.number for checkpoint in mine])
    ]
    if not chosen:
        raise ValueError(f"{entry['standard']} has no such checkpoint in force on {project.code} at {entry['at']}")
    evidence = world.documents[entry["evidence"]].versions.latest("number") if "evidence" in entry else None
    for checkpoint in chosen:
        record_check(
            actor=by,
            project=project,
            checkpoint=checkpoint,
            result=Result(entry["result"]),
            finding=entry.get("finding", "").strip(),
            evidence=evidence,
            action=entry.get("action", "").strip(),
            action_role=entry.get("action_role", ""),
            action_due=day(entry.get("action_due")),
        )


def _waiver(world: World, entry: Source) -> Waiver:
    """Return the waiver that a proposal granted."""
    return Waiver.objects.with_record().get(revision__proposal=world.proposals[entry["proposal"]])


def _revoke(world: World, by: User, entry: Source) -> None:
    revoke_waiver(actor=by, waiver=_waiver(world, entry), because=entry["because"].strip())


def _close(world: World, by: User, entry: Source) -> None:
    close_waiver(actor=by, waiver=_waiver(world, entry), because=entry.get("because", "").strip())


ACTS: dict[str, Callable[[World, User, Source], None]] = {
    "check_conformity": _check,
    "revoke_waiver": _revoke,
    "close_waiver": _close,
}
