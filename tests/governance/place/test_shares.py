"""Test the shares of a budget: who decides them, what they bound, and what contradicts them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from governance.enums import Fate
from governance.models import Effect, Share
from governance.place.shares.figures import read_figures
from governance.place.shares.queries import list_shares, shares_on
from governance.record.verification.verifier import verify
from projects.models import Delegation, Mandate, Notification, Project
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers
from tests.governance.place.nodes import TODAY, award, found, place, refused, resolve, share

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture
def node(cast: dict[str, Any], project_one: Project, project_two: Project) -> Project:
    """Open a programme with a budget of 1,000 above projects one and two."""
    opened = found(cast, "PRG")
    for project in (project_one, project_two):
        place(cast, project, opened)
    resolve(opened, "budget", budget="1000.00")
    return acts.fresh(opened)  # type: ignore[no-any-return]


def held(node: Project, day: Any = TODAY) -> dict[str, Decimal]:
    """Return the shares on a day, by code."""
    return {row.part.code: row.amount for row in shares_on(list_shares(node), day).values()}


def test_the_owner_above_gives_shares_which_the_owners_below_are_told(
    node: Project, owner: Any, project_one: Project
) -> None:
    decision = share(node, "ONE=600.00,PRG=100.00,TWO=300.00")

    assert held(node) == {"ONE": Decimal(600), "TWO": Decimal(300), "PRG": Decimal(100)}
    assert read_figures(node).left == 0
    assert list(decision.effects.order_by("pk").values_list("field", "before", "after")) == [
        ("share:ONE", "", "600.00"),
        ("share:PRG", "", "100.00"),
        ("share:TWO", "", "300.00"),
    ]
    assert Notification.objects.filter(reason="place_changed", recipient=owner).exists()
    assert project_one.events.latest("seq").act == "change_place"
    assert verify(node).faults == verify(project_one).faults == []


def test_shares_beyond_the_budget_are_refused_unless_the_same_decision_raises_it(node: Project) -> None:
    share(node, "ONE=600.00,TWO=300.00")
    with refused("The shares exceed the budget by €100 from"):
        share(node, "PRG=200.00")
    with override("fr"), refused("Les parts dépassent l’enveloppe de 100"):
        share(node, "PRG=200.00")

    share(node, "PRG=200.00", budget="1100.00")

    assert (acts.fresh(node).budget, read_figures(acts.fresh(node)).left) == (Decimal(1100), 0)


def test_shares_that_contradict_meanwhile_are_not_decided(node: Project) -> None:
    owner = node.mandates.deciding().active().get().holder
    files = [
        acts.submit_to_owner(node, "allocation", terms={"shares": shares, "starts_on": str(TODAY)})
        for shares in ("ONE=600.00", "TWO=500.00")
    ]
    acts.decide(owner, files[0])
    with refused("The shares exceed the budget by €100 from"):
        acts.decide(owner, files[1])


def test_a_day_ahead_counts_as_well(node: Project) -> None:
    share(node, "ONE=600.00", TODAY + 40 * DAY)
    with refused("exceed the budget by €200 from"):
        share(node, "TWO=600.00", TODAY + 10 * DAY)
    share(node, "ONE=100.00", TODAY + 30 * DAY)
    share(node, "TWO=600.00", TODAY + 10 * DAY)
    assert held(node) == {}
    assert held(node, TODAY + 10 * DAY) == {"TWO": Decimal(600)}
    assert held(node, TODAY + 50 * DAY) == {"TWO": Decimal(600), "ONE": Decimal(100)}


def test_a_budget_is_not_cut_below_its_shares(node: Project) -> None:
    share(node, "ONE=600.00")
    with refused("The shares exceed the budget by €100 from"):
        resolve(node, "budget", budget="500.00")
    resolve(node, "budget", budget="600.00")


def test_a_budget_and_an_award_below_stay_within_the_share(node: Project, project_one: Project) -> None:
    share(node, "ONE=600.00")
    with refused("A budget of €700 exceeds the share that the owner above has given: €600"):
        resolve(project_one, "budget", budget="700.00")
    resolve(project_one, "budget", budget="600.00")
    award(project_one, 400)
    with refused("€300 exceeds what is left of the share .*: €200"):
        award(project_one, 300)
    award(project_one, 200)


def test_nothing_is_bounded_where_no_share_was_decided(node: Project, project_one: Project) -> None:
    resolve(project_one, "budget", budget="5000.00")
    award(project_one, 4000)


def test_a_share_is_not_cut_below_what_is_committed(node: Project, project_one: Project) -> None:
    share(node, "ONE=600.00")
    award(project_one, 400)
    with refused("ONE has committed €400. Its share cannot be €300"):
        share(node, "ONE=300.00")
    share(node, "ONE=400.00")


def test_an_award_counts_in_the_share_of_the_programme_above(cast: dict[str, Any], project_one: Project) -> None:
    above = found(cast, "PFO", "portfolio")
    between = found(cast, "PRG", parent=above)
    place(cast, project_one, between)
    resolve(above, "budget", budget="1000.00")
    share(above, "PRG=500.00")
    with refused("exceeds the share"):
        resolve(between, "budget", budget="600.00")
    with refused("€501 exceeds what is left"):
        award(project_one, 501)
    award(project_one, 500)
    with refused("PRG has committed €500"):
        share(above, "PRG=499.00")


def test_a_decision_that_replaces_another_changes_or_undoes_its_shares(node: Project) -> None:
    first = share(node, "ONE=600.00,TWO=300.00")
    second = share(node, "ONE=700.00", replaces=first)
    assert held(node) == {"ONE": Decimal(700)}, "what is dropped is undone, what is changed is replaced"
    assert second.carried
    third = acts.submit_to_owner(node, "allocation", second, terms={"shares": "TWO=900.00", "starts_on": str(TODAY)})
    kept = dict.fromkeys(acts.fates_of(third), Fate.KEPT)
    with refused("."):
        acts.decide(node.mandates.deciding().active().get().holder, third, fates=kept)


def test_a_share_undone_is_told_below_where_the_one_before_holds_again(
    node: Project, cast: dict[str, Any], project_one: Project, project_two: Project
) -> None:
    share(node, "ONE=500.00")
    second = share(node, "ONE=600.00,TWO=300.00")
    undoing = share(node, "PRG=50.00", replaces=second)

    assert held(node) == {"ONE": Decimal(500), "PRG": Decimal(50)}
    assert undoing.carried
    for project, again in ((project_one, "500.00"), (project_two, "")):
        event = project.events.latest("seq")
        assert (event.act, event.actor_id) == ("change_place", cast["other_owner"].pk)
        assert json.loads(bytes(event.body))["facts"]["share"] == again
        told = Notification.objects.filter(event=event, reason="place_changed").exists()
        assert told == (project == project_one), "the owner of project two has decided it"
    assert verify(node).faults == verify(project_one).faults == []


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"shares": "ONE=1.00"}, "Enter the first day"),
        ({"starts_on": str(TODAY)}, "Enter the shares"),
        ({"shares": "THREE=1.00", "starts_on": str(TODAY)}, "Nothing below has this code: THREE"),
    ],
)
def test_shares_name_a_day_and_places_below(terms: dict[str, str], why: str, node: Project) -> None:
    with refused(why):
        acts.submit_to_owner(node, "allocation", terms=terms)


def test_a_project_divides_nothing(project_one: Project) -> None:
    with refused("there is nothing below a project"):
        acts.submit_to_owner(project_one, "allocation", terms={"shares": "ONE=1.00", "starts_on": str(TODAY)})


# — pages —


def test_the_page_and_the_dossier_show_the_shares(
    node: Project, owner: Any, project_one: Project, english: Any
) -> None:
    share(node, "ONE=600.00")
    file = acts.submit_to_owner(node, "allocation", terms={"shares": "TWO=300.00", "starts_on": str(TODAY)})
    above = english(node.mandates.deciding().active().get().holder)
    for words in ("Budget and shares", "€600 → €900", "€400 → €100"):
        assert words in above.get(file.get_absolute_url()).text, words
    assert "€400" in above.get(reverse("governance:place:place", args=["PRG"])).text
    facts = english(owner).get(reverse("governance:facts:facts", args=["ONE"])).text
    assert reverse("governance:place:place", args=["ONE"]) in facts
    page = english(owner).get(reverse("governance:place:place", args=["ONE"])).text
    assert "€600" in page
    assert "Left of the share" in page


def test_the_figures_of_a_share_are_read_at_its_two_ends_and_above_alone(
    node: Project, cast: dict[str, Any], english: Any
) -> None:
    """Look with the eyes of everybody: a seat gives sight of its project and of those below, never of one beside."""
    share(node, "ONE=612.00,TWO=313.00,PRG=17.00")
    figures = {"ONE": "€612", "TWO": "€313", "PRG": "€17"}
    shown = {"PRG": {"ONE", "TWO", "PRG"}, "ONE": {"ONE"}, "TWO": {"TWO"}}
    now = timezone.now()
    for person in {person.pk: person for person in cast.values() if person.is_active}.values():
        seats = Mandate.objects.not_over(now).filter(holder=person).values_list("project__code", flat=True)
        lent = Delegation.objects.effective().not_over(now).filter(delegate=person)
        seated, lent_on = set(seats), set(lent.values_list("mandate__project__code", flat=True))
        for code, told in shown.items():
            answer = english(person).get(reverse("governance:place:place", args=[code]))
            readable = bool({code, "PRG"} & seated) or code in lent_on
            assert answer.status_code == (200 if readable else 404), (person, code)
            read = {part for part, figure in figures.items() if readable and figure in answer.text}
            assert read == (told if readable else set()), (person, code)


def test_the_form_takes_an_amount_for_each_place(node: Project, cast: dict[str, Any], english: Any) -> None:
    client = english(cast["other_pmo"])
    address = reverse("governance:proposals:proposal_new", args=["PRG"])
    page = client.get(address, {"kind": "allocation"}).text
    assert 'name="terms-shares-ONE"' in page


# — the database —


class World:
    """A programme with a budget of 1,000, a share of 600 for project one, and a decision that gave another."""

    def __init__(self, node: Project, one: Project, two: Project) -> None:
        self.node, self.one, self.two = node, one, two
        share(node, "ONE=600.00")
        award(one, 400)
        self.chosen = acts.submit_to_owner(acts.fresh(one), "supplier_choice", amount=Decimal(150))
        self.file = acts.submit_to_owner(node, "allocation", terms={"shares": "TWO=1.00", "starts_on": str(TODAY)})

    def give(self, part: Project, amount: int, *, told: bool = True, **fields: Any) -> None:
        """Decide the waiting shares, and write another one with its effect in the same transaction."""
        owner = self.node.mandates.deciding().active().get().holder
        decision = acts.decide(owner, self.file)
        given = {"project": self.node, "part": part, "decision": decision, "amount": amount, "starts_on": TODAY}
        [row] = Share.objects.bulk_create([Share(**given | fields, acted_at=timezone.now())])
        if told:
            effect = {"decision": decision, "subject": "governance.share", "subject_id": row.pk}
            Effect.objects.bulk_create(
                [Effect(**effect, field=f"share:{part.code}", after=f"{amount}.00", acted_at=timezone.now())]
            )
        acts.leave_event(self.node)

    def award(self) -> None:
        """Decide the waiting choice of a provider, and cut the share in the same transaction."""
        acts.decide(self.one.mandates.deciding().active().get().holder, self.chosen)
        self.give(self.one, 500)


@pytest.fixture
def world(node: Project, project_one: Project, project_two: Project) -> World:
    made = World(node, project_one, project_two)
    fire_deferred_triggers()
    return made


def _budget(world: World, amount: int) -> None:
    """Note a budget of project one beyond its share, past the service."""
    file = acts.submit_to_owner(world.one, "budget", terms={"budget": "600.00"})
    decision = acts.decide(world.one.mandates.deciding().active().get().holder, file)
    Project.objects.filter(pk=world.one.pk).update(budget=amount)
    Effect.objects.bulk_create(
        [
            Effect(
                decision=decision,
                subject="projects.project",
                subject_id=world.one.pk,
                field="budget",
                before="600.00",
                after=f"{amount}.00",
                acted_at=timezone.now(),
            )
        ]
    )


EXCEED = "The shares exceed the budget"
ATTACKS = Attacks(
    triggers=[
        (
            "share.is_of_what_is_below",
            "of a project elsewhere",
            lambda world: world.give(acts.fresh(Project.objects.get(code="THREE")), 1),
            "A share is of what is below its programme or portfolio, or asks to come there",
        ),
        (
            "share.is_given_by_its_decision",
            "without effect",
            lambda world: world.give(world.one, 600, told=False),
            "Only a decision of the owner above gives a share or withdraws a place (R1)",
        ),
        ("effect.stays_within_the_budgets", "beyond the budget", lambda world: world.give(world.node, 401), EXCEED),
        (
            "effect.stays_within_the_budgets",
            "below what is committed",
            lambda world: world.give(world.one, 399),
            "A share is not cut below what is committed, but with an exit",
        ),
        (
            "effect.stays_within_the_budgets",
            "a budget beyond its share",
            lambda world: _budget(world, 601),
            "A budget stays within the share that the owner above has given",
        ),
        (
            "decision.stays_within_the_share",
            "a choice of provider beyond the share",
            World.award,
            "A choice of provider stays within the share that the owner above has given",
        ),
    ],
    behind={"decision.stays_within_the_share": "effect.stays_within_the_budgets"},
    constraints={
        "a_share_is_not_negative": lambda world: world.give(world.two, -1),
        "a_withdrawn_place_has_no_share": lambda world: world.give(world.one, 1, is_withdrawn=True),
        "one_share_per_decision_and_place": lambda world: world.give(world.two, 1),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_attacks_are_refused_and_pass_without_their_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
