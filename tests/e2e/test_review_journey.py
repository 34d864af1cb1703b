"""A review of the quarter in a browser: a word on each project of a portfolio, archived as it was read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import month
from tests.e2e.test_counted_clicks import run_in_shell

Person = Callable[..., Page]

WORDS = {
    "fr": {"archived": "La revue est archivée.", "missing": "Sélectionnez une orientation pour MONA."},
    "en": {"archived": "The review is archived.", "missing": "Select a word on MONA."},
}


@pytest.fixture
def member(instance: dict[str, Any]) -> Iterator[str]:
    """Open a portfolio of three projects with a PMO of its own."""
    run_in_shell(instance, "from tests.e2e.month import open_projects; open_projects()")
    instance["users"]["month_pmo"] = {"email": month.PMO, "password": month.PASSWORD}
    yield "month_pmo"
    del instance["users"]["month_pmo"]


def test_a_review_of_the_quarter_is_archived_with_its_words(member: str, person: Person, complaints: Any) -> None:
    for language, words in WORDS.items():
        page = person(member, language=language)
        page.goto("/projects/MON/reviews/new/")
        page.locator('[name="rhythm"]').select_option("quarter")
        page.locator("main form button[data-kind=primary]").click()
        expect(page.locator("main")).to_contain_text(words["missing"])
        for code in month.CODES:
            page.locator(f'[name="word-{code}"]').select_option("watch")
        page.locator("main form button[data-kind=primary]").click()
        expect(page.locator("main")).to_contain_text("Watch")
        page.locator("main form button[data-kind=primary]").click()
        expect(page.locator("body")).to_contain_text(words["archived"])
        expect(page.locator("main")).to_contain_text("Watch")
