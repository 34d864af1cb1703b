"""Test benefits: complete, decided, measured after the end, counted once, claimed twice with words only."""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import can
from core.acts import acting_as, back_entry
from governance.decide.decisions.settlement import Unanswered, list_demands
from governance.decide.proposals.services import Incomplete
from governance.enums import Outcome
from governance.models import Effect
from pmo.models import CriterionMeasure, SuccessCriterion
from pmo.registers.success_criteria import benefits, services
from pmo.registers.success_criteria.enums import Met
from projects.models import Project
from projects.seats.mandates.services import appoint, found_project, role_on
from tests import acts
from tests.attacks import Attacks, switch
from tests.database import disabled, fire_deferred_triggers, owning, refusal
from tests.pmo.levels import Levels
from tests.pmo.registers.success_criteria import factories
from tests.pmo.steering.gates.test_guards import write_decision

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
KNOWINGLY = "A benefit that another project claims is approved only with the word of the owner on it"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture(scope="module")
def built(kept_cast: dict[str, Any]) -> Levels:
    with owning(), back_entry(timezone.now() - timedelta(days=3)):  # a decision needs a seat of another transaction
        return Levels(kept_cast)


@pytest.fixture
def levels(db: None, built: Levels) -> Levels:
    """Return a copy of the tree, which a test may change."""
    return deepcopy(built)


# — decided —


def test_a_benefit_goes_to_the_owner_with_its_value_before_its_day_and_its_owner(levels: Levels) -> None:
    row = factories.propose(levels.mid, owner=None, baseline="", baseline_on=None)
    with pytest.raises(Incomplete) as refused:
        factories.submit(levels.mid, **factories.name_set(factories.freeze(levels.mid)))
    assert set(refused.value.gaps) == {"terms-criteria"}
    assert row.reference in refused.value.gaps["terms-criteria"]


def test_a_value_before_has_its_day_and_a_benefit_is_delivered_below(levels: Levels) -> None:
    with pytest.raises(ValidationError) as refused:
        factories.propose(levels.mid, baseline_on=None)
    assert set(refused.value.message_dict) == {"baseline_on"}
    for project in (levels.top, Project.objects.get(code="ONE")):
        with pytest.raises(ValidationError) as refused:
            factories.propose(levels.mid, delivered_by=project)
        assert set(refused.value.message_dict) == {"delivered_by"}
    assert factories.propose(levels.top, delivered_by=levels.low).plain()["delivered_by"] == "LOW"


def test_the_owner_approves_what_was_frozen_then_declares_it_obtained(levels: Levels) -> None:
    benefit = factories.approve(levels.mid, delivered_by=levels.low)
    fire_deferred_triggers()
    assert benefit.state == "approved"

    decision = factories.decide(levels.mid, benefit="1", becomes="obtained")
    fire_deferred_triggers()
    benefit.refresh_from_db()
    effect = Effect.objects.get(decision=decision, field="benefit")
    assert (benefit.state, effect.before, effect.after) == ("obtained", "approved", "obtained")
    [part] = [line for line in decision.effects.all() if line.field == "benefit"]
    assert part.subject_id == benefit.pk


def test_a_benefit_given_up_is_approved_again_when_its_decision_is_replaced(levels: Levels) -> None:
    benefit = factories.approve(levels.mid)
    decision = factories.decide(levels.mid, benefit="1", becomes="dropped")
    fire_deferred_triggers()
    benefit.refresh_from_db()
    assert benefit.state == "dropped"

    fields = {"terms": {"scope": "All of it."}, "impact_recipients": "None."}
    acts.decide(levels.cast["owner"], acts.submit_to_owner(levels.mid, "scope", decision, **fields))
    fire_deferred_triggers()
    benefit.refresh_from_db()
    assert benefit.state == "approved"


