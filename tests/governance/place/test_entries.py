"""Test the entry of a project and the end of its place: what the owner above decides, and what stays below."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from core.access import Refused, can
from governance.desk.inbox.queries import list_tasks, sort_by_weight
from governance.life.moves.services import ask_move
from governance.models import Share
from governance.place.shares.queries import list_shares, shares_on
from projects.models import Notification, Project
from projects.seats.mandates.services import end_mandate, found_project
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
def node(cast: dict[str, Any], project_one: Project) -> Project:
    """Open a programme with a budget of 1,000, of which project one has 600."""
    opened = found(cast, "PRG")
    place(cast, project_one, opened)
    resolve(opened, "budget", budget="1000.00")
    share(opened, "ONE=600.00")
    return acts.fresh(opened)  # type: ignore[no-any-return]


def withdraw(node: Project, code: str = "ONE", starts_on: Any = TODAY, ending: str = "ended") -> Any:
    """Decide that a place ends, as the owner above."""
    return resolve(node, "component_withdrawal", component=code, starts_on=str(starts_on), ending=ending)


def weigh_withdrawals(person: Any) -> list[int]:
    """Return the weight of each task of a person on a withdrawn place."""
    return [task.weight.number for task in sort_by_weight(list_tasks(person)) if task.kind.name == "withdrawals"]


def test_an_exit_withdraws_share_and_place_and_asks_the_owner_below(
    node: Project, owner: Any, project_one: Project
) -> None:
    award(project_one, 400)
    withdraw(node)

    row = Share.objects.newest().get(project=node, part=project_one)
    assert (row.amount, row.is_withdrawn) == (0, True), "below what is committed: it is an exit"
    assert row.answer_by is not None
    assert acts.fresh(project_one).state == "active", "nothing changes inside the project"
    assert Notification.objects.filter(reason="place_changed", recipient=owner).count() == 2
    with refused("€10 exceeds what is left of the share .*: €0"):
        award(project_one, 10)
    with refused("A budget of €100 exceeds the share"):
        resolve(project_one, "budget", budget="100.00")
    assert list(Share.objects.awaiting(owner)) == [row]


def test_the_owner_above_decides_nothing_inside(node: Project, project_one: Project) -> None:
    withdraw(node)
    above = node.mandates.deciding().active().get().holder
    file = acts.submit_to_owner(acts.fresh(project_one), "suspension")
    assert not can(above, "governance.decide", file)
    with pytest.raises(Refused):
        acts.decide(above, file)


@pytest.mark.parametrize("then", [acts.suspend, acts.abandon])
def test_the_owner_below_ends_the_wait(then: Any, node: Project, owner: Any, project_one: Project) -> None:
    withdraw(node, ending="suspended")
    assert weigh_withdrawals(owner) == [100]
    then(owner, acts.fresh(project_one))
    fire_deferred_triggers()
    assert weigh_withdrawals(owner) == []


def test_a_new_share_ends_the_wait(node: Project, owner: Any, project_one: Project) -> None:
    withdraw(node)
    share(node, "ONE=500.00")
    assert weigh_withdrawals(owner) == []
    award(project_one, 500)


def test_another_parent_ends_the_wait(node: Project, cast: dict[str, Any], owner: Any, project_one: Project) -> None:
    withdraw(node)
    place(cast, project_one, found(cast, "NEXT"))
    assert weigh_withdrawals(owner) == []
    award(project_one, 5000)


def test_a_place_withdrawn_from_a_later_day_keeps_its_share_until_then(node: Project, project_one: Project) -> None:
    withdraw(node, starts_on=TODAY + 30 * DAY)
    assert shares_on(list_shares(node), TODAY)[project_one.pk].amount == 600
    assert shares_on(list_shares(node), TODAY + 30 * DAY)[project_one.pk].amount == 0
    with refused("exceeds what is left"):
        award(project_one, 1)


def entry(code: str = "TWO", amount: str = "400.00") -> dict[str, str]:
    """Build the terms of an entry."""
    return {"component": code, "starts_on": str(TODAY), "share": amount, "score": "Strategy 4 of 5, need 5 of 5."}


def test_a_project_that_asks_to_come_enters_with_its_share(
    node: Project, cast: dict[str, Any], project_two: Project
) -> None:
    with refused("Select a project or programme"):
        acts.submit_to_owner(node, "component_entry", terms=entry())
    ask_move(actor=cast["other_owner"], project=project_two, target=node)
    with refused("The shares exceed the budget by €1 from"):
        acts.submit_to_owner(node, "component_entry", terms=entry(amount="401.00"))
    resolve(node, "component_entry", **entry())
    assert shares_on(list_shares(node), TODAY)[project_two.pk].amount == 400
    assert acts.fresh(project_two).parent is None, "a move stays an act of both owners"


def test_a_project_without_owner_does_not_enter(node: Project, cast: dict[str, Any], project_two: Project) -> None:
    place(cast, project_two, node)
    seat = project_two.mandates.deciding().active().get()
    end_mandate(actor=seat.holder, mandate=seat)
    with refused("has no owner in office"):
        acts.submit_to_owner(node, "component_entry", terms=entry())


# — parents at rest —


def test_nothing_enters_a_parent_that_has_ended(cast: dict[str, Any], project_two: Project) -> None:
    ended = found(cast, "OLD")
    acts.abandon(cast["other_owner"], ended)
    with pytest.raises(ValidationError, match="neither suspended nor over"):
        ask_move(actor=cast["other_owner"], project=project_two, target=ended)


def test_a_parent_does_not_end_before_what_is_below(node: Project, owner: Any, project_one: Project) -> None:
    above = node.mandates.deciding().active().get().holder
    with refused("Everything below ends or moves first: ONE"):
        acts.abandon(above, node)
    acts.abandon(owner, project_one)
    acts.abandon(above, node)
    fire_deferred_triggers()
    assert acts.fresh(node).state == "abandoned"


class World:
    """A programme above project one, and another that has ended."""

    def __init__(self, cast: dict[str, Any], node: Project, one: Project) -> None:
        self.cast, self.node, self.one = cast, node, one
        self.ended = found(cast, "OLD")
        acts.abandon(cast["other_owner"], self.ended)
        fire_deferred_triggers()

    def open_below(self) -> None:
        """Open a project below the programme that has ended."""
        words = {"code": "NEW", "prefix": "NEW", "title_fr": "Neuf", "title_en": "New", "parent": self.ended}
        dates = {"starts_on": "2026-01-05", "ends_on": acts.FUTURE}
        found_project(actor=self.cast["staff_admin"], owner=self.cast["other_owner"], fields=words | dates)


ATTACKS = Attacks(
    triggers=[
        (
            "project.is_part_of_a_higher_level",
            "below a programme that has ended",
            World.open_below,
            "A project comes under a programme or portfolio that goes on",
        ),
        (
            "project.ends_after_what_is_below",
            "with a project below",
            lambda world: Project.objects.filter(pk=world.node.pk).update(state="abandoned"),
            "A portfolio or programme ends once everything below it has ended",
        ),
    ],
    behind={
        "project.ends_after_what_is_below": (
            "project.changes_its_terms_by_decision",
            "project.a_closing_leaves_nothing_open",
            "project.closes_with_every_answer",
        )
    },
)


@pytest.fixture
def world(cast: dict[str, Any], node: Project, project_one: Project) -> World:
    return World(cast, node, project_one)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_attacks_are_refused_and_pass_without_their_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


# — pages —


def test_the_owner_below_reads_what_to_decide_and_why(
    node: Project, owner: Any, project_one: Project, english: Any
) -> None:
    withdraw(node)
    browser = english(owner)
    assert "Decide what follows" in browser.get("/").text
    page = browser.get(reverse("governance:place:place", args=["ONE"])).text
    for words in ("withdraws this share and this place", "place withdrawn", "Until then no choice"):
        assert words in page, words
