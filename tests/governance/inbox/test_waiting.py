"""Test the inbox: the badge of every page equals its lists, and counts today's seats."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from amoa.models import Question
from core.compiled_sql import Named, execute
from governance.enums import Outcome
from governance.inbox import queries
from governance.models import Decision, DecisionReview
from governance.workspace_registry import ADVISING, ANY, DECIDING
from projects.launch.queries import list_projects_to_fill
from projects.mandates import seats
from projects.mandates.seats import seats_of
from projects.mandates.services import appoint, end_mandate
from projects.models import Mandate
from roles.models import RoleTemplate
from tests import acts

pytestmark = pytest.mark.django_db

LISTS = (
    queries.to_decide,
    queries.to_advise,
    queries.to_rework,
    queries.to_settle,
    Question.objects.awaiting,
    Decision.objects.awaiting_review_of,
    DecisionReview.objects.awaiting_proposal_of,
    Mandate.objects.awaiting_acceptance_of,
    list_projects_to_fill,
)


@pytest.fixture
def work(cast: dict[str, Any], project_one: Any) -> Any:
    """Create work for everybody: files ready, awaited and sent back, a condition, on a shared project."""
    amoa, pmo, owner = (cast[key] for key in ("amoa", "pmo", "owner"))
    acts.submit(amoa, acts.draft(amoa, project_one))
    for outcome in (Outcome.REWORK, Outcome.APPROVED_WITH_CONDITIONS, None):
        file = acts.prepare(amoa, pmo, project=project_one)
        if outcome:
            acts.decide(owner, file, outcome)
    return project_one


def test_the_number_is_that_of_the_lists_for_everybody(cast: dict[str, Any], work: Any) -> None:
    listed = {
        key: len({(row._meta.label, row.pk) for found in LISTS for row in found(user)})
        for key, user in cast.items()
        if user.is_authenticated
    }
    assert {key: queries.count_waiting(cast[key], 100)[0] for key in listed} == listed
    assert min(listed["owner"], listed["pmo"]) >= 1
    assert listed["amoa"] >= 2
    assert listed["superuser"] == listed["outsider"] == 0


def test_the_number_follows_a_seat_that_ends_and_another_that_begins(cast: dict[str, Any], work: Any) -> None:
    pmo, outsider = cast["pmo"], cast["outsider"]
    before = queries.count_waiting(pmo, 100)[0]
    role = RoleTemplate.objects.get(pack="fr", code="PMO", state="published")
    mandate = work.mandates.active().get(holder=pmo)
    end_mandate(actor=cast["owner"], mandate=mandate)
    appoint(actor=cast["owner"], project=work, role=role, holder=outsider)
    assert queries.count_waiting(pmo, 100)[0] < before
    assert queries.count_waiting(outsider, 100)[0] >= 1


def test_a_person_and_an_instant_fill_the_statement_and_nothing_else_is_kept(
    cast: dict[str, Any], work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = timezone.now() - timedelta(days=4000)
    with monkeypatch.context() as supposing:
        for module in (seats, queries):
            supposing.setattr(module, "act_time", lambda: long_ago)
        assert seats_of(cast["owner"]) == []
        later = Mandate.objects.awaiting_acceptance_of(cast["owner"], long_ago).count()
        assert queries.count_waiting(cast["owner"], 100)[0] == later
    assert seats_of(cast["owner"])
    for standing in (frozenset(), frozenset({DECIDING, ADVISING, ANY})):
        sql, params = queries._compile_counts(standing, 7)
        assert {value.name for value in params if isinstance(value, Named)} >= {"reader"}
        assert sql.count("%s") == len(params)
        with pytest.raises(KeyError):
            execute((sql, params), at=long_ago)


def test_no_more_is_counted_than_is_shown(cast: dict[str, Any], work: Any) -> None:
    assert queries.count_waiting(cast["amoa"], 1)[0] == 1
