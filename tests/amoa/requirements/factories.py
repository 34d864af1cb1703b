"""Create requirements and baselines: write, freeze, put to the owner, answer."""

from typing import Any

from amoa.models import Requirement, RequirementBaseline
from amoa.requirements.models import get_baseline_in_force
from amoa.requirements.services import edit_requirement, freeze_baseline, write_requirement
from core.record.sealing import term_of
from governance.enums import Outcome
from governance.models import Decision, Proposal
from projects.models import Project
from projects.seats.mandates.holders import proposers
from tests import acts
from tests.database import fire_deferred_triggers

NOTED = {"impact_schedule": "None.", "impact_recipients": "None."}


def write(actor: Any, project: Any, **fields: Any) -> Requirement:
    """Write a proposed requirement."""
    content = {"kind": "functional", "title": "Crews see the berth plan", "state": "proposed"} | fields
    return write_requirement(actor=actor, project=project, fields=content)


def edit(actor: Any, requirement: Requirement, **fields: Any) -> Requirement:
    """Change the current working version."""
    requirement.refresh_from_db()
    return edit_requirement(
        actor=actor, requirement=requirement, seen=requirement.changed_at.isoformat(), fields=fields
    )


def freeze(actor: Any, project: Any, **more: Any) -> RequirementBaseline:
    """Freeze the current requirements."""
    baseline = freeze_baseline(actor=actor, project=project, **more)
    fire_deferred_triggers()
    return baseline


def terms(baseline: RequirementBaseline) -> dict[str, str]:
    """Return the terms of a proposal that names it."""
    return {"baseline": term_of(baseline.number, baseline.hash)}


def submit_to_owner(
    project: Any, baseline: RequirementBaseline, kind: str = "requirement_baseline", replaces: Any = None
) -> Proposal:
    """Put a proposal that names it to the owner."""
    return acts.submit_to_owner(project, kind, replaces=replaces, terms=terms(baseline), **NOTED)


def approve(owner: Any, project: Any, baseline: RequirementBaseline, **more: Any) -> Decision:
    """Approve the baseline."""
    kind, replaces = more.pop("kind", "requirement_baseline"), more.pop("replaces", None)
    decision = acts.decide(owner, submit_to_owner(project, baseline, kind, replaces), **more)
    fire_deferred_triggers()
    return decision


def reject(owner: Any, project: Any, baseline: RequirementBaseline, kind: str = "requirement_baseline") -> Decision:
    """Reject the baseline."""
    decision = acts.decide(owner, submit_to_owner(project, baseline, kind), Outcome.REJECTED)
    fire_deferred_triggers()
    return decision


def author(project: Any) -> Any:
    """Return the person who may freeze the requirements and put them to the owner."""
    return proposers(project, "requirement_baseline")[0].holder


def read_state(requirement: Requirement) -> tuple[str, int, int | None]:
    """Read the state, the working version and the version in force from the database."""
    row = Requirement.objects.select_related("in_force").get(pk=requirement.pk)
    return row.state, row.version, row.in_force.number if row.in_force else None


def get_number_in_force(project: Any) -> int | None:
    """Return the number of the baseline in force."""
    held = get_baseline_in_force(Project.objects.get(pk=project.pk))
    return held.number if held else None
