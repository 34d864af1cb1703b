"""Decisions of the owner that hold requirements and accept campaigns, read together."""

from collections.abc import Iterable, Mapping, Sequence

from amoa.acceptance.models import AcceptanceCampaign
from amoa.requirements.approvals import BASELINE, effects_on, find_approvals
from amoa.requirements.models import Requirement
from governance.models import Decision, Effect

#: The field of the effects on the acceptance of a campaign.
ACCEPTANCE = "acceptance"


def accepting(campaign: AcceptanceCampaign) -> Decision | None:
    """The decision by which what the campaign tested is accepted; None without one, or once it was replaced."""
    effects = effects_on(campaign.project, ACCEPTANCE).filter(subject_id=campaign.pk)
    return _accepted(effects[:1]).get(campaign.pk)


def decided(requirements: Sequence[Requirement]) -> tuple[Mapping[int, Decision], Mapping[int, Decision]]:
    """For requirements of one project those decisions by their numbers, and for its campaigns; in two queries."""
    if not requirements:
        return {}, {}
    found = list(effects_on(requirements[0].project, BASELINE, ACCEPTANCE))
    in_force = find_approvals(requirements, [effect for effect in found if effect.field == BASELINE])
    return in_force, _accepted(effect for effect in found if effect.field == ACCEPTANCE)


def _accepted(effects: Iterable[Effect]) -> dict[int, Decision]:
    """What the newest of `effects` says of each campaign; one that was led back says nothing."""
    newest: dict[int, Effect] = {}
    for effect in effects:
        newest.setdefault(effect.subject_id, effect)
    return {pk: effect.decision for pk, effect in newest.items() if effect.after}
