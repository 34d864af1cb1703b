"""Test who could decide on a project of the demo: its signers could sign, and a kind that was not delegated says so."""

from datetime import UTC, datetime

import pytest

from projects.models import Project
from projects.seats.mandates.signing_power import Obstacle, who_could_decide
from tests.demo.scenarios import MOVED
from tests.projects.seats.mandates.test_authority import every_signer_could_sign_then_under_the_same_seat

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["VIGIE", "GUICHET", "LITS"])
def test_every_signer_of_a_decision_could_sign_it_then_under_the_same_seat(code: str, demo: None, db: None) -> None:
    every_signer_could_sign_then_under_the_same_seat(code)


def test_a_kind_that_may_be_delegated_but_was_not_says_so(demo: None, db: None) -> None:
    at = datetime(2026, 4, 1, 12, tzinfo=UTC) + MOVED
    answer = who_could_decide(Project.objects.get(code="VIGIE"), at, "communication")
    assert [reading.obstacles for reading in answer.delegates] == [(Obstacle.KIND,)]
