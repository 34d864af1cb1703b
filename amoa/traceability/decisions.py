"""Decisions of the owner that put requirements in force and that accept campaigns."""

from collections.abc import Iterable, Mapping, Sequence

from amoa.acceptance.models import AcceptanceCampaign
from amoa.requirements.approvals import BASELINE, list_effects, map_version_approvals
from amoa.requirements.models import Requirement
from governance.models import Decision, Effect

#: Field of the effects on the acceptance of a campaign.
ACCEPTANCE = "acceptance"


def get_acceptance(campaign: AcceptanceCampaign) -> Decision | None:
    """Return the decision that accepted the campaign; None without one, or once superseded."""
    effects = list_effects(campaign.project, ACCEPTANCE).filter(subject_id=campaign.pk)
    return _map_acceptances(effects[:1]).get(campaign.pk)


def map_decisions(requirements: Sequence[Requirement]) -> tuple[Mapping[int, Decision], Mapping[int, Decision]]:
    """Map requirements and campaigns of one project to those decisions, by primary key. Two queries."""
    if not requirements:
        return {}, {}
    effects = list(list_effects(requirements[0].project, BASELINE, ACCEPTANCE))
    in_force = map_version_approvals(requirements, [effect for effect in effects if effect.field == BASELINE])
    return in_force, _map_acceptances(effect for effect in effects if effect.field == ACCEPTANCE)


def _map_acceptances(effects: Iterable[Effect]) -> dict[int, Decision]:
    """Map each campaign to the decision of its newest effect; a reverted acceptance is left out."""
    newest: dict[int, Effect] = {}
    for effect in effects:
        newest.setdefault(effect.subject_id, effect)
    return {pk: effect.decision for pk, effect in newest.items() if effect.after}
