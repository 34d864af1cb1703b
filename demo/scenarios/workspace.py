"""Scenario acts on the business workspace: requirements, questions, acceptance, recipients, change plan.

A row is named by its code, number, name or title, and a group by its name; an existing row is changed, any other is
new.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from amoa.acceptance.enums import Result
from amoa.acceptance.services import (
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
from amoa.change_plan.services import (
    add_reading,
    answer_feedback,
    freeze_plan,
    give_feedback,
    write_communication,
    write_impact,
    write_indicator,
    write_training,
)
from amoa.models import Requirement
from amoa.questions.services import answer, ask, estimate
from amoa.recipients.services import describe_group
from amoa.requirements.services import change_many, edit_requirement, freeze_baseline, implement, write_requirement
from amoa.requirements.versions import number_criteria
from core.history import version_of
from demo.scenarios.world import World, day, instant
from governance.record.acknowledgements.services import acknowledge
from projects.models import Project
from roles.models import User

DAYS = frozenset({"due_on", "done_on", "held_on", "starts_on", "ends_on", "delivered_on"})


# Requirements, and the questions of both sides on them.


def _requirement_fields(project: Project, content: dict[str, Any], known: Requirement | None = None) -> dict[str, Any]:
    """Return the fields of a requirement: `parent` is a code, `recipients` are names of groups, `criteria` texts."""
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in content.items()}
    if "parent" in fields:
        fields["parent"] = project.requirements.get(code=fields["parent"])
    if "deliverable" in fields:
        fields["deliverable"] = project.deliverables.get(code=fields["deliverable"])
    if "criteria" in fields:
        fields["criteria"] = number_criteria(fields["criteria"], known.criteria if known else ())
    if "recipients" in fields:
        groups = project.recipient_groups.filter(name__in=fields["recipients"]).order_by("pk")
        fields["recipients"] = list(groups.values_list("pk", flat=True))
    return fields


def _of_codes(project: Project, codes: list[str]) -> list[int]:
    return list(project.requirements.filter(code__in=codes).values_list("pk", flat=True))


def _write_requirement(world: World, by: User, entry: dict[str, Any]) -> None:
    project = world.projects[entry["project"]]
    write_requirement(actor=by, project=project, fields=_requirement_fields(project, entry["content"]))


def _edit_requirement(world: World, by: User, entry: dict[str, Any]) -> None:
    project = world.projects[entry["project"]]
    requirement = project.requirements.get(code=entry["requirement"])
    fields = _requirement_fields(project, entry["content"], requirement)
    edit_requirement(actor=by, requirement=requirement, seen=requirement.changed_at.isoformat(), fields=fields)


def _change_many(world: World, by: User, entry: dict[str, Any]) -> None:
    project = world.projects[entry["project"]]
    numbers = _of_codes(project, entry["requirements"])
    change_many(actor=by, project=project, numbers=numbers, fields=entry["fields"])


def _implement(world: World, by: User, entry: dict[str, Any]) -> None:
    project = world.projects[entry["project"]]
    implement(actor=by, project=project, numbers=_of_codes(project, entry["requirements"]))


def _freeze_baseline(world: World, by: User, entry: dict[str, Any]) -> None:
    freeze_baseline(actor=by, project=world.projects[entry["project"]], reason=entry.get("reason", ""))


def _ask(world: World, by: User, entry: dict[str, Any]) -> None:
    one = world.projects[entry["project"]].requirements.get(code=entry["requirement"])
    world.questions[entry["question"]] = ask(actor=by, requirement=one, text=entry["text"].strip())


def _answer(world: World, by: User, entry: dict[str, Any]) -> None:
    answer(actor=by, question=world.questions[entry["question"]], text=entry["text"].strip())


def _estimate(world: World, by: User, entry: dict[str, Any]) -> None:
    one = world.projects[entry["project"]].requirements.get(code=entry["requirement"])
    days, cost = (Decimal(str(entry[name])) if name in entry else None for name in ("days", "cost"))
    estimate(actor=by, requirement=one, days=days, cost=cost, note=entry.get("note", "").strip())


# Recipients and the change plan.


def _fields(world: World, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the `fields` of an act, with the `group` by its name and the proposal that a message comes `after`."""
    project, fields = world.projects[entry["project"]], dict(entry["fields"])
    if "group" in fields:
        fields["group"] = project.recipient_groups.get(name=fields["group"])
    if "after" in fields and fields["after"] in world.proposals:
        fields["after"] = world.proposals[fields["after"]].number
    if "target" in fields:
        fields["target"] = Decimal(str(fields["target"]))
    return {name: day(value) if name in DAYS else value for name, value in fields.items()}


def _known(rows: Any, **named: Any) -> dict[str, Any]:
    """Return the row of this name with its version, as service arguments; none of both for a new row."""
    row = rows.filter(**named).first()
    return {"row": row, "seen": version_of(row) if row else ""}


def _describe_group(world: World, by: User, entry: dict[str, Any]) -> None:
    project = world.projects[entry["project"]]
    known = _known(project.recipient_groups, name=entry["fields"]["name"])
    describe_group(actor=by, project=project, fields=_fields(world, entry), group=known["row"], seen=known["seen"])


