"""Which decision of the owner put a set of requirements, or one version, in force."""

from collections.abc import Sequence
from itertools import takewhile

from django.db.models import QuerySet

from amoa.requirements.models import BaselineEntry, Requirement, get_baseline_in_force
from governance.models import Decision, Effect
from projects.models import Project

#: The field of the effects on the set in force of a project.
BASELINE = "baseline"


def approving(project: Project) -> Decision | None:
    """Return the decision that put the baseline in force there; None without one. One query."""
    held = get_baseline_in_force(project)
    if held is None:
        return None
    effect = effects_on(project, BASELINE).filter(after=str(held.number)).first()
    return effect.decision if effect else None


def in_force_since(requirement: Requirement) -> Decision | None:
    """The decision since which this version of the requirement has been in force without a break."""
    effects = effects_on(requirement.project, BASELINE) if requirement.in_force_id else []
    return find_approvals([requirement], list(effects)).get(requirement.pk)


def find_approvals(requirements: Sequence[Requirement], effects: Sequence[Effect]) -> dict[int, Decision]:
    """Return the decision since which the version in force of each requirement is so without a break, by its key."""
    approved = {one.pk: one.in_force_id for one in requirements if one.in_force_id}
    holding: dict[int, set[str]] = {}
    entries = BaselineEntry.objects.filter(version__in=approved.values()).order_by("pk")
    for version, number in entries.values_list("version", "baseline__number"):
        holding.setdefault(version, set()).add(str(number))
    found = {pk: _unbroken(effects, holding.get(version, set())) for pk, version in approved.items()}
    return {pk: decision for pk, decision in found.items() if decision}


def _unbroken(effects: Sequence[Effect], numbers: set[str]) -> Decision | None:
    """The earliest decision since which, going back from the last of `effects`, one of these baselines was in force."""
    held = list(takewhile(lambda effect: effect.after in numbers, effects))
    return held[-1].decision if held else None


def effects_on(project: Project, *fields: str) -> QuerySet[Effect]:
    """What decisions did to these fields, the newest first."""
    effects = Effect.objects.filter(decision__project=project, field__in=fields).order_by("-pk")
    return effects.select_related("decision__project")
