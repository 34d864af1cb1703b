"""Which decision of the owner put a set of requirements, or one version, in force."""

from collections.abc import Sequence
from itertools import takewhile

from django.db.models import QuerySet

from governance.models import Decision, Effect
from projects.models import BaselineEntry, Project, Requirement


def approving(project: Project) -> Decision | None:
    """The decision by which the set in force on `project` is; None when there is none."""
    if project.baseline is None:
        return None
    found = _effects(project).filter(after=str(project.baseline.number)).order_by("-pk").first()
    return found.decision if found else None


def in_force_since(requirement: Requirement) -> Decision | None:
    """The decision since which this version of the requirement has been in force without a break."""
    return in_force_since_all([requirement]).get(requirement.pk)


def in_force_since_all(requirements: Sequence[Requirement]) -> dict[int, Decision]:
    """The same for many of one project, by their numbers, in two queries; nothing for those not in force."""
    approved = {one.pk: one.in_force_id for one in requirements if one.in_force_id}
    if not approved:
        return {}
    holding: dict[int, set[str]] = {}
    entries = BaselineEntry.objects.filter(version__in=approved.values()).order_by("pk")
    for version, number in entries.values_list("version", "baseline__number"):
        holding.setdefault(version, set()).add(str(number))
    effects = list(_effects(requirements[0].project).order_by("-pk"))
    since = {pk: _unbroken(effects, holding.get(version, set())) for pk, version in approved.items()}
    return {pk: decision for pk, decision in since.items() if decision}


def _unbroken(effects: Sequence[Effect], numbers: set[str]) -> Decision | None:
    """The earliest decision since which, going back from the last of `effects`, one of these baselines was in force."""
    held = list(takewhile(lambda effect: effect.after in numbers, effects))
    return held[-1].decision if held else None


def _effects(project: Project) -> QuerySet[Effect]:
    effects = Effect.objects.filter(decision__project=project, field="baseline")
    return effects.select_related("decision__project")