def _write_impact(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], _fields(world, entry)
    group, aspect = fields.pop("group"), fields.pop("aspect")
    seen = _known(project.impacts, group=group, aspect=aspect)["seen"]
    write_impact(actor=by, project=project, group=group, aspect=aspect, fields=fields, seen=seen)


def _write_communication(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], _fields(world, entry)
    write_communication(
        actor=by, project=project, fields=fields, **_known(project.communications, title=fields["title"])
    )


def _write_training(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], _fields(world, entry)
    write_training(actor=by, project=project, fields=fields, **_known(project.trainings, title=fields["title"]))


def _write_indicator(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], _fields(world, entry)
    write_indicator(actor=by, project=project, fields=fields, **_known(project.indicators, name=fields["name"]))


def _add_reading(world: World, by: User, entry: dict[str, Any]) -> None:
    indicator = world.projects[entry["project"]].indicators.get(name=entry["indicator"])
    add_reading(
        actor=by, indicator=indicator, measured_on=instant(entry["on"]).date(), value=Decimal(str(entry["value"]))
    )


def _freeze_plan(world: World, by: User, entry: dict[str, Any]) -> None:
    freeze_plan(actor=by, project=world.projects[entry["project"]])


def _give_feedback(world: World, by: User, entry: dict[str, Any]) -> None:
    project = world.projects[entry["project"]]
    world.feedback[entry["feedback"]] = give_feedback(
        actor=by,
        project=project,
        group=project.recipient_groups.get(name=entry["group"]),
        kind=entry["kind"],
        text=entry["text"].strip(),
        requirement=entry.get("requirement", ""),
        risk=entry.get("risk", ""),
    )


def _answer_feedback(world: World, by: User, entry: dict[str, Any]) -> None:
    answer_feedback(
        actor=by,
        item=world.feedback[entry["feedback"]],
        answer=entry["answer"].strip(),
        requirement=entry.get("requirement", ""),
        risk=entry.get("risk", ""),
    )


def _acknowledge(world: World, by: User, entry: dict[str, Any]) -> None:
    acknowledge(actor=by, decision=world.decisions[entry["decision"]])


# Acceptance: a campaign and a defect are named by the keys of the file.


def _write_deliverable(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], _fields(world, entry)
    write_deliverable(actor=by, project=project, fields=fields, **_known(project.deliverables, code=fields["code"]))


def _write_test(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], _fields(world, entry)
    if "requirement" in fields:
        fields["requirement"] = project.requirements.get(code=fields["requirement"])
    write_test(actor=by, project=project, fields=fields, **_known(project.tests, code=fields["code"]))


def _open_campaign(world: World, by: User, entry: dict[str, Any]) -> None:
    project, fields = world.projects[entry["project"]], _fields(world, entry)
    if "deliverable" in fields:
        fields["deliverable"] = project.deliverables.get(code=fields["deliverable"])
    if "unavailability" in fields:
        fields["unavailability"] = Decimal(str(fields["unavailability"]))
    known = world.campaigns.get(entry["campaign"])
    world.campaigns[entry["campaign"]] = open_campaign(
        actor=by, project=project, fields=fields, **_known(project.campaigns, pk=known.pk if known else None)
    )


def _run_test(world: World, by: User, entry: dict[str, Any]) -> None:
    campaign = world.campaigns[entry["campaign"]]
    run_test(
        actor=by,
        campaign=campaign,
        test=campaign.project.tests.get(code=entry["test"]),
        result=Result(entry["result"]),
        note=entry.get("note", "").strip(),
    )


def _report_defect(world: World, by: User, entry: dict[str, Any]) -> None:
    campaign = world.campaigns[entry["campaign"]]
    world.defects[entry["defect"]] = report_defect(
        actor=by,
        campaign=campaign,
        severity=entry["severity"],
        title=entry["title"],
        description=entry.get("description", "").strip(),
        test=campaign.project.tests.get(code=entry["test"]) if "test" in entry else None,
    )


def _correct_defect(world: World, by: User, entry: dict[str, Any]) -> None:
    correct_defect(actor=by, defect=world.defects[entry["defect"]], correction=entry["correction"].strip())


def _close_defect(world: World, by: User, entry: dict[str, Any]) -> None:
    close_defect(actor=by, defect=world.defects[entry["defect"]])


def _reopen_defect(world: World, by: User, entry: dict[str, Any]) -> None:
    reopen_defect(actor=by, defect=world.defects[entry["defect"]])


def _close_campaign(world: World, by: User, entry: dict[str, Any]) -> None:
    close_campaign(actor=by, campaign=world.campaigns[entry["campaign"]])


ACTS: dict[str, Callable[[World, User, dict[str, Any]], None]] = {
    "write_requirement": _write_requirement,
    "edit_requirement": _edit_requirement,
    "change_many": _change_many,
    "implement": _implement,
    "freeze_baseline": _freeze_baseline,
    "ask": _ask,
    "answer": _answer,
    "estimate": _estimate,
    "describe_group": _describe_group,
    "write_impact": _write_impact,
    "write_communication": _write_communication,
    "write_training": _write_training,
    "write_indicator": _write_indicator,
    "add_reading": _add_reading,
    "freeze_plan": _freeze_plan,
    "give_feedback": _give_feedback,
    "answer_feedback": _answer_feedback,
    "acknowledge": _acknowledge,
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
