"""Test that the search finds what is meant: 200 queries in both languages, whose odd lines were never tuned on."""

from typing import Any

import pytest

from governance.desk.search.queries import Asked, read_access, search
from governance.desk.search.results import MARKED
from projects.models import Project
from tests.governance.desk.search.corpus import index_texts
from tests.sources import ROOT

pytestmark = pytest.mark.django_db

GOLD = [
    line.split("|")
    for line in (ROOT / "tests/governance/desk/search/gold.txt").read_text(encoding="utf-8").splitlines()
]
FIRST, SHARE = 5, 0.95


def list_missed(user: Any, half: list[list[str]]) -> list[str]:
    """List the queries that do not find the text that is meant among the first."""
    readable = read_access(user)
    missed = []
    for words, meant in half:
        found = search(readable, Asked(words), size=FIRST)
        hits = [*found.hits, *found.near]
        if not any(meant in MARKED.sub(r"\1", f"{hit.title}{hit.excerpt}") for hit in hits):
            missed.append(f"{words} → {[MARKED.sub(r'\1', hit.title)[:60] for hit in hits]}")
    return missed


@pytest.fixture(scope="module")
def indexed(kept_database: None) -> int:
    """Index the texts, and return how many they are."""
    return index_texts(Project.objects.get(code="ONE").pk)


@pytest.mark.parametrize("half", [GOLD[::2], GOLD[1::2]], ids=["tuned on", "not tuned on"])
def test_what_is_meant_is_among_the_first_five(indexed: int, owner: Any, half: list[list[str]]) -> None:
    assert len(GOLD) >= 200
    assert indexed > 3_000
    missed = list_missed(owner, half)
    assert len(missed) <= (1 - SHARE) * len(half), "\n".join(missed)