@pytest.mark.parametrize(
    ("terms", "gap"),
    [
        ({}, "terms-criteria"),
        ({"benefit": "1"}, "terms-becomes"),
        ({"becomes": "obtained"}, "terms-benefit"),
        ({"benefit": "9", "becomes": "obtained"}, "terms-benefit"),
    ],
)
def test_a_decision_on_benefits_names_a_set_or_an_approved_one(terms: dict[str, str], gap: str, levels: Levels) -> None:
    with pytest.raises(Incomplete) as refused:
        factories.submit(levels.mid, **terms)
    assert set(refused.value.gaps) == {gap}


def test_nobody_obtains_a_benefit_past_its_owner(levels: Levels) -> None:
    benefit = factories.approve(levels.mid)
    fire_deferred_triggers()
    answer = refusal(lambda: SuccessCriterion.objects.filter(pk=benefit.pk).update(state="obtained"))
    assert "Only a decision of the owner approves a success criterion, or ends that (R1)" in answer


def test_the_business_side_of_a_programme_proposes_its_benefits_and_that_of_a_project_alone(
    cast: dict[str, Any],
) -> None:
    """A programme has no requirements: who proposes them on a project has no letter there."""
    dates = {"starts_on": TODAY, "ends_on": acts.FUTURE, "level": "programme", "pack": "fr-programme"}
    with owning(), back_entry(timezone.now() - timedelta(hours=1)):
        fields = {"code": "UP", "prefix": "UP", "title_fr": "Haut", "title_en": "Up"} | dates
        above = found_project(actor=cast["staff_admin"], owner=cast["other_owner"], fields=fields)
        for code, member in (("PGPMO", "other_pmo"), ("PGAMO", "other_amoa")):
            appoint(actor=cast["other_owner"], project=above, role=role_on(above, code), holder=cast[member])
    acts.accept_mandates(above)
    said = {who: can(cast[who], "pmo.propose_benefit", above) for who in ("other_owner", "other_pmo", "other_amoa")}
    assert said == {"other_owner": False, "other_pmo": False, "other_amoa": True}
    services.write_benefit(actor=cast["other_amoa"], project=acts.fresh(above), fields=factories.complete(above))


# — measured —


def test_a_benefit_is_measured_after_it_is_obtained_and_after_the_project_has_ended(
    owner: Any, amoa: Any, project_one: Any, client_of: Any
) -> None:
    benefit = factories.approve(project_one)
    factories.decide(acts.fresh(project_one), benefit=str(benefit.number), becomes="obtained")
    fire_deferred_triggers()
    acts.close(owner, acts.fresh(project_one))
    fire_deferred_triggers()

    url = reverse("pmo:success_criteria:criterion_measure", args=[benefit.pk])
    client_of(amoa).post(url, {"measured_on": TODAY.isoformat(), "value": "18", "met": "yes"})
    fire_deferred_triggers()

    assert benefit.measures.get().value == "18"
    assert benefits.compute_figures(acts.fresh(project_one)).met >= 1


# — across levels —


def test_the_same_benefit_is_approved_twice_only_with_the_word_of_the_owner(levels: Levels) -> None:
    factories.approve(levels.low)
    row = factories.propose(levels.top, text="BOATS wait less for ice.")
    file = factories.submit(levels.top, **factories.name_set(factories.freeze(levels.top)))
    assert [demand.key for demand in list_demands(file, file.current)] == [f"benefit:{row.number}"]
    assert "LOW claims this benefit too" in list_demands(file, file.current)[0].text

    with pytest.raises(Unanswered):
        acts.decide(levels.cast["owner"], file, settled={})
    assert KNOWINGLY in refusal(lambda: write_decision(file, []))
    decision = acts.decide(levels.cast["owner"], file)
    fire_deferred_triggers()
    assert [word["item"] for word in decision.settled] == [f"benefit:{row.number}"]
    assert benefits.compute_figures(levels.top).total == 1


def test_who_claims_a_benefit_above_or_beside_is_not_named(levels: Levels) -> None:
    factories.approve(levels.last)
    factories.propose(levels.low)
    file = factories.submit(levels.low, **factories.name_set(factories.freeze(levels.low)))
    [demand] = list_demands(file, file.current)
    assert "LAST" not in demand.text


