"""Test the priorities of a portfolio: an order with a funding line, and what is funded below it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from governance.decide.decisions.settlement import Unanswered
from governance.place.priorities.queries import find_priorities
from projects.models import Project
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers
from tests.governance.place.nodes import TODAY, found, place, refused, resolve, share

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture
def node(cast: dict[str, Any], project_one: Project, project_two: Project) -> Project:
    """Open a portfolio with a budget of 1,000 above projects one and two."""
    opened = found(cast, "PFO", "portfolio")
    for project in (project_one, project_two):
        place(cast, project, opened)
    resolve(opened, "budget", budget="1000.00")
    return acts.fresh(opened)  # type: ignore[no-any-return]


def test_an_order_with_its_line_is_decided_and_frozen(node: Project, english: Any) -> None:
    decision = resolve(node, "prioritisation", order="TWO,ONE", line="1")

    stated = find_priorities(node)
    assert stated is not None
    assert (stated.above, stated.below, stated.decision) == (("TWO",), ("ONE",), decision)
    [frozen] = decision.revision.snapshot
    assert [figure["label"] for figure in frozen["figures"]] == ["1. TWO", "2. ONE"]
    page = english(node.mandates.deciding().active().get().holder).get(reverse("governance:place:place", args=["PFO"]))
    assert "Below the funding line" in page.text


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"order": "ONE", "line": "1"}, "of the portfolio: TWO"),
        ({"order": "ONE,TWO,THREE", "line": "1"}, "Nothing below has this code: THREE"),
        ({"order": "ONE,TWO", "line": "3"}, "No more are funded than there are"),
        ({"order": "ONE,TWO"}, "Enter how many are funded"),
    ],
)
def test_each_place_has_a_rank(terms: dict[str, str], why: str, node: Project) -> None:
    with refused(why):
        acts.submit_to_owner(node, "prioritisation", terms=terms)


def test_a_programme_has_no_priorities(cast: dict[str, Any]) -> None:
    with refused("Only a portfolio has priorities"):
        acts.submit_to_owner(found(cast, "PRG"), "prioritisation", terms={"order": "ONE", "line": "1"})


def test_a_share_below_the_line_passes_with_a_word(node: Project) -> None:
    owner = node.mandates.deciding().active().get().holder
    resolve(node, "prioritisation", order="TWO,ONE", line="1")
    file = acts.submit_to_owner(node, "allocation", terms={"shares": "ONE=100.00", "starts_on": str(TODAY)})
    with pytest.raises(Unanswered):
        acts.decide(owner, file, settled={})
    decision = acts.decide(owner, file)
    fire_deferred_triggers()
    [word] = decision.settled
    said = "ONE is below the line and has a share of €100."
    assert (word["item"], word["words"]["en"]["text"]) == ("priority:ONE", said)
    share(node, "TWO=100.00")


def test_an_order_that_leaves_a_share_below_the_line_passes_with_a_word(node: Project) -> None:
    share(node, "ONE=100.00")
    file = acts.submit_to_owner(node, "prioritisation", terms={"order": "TWO,ONE", "line": "1"})
    with pytest.raises(Unanswered):
        acts.decide(node.mandates.deciding().active().get().holder, file, settled={})
    assert [word["item"] for word in acts.decide(file.project.mandates.deciding().active().get().holder, file).settled]


def test_an_entry_below_the_line_passes_with_a_word(node: Project) -> None:
    owner = node.mandates.deciding().active().get().holder
    resolve(node, "prioritisation", order="TWO,ONE", line="1")
    terms = {"component": "ONE", "starts_on": str(TODAY), "share": "100.00", "score": "Strategy 4 of 5."}
    file = acts.submit_to_owner(node, "component_entry", terms=terms)
    with pytest.raises(Unanswered):
        acts.decide(owner, file, settled={})
    assert [word["item"] for word in acts.decide(owner, file).settled] == ["priority:ONE"]
    fire_deferred_triggers()


class World:
    """A portfolio with a share that waits for its decision, then a line above its project."""

    def __init__(self, node: Project) -> None:
        self.owner = node.mandates.deciding().active().get().holder
        terms = {"shares": "ONE=100.00", "starts_on": str(TODAY)}
        self.shares = acts.submit_to_owner(node, "allocation", terms=terms)
        self.line = acts.submit_to_owner(node, "prioritisation", terms={"order": "TWO,ONE", "line": "1"})

    def decide_both(self) -> None:
        """Decide the share without a word, as there is no line yet, and the line in the same transaction."""
        acts.decide(self.owner, self.shares)
        acts.decide(self.owner, self.line)


ATTACKS = Attacks(
    triggers=[
        (
            "decision.says_a_word_on_what_is_funded_below_the_line",
            "a share decided just before the line, in one transaction",
            World.decide_both,
            "What is funded below the priority line has the word of the owner on it",
        ),
    ],
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_attacks_are_refused_and_pass_without_their_trigger(guard: str, node: Project) -> None:
    ATTACKS.prove(guard, World(node))
