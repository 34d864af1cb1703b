"""Test that the review of a decision on a place announces what then happens."""

from typing import Any

import pytest

from governance.decide.decisions.services import decide, rehearse
from governance.enums import Outcome
from projects.models import Project
from tests import acts
from tests.database import fire_deferred_triggers
from tests.governance.decide.decisions.test_rehearsal import answer
from tests.governance.place.nodes import TODAY, found, place, resolve

pytestmark = pytest.mark.django_db
FROM = {"starts_on": str(TODAY)}
#: kind → its terms on a portfolio with project TWO below it.
TERMS = {
    "allocation": {"shares": "TWO=100.00"} | FROM,
    "component_entry": {"component": "TWO", "share": "100.00", "score": "Strategy 4 of 5."} | FROM,
    "component_withdrawal": {"component": "TWO", "ending": "suspended"} | FROM,
    "prioritisation": {"order": "TWO", "line": "1"},
}


@pytest.mark.parametrize("kind", TERMS)
@pytest.mark.parametrize("outcome", [Outcome.APPROVED, Outcome.REJECTED])
def test_what_was_announced_of_a_place_is_what_happens(
    kind: str, outcome: Outcome, cast: dict[str, Any], project_two: Project
) -> None:
    node = found(cast, "PFO", "portfolio")
    place(cast, project_two, node)
    resolve(node, "budget", budget="1000.00")
    file = acts.submit_to_owner(acts.fresh(node), kind, terms=TERMS[kind])
    owner = cast["other_owner"]
    given = answer(file, outcome, "A")
    announced = rehearse(actor=owner, proposal=file, **given)
    foreseen = announced.fingerprint(file.current.salt)  # type: ignore[union-attr]
    decision = decide(actor=owner, proposal=acts.reread(file), foreseen=foreseen, **given)
    fire_deferred_triggers()
    assert announced.effects == [effect.description for effect in decision.effects.order_by("pk")]
    assert bool(announced.effects) is (outcome == Outcome.APPROVED and kind != "prioritisation")
