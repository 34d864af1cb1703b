"""Test the strategy of a portfolio: what it needs, when it is in force, and how it ends."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from governance.decide.kinds.registry import describe
from governance.decide.proposals.services import Incomplete
from governance.models import Decision
from pmo.steering.strategy.queries import find_strategy
from projects.enums import Level
from projects.models import Project
from projects.organisation_settings.queries import today
from tests import acts
from tests.database import refusal
from tests.pmo.steering.gates.levels import found_level

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture
def portfolio(cast: dict[str, Any]) -> Project:
    """Open a portfolio with the roles of its level."""
    return found_level(cast, Level.PORTFOLIO, "PORT")


def terms(**changes: str) -> dict[str, str]:
    """Write a strategy for a hundred days."""
    until = str(today() + timedelta(days=100))
    return {"strategy": "Land more.", "criteria_of_selection": "Value first.", "valid_until": until} | changes


def decide(owner: Any, portfolio: Project, replaces: Decision | None = None, **changes: str) -> Decision:
    """Decide a strategy."""
    return acts.decide(owner, acts.submit_to_owner(portfolio, "strategy", replaces, terms=terms(**changes)))


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"strategy": ""}, "Describe the strategy."),
        ({"criteria_of_selection": ""}, "Describe the selection criteria."),
        ({"valid_until": ""}, "Enter the last day of the strategy."),
        ({"valid_until": "2020-01-01"}, "Enter a last day that has not passed."),
    ],
)
def test_a_strategy_says_what_how_and_until_when(changes: dict[str, str], gap: str, portfolio: Project) -> None:
    given = {name: text for name, text in terms(**changes).items() if text}
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(portfolio, "strategy", terms=given)
    assert list(error.value.gaps.values()) == [gap]


def test_a_project_has_no_strategy(project_one: Project) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, "strategy", terms=terms())
    assert error.value.gaps == {"kind": "Only a portfolio has a strategy."}


def test_a_strategy_is_in_force_until_its_last_day_or_the_next_one(
    owner: Any, portfolio: Project, client_of: Any
) -> None:
    assert find_strategy(portfolio, today()) is None
    first = decide(owner, portfolio)
    found = find_strategy(portfolio, today())
    assert found is not None
    assert found.decision == first
    assert describe(found).startswith("Strategy valid until ")
    assert find_strategy(portfolio, today() + timedelta(days=101)) is None
    file = acts.submit_to_owner(acts.fresh(portfolio), "strategy", terms=terms(strategy="Land better."))
    page = client_of(owner).get(file.get_absolute_url(), headers={"Accept-Language": "en"})
    assert "Strategy in force" in page.text
    assert "Land more." in page.text
    second = acts.decide(owner, file)
    newest = find_strategy(portfolio, today())
    assert newest is not None
    assert newest.decision == second


def test_a_strategy_that_is_undone_is_no_longer_in_force(owner: Any, portfolio: Project) -> None:
    first = decide(owner, portfolio)
    acts.decide(owner, acts.submit_to_owner(acts.fresh(portfolio), "arbitration", first))
    assert find_strategy(portfolio, today()) is None


def test_the_database_refuses_a_strategy_without_its_last_day(portfolio: Project) -> None:
    file = acts.submit_to_owner(portfolio, "strategy", terms=terms())
    assert file.current is not None

    def attempt() -> None:
        revision = file.current
        assert revision is not None
        revision.pk, revision.number, revision.terms = None, 2, {**revision.terms, "valid_until": ""}
        revision.hash = revision.seal()
        type(revision).objects.bulk_create([revision])

    assert "A proposal of this kind has the term valid_until" in refusal(attempt)
