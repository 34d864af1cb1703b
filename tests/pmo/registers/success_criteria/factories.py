"""Benefits and their decisions, for tests."""

from typing import Any

from django.utils import timezone

from core.record.sealing import term_of
from governance.models import Decision, Proposal
from pmo.models import SuccessCriteriaSet, SuccessCriterion
from pmo.registers.success_criteria.services import freeze_criteria, write_benefit
from projects.models import Project
from projects.seats.mandates.holders import owners, proposers
from tests import acts

DAY = timezone.timedelta(days=1)


def complete(project: Project, **fields: Any) -> dict[str, Any]:
    """Return the fields of a complete benefit of a project, which its owner owns."""
    today = timezone.localdate()
    given = {
        "text": "Boats wait less for ice.",
        "measure": "Minutes at the quay, each week.",
        "target": "20",
        "unit": "min",
        "baseline": "55",
        "baseline_on": today - 30 * DAY,
        "target_on": today.replace(year=today.year + 1, month=6, day=30),
        "owner": owners(project)[0].holder,
        "due_gate": "G5",
    }
    return given | fields


def propose(project: Project, **fields: Any) -> SuccessCriterion:
    """Propose a complete benefit by who proposes them."""
    author = proposers(project, "requirement_baseline")[0].holder
    return write_benefit(actor=author, project=project, fields=complete(project, **fields))


def freeze(project: Project) -> SuccessCriteriaSet:
    """Freeze the criteria by who proposes the scope."""
    return freeze_criteria(actor=proposers(project, "scope")[0].holder, project=project)


def terms(project: Project) -> dict[str, str]:
    """Propose a benefit, freeze it, and name the set."""
    propose(project)
    return name_set(freeze(project))


def name_set(frozen: SuccessCriteriaSet) -> dict[str, str]:
    """Return the terms that name a set."""
    return {"criteria": term_of(frozen.number, frozen.hash)}


def submit(project: Project, **named: str) -> Proposal:
    """Bring a decision on benefits to the owner."""
    return acts.submit_to_owner(project, "benefits", terms=named, impact_recipients="None.")


def approve(project: Project, **fields: Any) -> SuccessCriterion:
    """Propose a benefit and approve it."""
    benefit = propose(project, **fields)
    decide(project, **name_set(freeze(project)))
    benefit.refresh_from_db()
    return benefit


def decide(project: Project, **named: str) -> Decision:
    """Decide on benefits as the owner, with a word on each that is claimed twice."""
    return acts.decide(owners(project)[0].holder, submit(project, **named))
