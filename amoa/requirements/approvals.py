"""Which decision of the owner put a set of requirements, or one version, in force, and which accepted a campaign."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from django.db.models import QuerySet

from amoa.acceptance.models import AcceptanceCampaign
from amoa.requirements.models import BaselineEntry, Requirement, get_baseline_in_force
from governance.models import Decision, Effect
from projects.models import Project

#: What an effect is on: the set in force of a project, the acceptance of a campaign.
BASELINE, ACCEPTANCE = "baseline", "acceptance"


def approving(project: Project) -> Decision | None:
    """Return the decision that put the baseline in force there; None without one. One query."""
    held = get_baseline_in_force(project)
    if held is None:
        return None
    effect = _effects(project, BASELINE).filter(after=str(held.number)).first()
    return effect.decision if effect else None


def in_force_since(requirement: Requirement) -> Decision | None:
    """The decision since which this version of the requirement has been in force without a break."""
    effects = _effects(requirement.project, BASELINE) if requirement.in_force_id else []
    return _since([requirement], list(effects)).get(requirement.pk)


def accepting(campaign: AcceptanceCampaign) -> Decision | None:
    """The decision by which what the campaign tested is accepted; None without one, or once it was replaced."""
    effects = _effects(campaign.project, ACCEPTANCE).filter(subject_id=campaign.pk)
    return _accepted(effects[:1]).get(campaign.pk)


def decided(requirements: Sequence[Requirement]) -> tuple[Mapping[int, Decision], Mapping[int, Decision]]:
    """For requirements of one project those decisions by their numbers, and for its campaigns; in two queries."""
    if not requirements:
        return {}, {}
    found = list(_effects(requirements[0].project, BASELINE, ACCEPTANCE))
    since = _since(requirements, [effect for effect in found if effect.field == BASELINE])
    return since, _accepted(effect for effect in found if effect.field == ACCEPTANCE)


def _since(requirements: Sequence[Requirement], effects: Sequence[Effect]) -> dict[int, Decision]:
    approved = {one.pk: one.in_force_id for one in requirements if one.in_force_id}
    holding: dict[int, set[str]] = {}
    entries = BaselineEntry.objects.filter(version__in=approved.values()).order_by("pk")
    for version, number in entries.values_list("version", "baseline__number"):
        holding.setdefault(version, set()).add(str(number))
    since = {pk: _unbroken(effects, holding.get(version, set())) for pk, version in approved.items()}
    return {pk: decision for pk, decision in since.items() if decision}


def _unbroken(effects: Sequence[Effect], numbers: set[str]) -> Decision | None:
    """The earliest decision since which, going back from the last of `effects`, one of these baselines was in force."""
    held = list(takewhile(lambda effect: effect.after in numbers, effects))
    return held[-1].decision if held else None


def _accepted(effects: Iterable[Effect]) -> dict[int, Decision]:
    """What the newest of `effects` says of each campaign; one that was led back says nothing."""
    newest: dict[int, Effect] = {}
    for effect in effects:
        newest.setdefault(effect.subject_id, effect)
    return {pk: effect.decision for pk, effect in newest.items() if effect.after}


def _effects(project: Project, *fields: str) -> QuerySet[Effect]:
    """What decisions did to these fields, the newest first."""
    effects = Effect.objects.filter(decision__project=project, field__in=fields).order_by("-pk")
    return effects.select_related("decision__project")
