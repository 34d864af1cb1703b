"""Test that one reader has a limited number of files made, whatever page they come from, and that nobody else pays."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils.translation import gettext, override

from core.files import limits as file_limits
from core.tables.writer import as_csv, as_xlsx

pytestmark = pytest.mark.django_db

#: Files of several capabilities that the web process makes for who asks.
FILES = [
    "/projects/ONE/dashboard/?export=pdf",
    "/projects/ONE/dashboard/?export=xlsx",
    "/projects/ONE/roles/matrix.pdf",
    "/projects/ONE/roles/matrix.xlsx",
    "/projects/ONE/traceability.pdf",
    "/projects/ONE/requirements.xlsx",
    "/projects/ONE/risks.xlsx",
    "/projects/ONE/register/?export=xlsx",
    "/projects/ONE/proposals/?export=xlsx",
]


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cache.clear()
    monkeypatch.setattr(file_limits, "MOST", 3)
    monkeypatch.setattr(file_limits, "RATES", {"file": "3/h/user"})
    yield
    cache.clear()


@pytest.mark.parametrize("path", FILES)
def test_a_reader_has_so_many_files_made_an_hour_and_other_readers_their_own(
    path: str, owner: Any, pmo: Any, client_of: Any, project_one: Any
) -> None:
    client = client_of(owner)
    assert [client.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client_of(pmo).get(path).status_code == 200
    assert client.get("/projects/ONE/register/?export=csv").status_code == 200


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_says_how_many_there_are_and_what_has_no_limit(
    language: str, owner: Any, client_of: Any, project_one: Any
) -> None:
    client = client_of(owner)
    for _ in range(4):
        answer = client.get("/projects/ONE/risks.xlsx", headers={"accept-language": language})
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    page = answer.content.decode()
    with override(language):
        assert gettext("Too many files") in page
    assert "3 " in page
    assert "CSV" in page


def test_the_worker_and_commands_make_as_many_as_they_need() -> None:
    for _ in range(5):
        assert as_xlsx("Title", ["A"], [["1"]])
    assert as_csv(["A"], [["1"]])