def test_another_benefit_and_one_of_another_family_ask_for_no_word(levels: Levels, project_one: Any) -> None:
    factories.approve(project_one)
    factories.approve(levels.low, text="Fish stays fresh.")
    factories.propose(levels.top)
    file = factories.submit(levels.top, **factories.name_set(factories.freeze(levels.top)))
    assert list_demands(file, file.current) == []
    acts.decide(levels.cast["owner"], file)


def test_a_rejection_needs_no_word(levels: Levels) -> None:
    factories.approve(levels.low)
    factories.propose(levels.top)
    file = factories.submit(levels.top, **factories.name_set(factories.freeze(levels.top)))
    assert acts.decide(levels.cast["owner"], file, Outcome.REJECTED).settled == []


#: What a generated benefit may be: text, unit, year of its target, target, results of its measures.
TEXTS, UNITS = ("Ice", "ICE", "Fish", "Lamps"), ("", "min", "EUR")
TARGETS, VALUES = ("20", "1 000,5", "fewer"), ("7", "2,5", "better")


def generate(levels: Levels, chance: random.Random) -> None:
    """Write approved and proposed benefits with measures on all levels, past the services."""
    for number in range(1, chance.randint(2, 14)):
        project = chance.choice([levels.top, levels.mid, levels.low, levels.last])
        row = SuccessCriterion(
            project=project,
            number=number,
            kind=chance.choice(["benefit", "benefit", "benefit", "criterion"]),
            text=chance.choice(TEXTS),
            measure="Counted.",
            target=chance.choice(TARGETS),
            unit=chance.choice(UNITS),
            proposed_by_role="AMOA",
            state=chance.choice(["approved", "approved", "obtained", "proposed", "dropped"]),
        )
        if row.kind == "benefit":
            row.target_on = chance.choice([None, date(2027, 1, 1), date(2027, 12, 31), date(2028, 6, 1)])
        elif row.state == "obtained":
            row.state = "approved"
        row.save()
        for days in range(chance.randint(0, 2)):
            CriterionMeasure.objects.bulk_create(
                [
                    CriterionMeasure(
                        project=project,
                        criterion=row,
                        measured_on=TODAY - timedelta(days=days),
                        value=chance.choice(VALUES),
                        met=chance.choice(Met.values),
                        measured_by=levels.cast["pmo"],
                        acted_at=timezone.now(),
                    )
                ]
            )


type Sums = dict[tuple[str, int], tuple[Decimal, Decimal, int, int]]


def recount(nodes: list[Project]) -> tuple[dict[str | None, int], Sums]:
    """Count and add up row by row, as one does by hand."""
    counted: dict[str | None, int] = {}
    sums: Sums = {}
    seen = set()
    for row in SuccessCriterion.objects.order_by("pk"):
        if row.project not in nodes or row.kind != "benefit" or row.state not in {"approved", "obtained"}:
            continue
        if row.text.lower() in seen:
            continue
        seen.add(row.text.lower())
        last = max(row.measures.all(), key=lambda measure: (measure.measured_on, measure.pk), default=None)
        counted[last.met if last else None] = counted.get(last.met if last else None, 0) + 1
        if row.target == "fewer" or row.target_on is None:
            continue
        target = Decimal("20") if row.target == "20" else Decimal("1000.5")
        value = {"7": Decimal(7), "2,5": Decimal("2.5")}.get(last.value if last else "")
        before = sums.get((row.unit, row.target_on.year), (Decimal(), Decimal(), 0, 0))
        sums[row.unit, row.target_on.year] = (
            before[0] + target,
            before[1] + (value or 0),
            before[2] + 1,
            before[3] + (value is not None),
        )
    return counted, sums


