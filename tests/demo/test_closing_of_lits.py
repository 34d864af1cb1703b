"""Test that the owner of LITS closes it with one word for each cause, and exceptions."""

import pytest
from django.utils import translation

from governance.decide.decisions.demand_forms import DemandsForm
from governance.decide.decisions.settlement import list_demands, list_targets, name_target
from governance.decide.kinds.groups import RISKS
from governance.enums import Settled
from governance.life.carry_overs.models import CarryOver
from projects.models import Project
from projects.seats.mandates.holders import owners
from tests import acts
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db


def test_lits_is_closed_with_at_most_eight_words_and_its_exceptions(demo: None, db: None) -> None:
    lits, target = Project.objects.get(code="LITS"), Project.objects.get(code="PARCOURS")
    [owner] = [seat.holder for seat in owners(lits)]
    [taker] = [seat for seat in list_targets(lits, owner) if seat.project == target and seat.role.code == "PGPMO"]
    terms = {"gate": "G5"} | ({"skips": "The hospital closes it at once."} if lits.gate != "G4" else {})
    with translation.override("en"):
        file = acts.submit_to_owner(lits, "gate", terms=terms)
        assert file.current is not None
        demands = list_demands(file, file.current)
        items = [demand for demand in demands if demand.group]
        groups = {demand.group.code: demand.group for demand in items if demand.group}
        assert len(items) > 30
        assert len(groups) <= 8
        typed = {f"demand-{demand.key}": "It is known." for demand in demands if not demand.group}
        for code, group in groups.items():
            typed |= {f"demand-{code}": f"Word on {code}.", f"demand-{code}-fate": group.fates[0]}
        alone = [item for item in items if item.alone]
        for item in alone:
            typed |= {f"demand-{item.key}": "Alone.", f"demand-{item.key}-fate": Settled.WAIVED}
        carried = [item.key for item in items if item.group == RISKS]
        typed |= {f"demand-{RISKS.code}-fate": Settled.CARRIED, f"demand-{RISKS.code}-into": name_target(taker)}
        form = DemandsForm(typed, demands=demands, targets=lambda: [taker])
        assert form.is_valid(), form.errors
        decision = acts.decide(owner, file, settled=form.settled())
    fire_deferred_triggers()
    assert acts.fresh(lits).state == "closed"
    assert {word["item"] for word in decision.settled} == {demand.key for demand in demands}
    rows = CarryOver.objects.filter(decision=decision)
    assert sorted(row.item for row in rows) == sorted(carried)
    assert {(row.target, row.holder) for row in rows} == {(target, taker.holder)}
    said = [word for word in decision.settled_words if len(word.items) > 1]
    assert len(said) <= 8
