"""Decisions of the owner that put a baseline, or one version, in force."""

from collections.abc import Sequence
from itertools import takewhile

from django.db.models import QuerySet

from amoa.requirements.models import BaselineEntry, Requirement, get_baseline_in_force
from governance.models import Decision, Effect
from projects.models import Project

#: Field of the effects on the baseline in force of a project.
BASELINE = "baseline"


def get_approval(project: Project) -> Decision | None:
    """Return the decision that put the project's baseline in force; None without one. One query."""
    baseline = get_baseline_in_force(project)
    if baseline is None:
        return None
    effect = list_effects(project, BASELINE).filter(after=str(baseline.number)).first()
    return effect.decision if effect else None


def get_version_approval(requirement: Requirement) -> Decision | None:
    """Return the decision since which this version has been in force without interruption."""
    effects = list_effects(requirement.project, BASELINE) if requirement.in_force_id else []
    return map_version_approvals([requirement], list(effects)).get(requirement.pk)


def map_version_approvals(requirements: Sequence[Requirement], effects: Sequence[Effect]) -> dict[int, Decision]:
    """Map requirements to the decision since which their version in force has been so without a break."""
    approved = {requirement.pk: requirement.in_force_id for requirement in requirements if requirement.in_force_id}
    holding: dict[int, set[str]] = {}
    entries = BaselineEntry.objects.filter(version__in=approved.values()).order_by("pk")
    for version, number in entries.values_list("version", "baseline__number"):
        holding.setdefault(version, set()).add(str(number))
    decisions = {pk: _find_unbroken(effects, holding.get(version, set())) for pk, version in approved.items()}
    return {pk: decision for pk, decision in decisions.items() if decision}


def _find_unbroken(effects: Sequence[Effect], numbers: set[str]) -> Decision | None:
    """Return the earliest decision since which one of these baselines was in force without a break.

    `effects` are the newest first.
    """
    unbroken = list(takewhile(lambda effect: effect.after in numbers, effects))
    return unbroken[-1].decision if unbroken else None


def list_effects(project: Project, *fields: str) -> QuerySet[Effect]:
    """Return the effects of decisions on these fields, newest first."""
    effects = Effect.objects.filter(decision__project=project, field__in=fields).order_by("-pk")
    return effects.select_related("decision__project")