@pytest.mark.parametrize("seed", range(12))
def test_figures_are_those_that_one_counts_by_hand(seed: int, levels: Levels) -> None:
    fire_deferred_triggers()
    guards = ("successcriterion.stays_as_approved", "criterionmeasure.is_measured_once_approved")
    with disabled([switch(guard) for guard in guards]):
        with acting_as(levels.cast["pmo"]):
            generate(levels, random.Random(seed))  # noqa: S311 the same benefits each time
        _compare(levels)


def _compare(levels: Levels) -> None:
    """Compare the figures of each level with those that one counts by hand."""
    under: dict[str, list[Project]] = {
        "TOP": [levels.top, levels.mid, levels.low, levels.last],
        "MID": [levels.mid, levels.low, levels.last],
        "LOW": [levels.low],
    }
    for code, nodes in under.items():
        figures = benefits.compute_figures(Project.objects.get(code=code))
        counted, sums = recount(nodes)
        told = {"yes": figures.met, "partly": figures.partly, "no": figures.unmet, None: figures.unmeasured}
        assert {name: count for name, count in told.items() if count} == counted
        assert {(s.unit, s.year): (s.target, s.reached, s.count, s.measured) for s in figures.sums} == sums


# — its page —


def test_the_page_lists_the_benefits_of_the_project_and_of_those_below(levels: Levels, client_of: Any) -> None:
    benefit = factories.approve(levels.low)
    services.measure_criterion(
        actor=levels.cast["amoa"], criterion=benefit, measured_on=TODAY, value="31", met=Met.PARTLY
    )
    client, url = client_of(levels.cast["owner"]), reverse("pmo:success_criteria:benefits", args=["TOP"])
    page = client.get(url, headers={"accept-language": "en"}).text
    assert "Boats wait less for ice." in page
    assert "Partly met: 1" in page
    assert "Target 20. Measured 31, from 1 of 1." in page
    assert "Boats" in client.get(url, {"result": "partly"}).text
    measure = reverse("pmo:success_criteria:criterion_measure", args=[benefit.pk])
    for code, offered in (("MID", False), ("LOW", True)):  # acts are offered on the page of its own project
        read = client_of(levels.cast["amoa"]).get(reverse("pmo:success_criteria:benefits", args=[code])).text
        assert (measure in read) == offered
    assert "Boats" not in client.get(url, {"result": "none"}).text
    assert "Boats" in client.get(url, {"export": "csv"}).text


# — attacks —


def _benefit(levels: Levels, **fields: Any) -> None:
    given = {"number": 90, "kind": "benefit", "text": "A", "measure": "B", "target": "1", "proposed_by_role": "AMOA"}
    SuccessCriterion.objects.bulk_create([SuccessCriterion(**{"project": levels.mid} | given | fields)])


def _obtain_what_is_proposed(levels: Levels) -> None:
    factories.propose(levels.mid)
    SuccessCriterion.objects.filter(project=levels.mid).update(state="obtained")


def _claim_twice(levels: Levels) -> None:
    factories.approve(levels.low)
    factories.propose(levels.top)
    write_decision(factories.submit(levels.top, **factories.name_set(factories.freeze(levels.top))), [])


ATTEMPTS: list[tuple[str, str, Callable[[Levels], Any], str]] = [
    (
        "successcriterion.is_delivered_at_its_project_or_below",
        "delivered above",
        lambda levels: _benefit(levels, delivered_by=levels.top),
        "A benefit is delivered by its project or by one below it",
    ),
    (
        "successcriterion.stays_as_approved",
        "obtained before it is approved",
        _obtain_what_is_proposed,
        "A benefit is approved before it is obtained",
    ),
    ("decision.says_a_word_on_each_benefit_claimed_twice", "claimed twice", _claim_twice, KNOWINGLY),
]
ATTACKS = Attacks(
    ATTEMPTS,
    {
        "only_a_benefit_has_an_owner_and_is_obtained": lambda levels: _benefit(
            levels, kind="criterion", target_on=TODAY
        ),
        "the_value_before_has_its_day": lambda levels: _benefit(levels, baseline="5"),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, levels: Levels) -> None:
    ATTACKS.prove(guard, levels)
