"""Attack the trigger that asks for an event, in a transaction that has none."""

from typing import Any

import pytest

from core.acts import acting_as
from governance.record.earlier_decisions.models import EarlierDecision
from tests.attacks import Attacks, leaves

pytestmark = pytest.mark.django_db


def retitled(pmo: Any) -> None:
    """Change the earlier decision of the cast without an event."""
    row = EarlierDecision.objects.get(number="2019-03")
    row.title = "Sell the old crane"
    with acting_as(pmo):
        row.save()


ATTACKS = Attacks(
    triggers=[("earlierdecision.leaves_an_event", "another title", retitled, leaves(EarlierDecision))],
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, pmo: Any) -> None:
    ATTACKS.prove(guard, pmo)
