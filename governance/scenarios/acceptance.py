"""The acts of acceptance in a scenario: deliverables and tests by their codes, campaigns and defects by their keys."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from governance.acceptance.services import (
    close_campaign,
    close_defect,
    correct_defect,
    open_campaign,
    reopen_defect,
    report_defect,
    run_test,
    write_deliverable,
    write_test,
)
from governance.scenarios.workspace import fields_of, known_row
from governance.scenarios.world import World
from projects.acceptance.enums import Result
from roles.models import User


def _write_deliverable(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], fields_of(world, entry)
    write_deliverable(actor=by, project=project, fields=fields, **known_row(project.deliverables, code=fields["code"]))


def _write_test(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], fields_of(world, entry)
    if "requirement" in fields:
        fields["requirement"] = project.requirements.get(code=fields["requirement"])
    write_test(actor=by, project=project, fields=fields, **known_row(project.tests, code=fields["code"]))


def _open_campaign(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], fields_of(world, entry)
    if "deliverable" in fields:
        fields["deliverable"] = project.deliverables.get(code=fields["deliverable"])
    if "unavailability" in fields:
        fields["unavailability"] = Decimal(str(fields["unavailability"]))
    known = world.campaigns.get(entry["campaign"])
    world.campaigns[entry["campaign"]] = open_campaign(
        actor=by, project=project, fields=fields, **known_row(project.campaigns, pk=known.pk if known else None)
    )


def _run_test(world: World, by: User, entry: dict[str, Any]) -> None:
    campaign = world.campaigns[entry["campaign"]]
    run_test(
        actor=by, campaign=campaign, test=campaign.project.tests.get(code=entry["test"]),
        result=Result(entry["result"]), note=entry.get("note", "").strip(),
    )  # fmt: skip


def _report_defect(world: World, by: User, entry: dict[str, Any]) -> None:
    campaign = world.campaigns[entry["campaign"]]
    world.defects[entry["defect"]] = report_defect(
        actor=by, campaign=campaign, severity=entry["severity"], title=entry["title"],
        description=entry.get("description", "").strip(),
        test=campaign.project.tests.get(code=entry["test"]) if "test" in entry else None,
    )  # fmt: skip


def _correct_defect(world: World, by: User, entry: dict[str, Any]) -> None:
    correct_defect(actor=by, defect=world.defects[entry["defect"]], correction=entry["correction"].strip())


def _close_defect(world: World, by: User, entry: dict[str, Any]) -> None:
    close_defect(actor=by, defect=world.defects[entry["defect"]])


def _reopen_defect(world: World, by: User, entry: dict[str, Any]) -> None:
    reopen_defect(actor=by, defect=world.defects[entry["defect"]])


def _close_campaign(world: World, by: User, entry: dict[str, Any]) -> None:
    close_campaign(actor=by, campaign=world.campaigns[entry["campaign"]])


ACTS: dict[str, Callable[[World, User, dict[str, Any]], None]] = {
    "write_deliverable": _write_deliverable,
    "write_test": _write_test,
    "open_campaign": _open_campaign,
    "run_test": _run_test,
    "report_defect": _report_defect,
    "correct_defect": _correct_defect,
    "close_defect": _close_defect,
    "reopen_defect": _reopen_defect,
    "close_campaign": _close_campaign,
}
