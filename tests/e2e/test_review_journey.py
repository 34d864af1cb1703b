"""A review of the quarter in a browser: a word on each project of a portfolio, archived, then proposed to its owner."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import month
from tests.e2e.test_counted_clicks import run_in_shell

Person = Callable[..., Page]

WORDS = {
    "fr": {"heading": "Revue trimestrielle", "word": "Surveiller", "missing": "Sélectionnez une orientation"},
    "en": {"heading": "Quarterly review", "word": "Watch", "missing": "Select a word on this project."},
}
CONCLUSION = {"fr": "Conclusion de la revue", "en": "Conclusion of the review"}


@pytest.fixture
def member(instance: dict[str, Any]) -> Iterator[str]:
    """Open a portfolio of three projects with a PMO of its own."""
    run_in_shell(instance, "from tests.e2e.month import open_projects; open_projects()")
    instance["users"]["month_pmo"] = {"email": month.PMO, "password": month.PASSWORD}
    yield "month_pmo"
    del instance["users"]["month_pmo"]


def test_a_review_of_the_quarter_is_archived_and_proposed(member: str, person: Person, complaints: Any) -> None:
    for language, words in WORDS.items():
        page = person(member, language=language)
        page.goto("/projects/MON/reviews/new/")
        page.locator('[name="rhythm"]').select_option("quarter")
        page.locator("main form button[data-kind=primary]").click()
        expect(page.locator("main")).to_contain_text(words["missing"])
        for code in month.CODES:
            page.locator(f'[name="word-{code}"]').select_option("watch")
        page.locator("main form button[data-kind=primary]").click()
        expect(page.locator("main")).to_contain_text(words["word"])
        page.locator("main form button[data-kind=primary]").click()
        expect(page.locator("main")).to_contain_text("Quarterly review")
        page.goto("/projects/MON/reviews/")
        expect(page.locator("main")).to_contain_text(words["heading"])
        page.goto("/projects/MON/proposals/new/?kind=periodic_review")
        expect(page.locator("main")).to_contain_text(CONCLUSION[language])
        expect(page.locator('[name="terms-review"] option')).not_to_have_count(1)
