"""Test on 1,000 random pairs of a person and a project that the search tells nothing of what one may not read."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from core.models import SearchText
from governance.desk.search.queries import Asked, list_newest, read_access, search
from projects.enums import Workspace
from projects.models import Project
from roles.models import User
from tests.conftest import CAST
from tests.effort import in_turn

pytestmark = pytest.mark.django_db

#: A word that is in the title of every row.
WORD = "cormoran"
#: What the rows are; only a project has requirements.
SOURCES = ["requirement", "risk", "lesson", "decision"]


@pytest.fixture
def projects(drawn: list[Project]) -> list[Project]:
    """Index rows of each project."""
    rng = random.Random(20261201)  # noqa: S311 — the same rows each time
    SearchText.objects.bulk_create(
        [
            SearchText(
                source=rng.choice(SOURCES if project.has(Workspace.REQUIREMENTS) else SOURCES[1:]),
                row=-1 - row,
                page=1,
                project=project.pk,
                code=f"ZZ-{project.pk}",
                title=f"{WORD} unique{project.pk}x",
                at="2026-11-01T00:00:00Z",
            )
            for row, project in enumerate(drawn * 3)
        ]
    )
    return drawn


def list_found(user: User, words: str) -> Iterator[Any]:
    """List everything that a search for these words says to a person."""
    found = search(read_access(user), Asked(words), size=1_000)
    yield from [*found.hits, *found.near]
    assert sum(found.kinds.values()) == found.total == len(found.hits)


def test_no_row_count_or_suggestion_is_of_a_project_one_may_not_read(
    people: list[User], projects: list[Project]
) -> None:
    pairs = 0
    for place, user in enumerate(people):
        visible = set(Project.objects.visible_to(user).values_list("pk", flat=True))
        everything = [hit.project for hit in list_found(user, WORD)]
        assert sorted(everything) == sorted(3 * [project.pk for project in projects if project.pk in visible])
        assert {hit.project for hit in list_found(user, "cormorant")} <= visible
        assert {hit.project for hit in list_newest(read_access(user), 100)} <= visible
        for project in projects:
            pairs += 1
            for words in in_turn(place + pairs, (f"unique{project.pk}x", f"ZZ-{project.pk}")):
                told = any(hit.project == project.pk for hit in list_found(user, words))
                assert told == (project.pk in visible), (user, project, words)
    assert pairs >= 1_000


def test_the_pages_tell_no_more(people: list[User], projects: list[Project], client_of: Any) -> None:
    for user, project in zip(people, projects, strict=False):
        seen = Project.objects.visible_to(user).filter(pk=project.pk).exists()
        for address in ("governance:search:search", "governance:search:palette"):
            query = {"q": f"unique{project.pk}x", "project": project.code, "in": project.code}
            page = client_of(user).get(reverse(address), query).content.decode()
            assert (f"{project.code}<" in page) == seen, (user, project, address)


def test_the_whole_cast_finds_the_rows_of_their_projects_alone(cast: dict[str, Any], project_one: Project) -> None:
    assert set(cast) >= set(CAST)
    for person in cast.values():
        if not person.is_authenticated:
            continue
        visible = set(Project.objects.visible_to(person).values_list("pk", flat=True))
        readable = read_access(person)
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT title FROM core_searchtext WHERE project IS NOT NULL AND title <> ''")
            titles = [title for (title,) in cursor.fetchall()]
        for title in titles[:40]:
            for hit in search(readable, Asked(title)).hits:
                assert hit.project is None or hit.project in {*visible, *readable.above}, (person, title)
