"""Which decision of the owner put a set of requirements, or one version, in force."""

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
    if requirement.in_force_id is None:
        return None
    entries = BaselineEntry.objects.filter(version=requirement.in_force_id)
    holding = {str(number) for number in entries.values_list("baseline__number", flat=True).order_by("pk")}
    since = None
    for effect in _effects(requirement.project).order_by("-pk"):
        if effect.after not in holding:
            break
        since = effect.decision
    return since


def _effects(project: Project) -> QuerySet[Effect]:
    effects = Effect.objects.filter(decision__project=project, field="baseline")
    return effects.select_related("decision__project")
