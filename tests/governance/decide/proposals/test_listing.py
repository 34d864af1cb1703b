"""Test the list of proposals: those on which something is expected come first."""

import re
from typing import Any

import pytest
from django.urls import reverse

from governance.decide.proposals.listing import SETTLED
from governance.enums import Outcome
from projects.models import Project
from tests import acts

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(project_one: Project, client_of: Any, pmo: Any) -> Any:
    """Return a function that lists the proposals of project one as a query string asks for."""

    def rows(query: str = "") -> list[Any]:
        address = reverse("governance:proposals:proposal_list", args=[project_one.code])
        found: list[Any] = client_of(pmo).get(f"{address}?size=200&{query}").context["page"].rows
        return found

    return rows


def test_open_proposals_come_first_and_the_newest_of_them_before(
    listed: Any, owner: Any, amoa: Any, pmo: Any, project_one: Project
) -> None:
    older = acts.submit(amoa, acts.draft(amoa, project_one)).proposal
    acts.decide(owner, acts.prepare(amoa, pmo, project=project_one), Outcome.REJECTED)
    rows = listed()
    is_over = [row.state in SETTLED for row in rows]
    assert is_over == sorted(is_over)
    assert {True, False} <= set(is_over)
    for over in (True, False):
        numbers = [row.number for row in rows if (row.state in SETTLED) == over]
        assert numbers == sorted(numbers, reverse=True)
    assert older.pk in {row.pk for row in rows[: is_over.index(True)]}
    assert [row.number for row in listed("sort=-number")] == sorted((row.number for row in rows), reverse=True)


@pytest.mark.parametrize(("language", "words"), [("en", ["Yes", "No"]), ("fr", ["Oui", "Non"])])
def test_a_column_says_which_are_open(
    language: str, words: list[str], project_one: Project, client_of: Any, pmo: Any, owner: Any, amoa: Any
) -> None:
    acts.submit(amoa, acts.draft(amoa, project_one))
    acts.decide(owner, acts.prepare(amoa, pmo, project=project_one), Outcome.REJECTED)
    address = reverse("governance:proposals:proposal_list", args=[project_one.code])
    file = client_of(pmo).get(f"{address}?column=open&export=csv", headers={"accept-language": language})
    lines = file.content.decode("utf-8-sig").splitlines()
    assert re.split("[,;]", lines[0])[0] == {"en": "Open", "fr": "En cours"}[language]
    assert {re.split("[,;]", line)[0] for line in lines[1:]} == set(words)
