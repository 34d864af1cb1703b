"""Check that the raw rows of the attacks are valid but for the missing event."""

import pytest

from governance.models import BindingOpinion, Condition, Decision, Proposal, ProposalRevision
from tests.attacks import leaves
from tests.database import OWNER, RUNTIME, refusal
from tests.governance.world import World, draft_replacement

pytestmark = pytest.mark.django_db


def test_the_honest_rows_lack_only_their_event(world: World) -> None:
    """Each raw row is valid except for the attack's change, under both roles."""
    for role in (RUNTIME, OWNER):
        assert leaves(Condition) in refusal(lambda: world.lift(), role=role)
        assert leaves(Condition) in refusal(lambda: world.prove(), role=role)
        assert leaves(BindingOpinion) in refusal(lambda: world.note(), role=role)
        assert leaves(ProposalRevision) in refusal(lambda: world.revise(), role=role)
        assert leaves(Proposal) in refusal(lambda: draft_replacement(world), role=role)
        assert leaves(Decision) in refusal(lambda: world.decide("submitted", waived={"PMO": "Late."}), role=role)
