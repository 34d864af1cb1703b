"""Test papers in a browser: a reader takes the decision file and the register with them, in their language."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests import pdf
from tests.e2e.test_journey import advise, decide, write
from tests.effort import in_turn

Person = Callable[..., Page]

UNDECIDED = {
    "fr": "Aucune décision n’est enregistrée sur ce texte.",
    "en": "No decision has been recorded on this text.",
}
DECIDED = {"fr": "Approuvée. Décision OD-", "en": "Approved. Decision OD-"}
NEWEST = {"fr": "La dernière est OD-", "en": "The last one is OD-"}
PAGE = {"fr": "Page1sur", "en": "Page1of"}
REGISTER = "/projects/ONE/register/"


def fetch(page: Page, link: Locator, language: str) -> bytes:
    """Fetch the file of a link as its reader does."""
    answer = page.request.get(str(link.evaluate("link => link.href")), headers={"accept-language": language})
    assert answer.ok
    return answer.body()


@pytest.mark.parametrize("language", in_turn(0, ["fr", "en"]))
def test_a_decision_file_says_before_and_after_the_decision_where_it_stands(
    language: str, person: Person, complaints: Any
) -> None:
    owner, amoa, pmo = (person(member, language=language) for member in ("owner", "amoa", "pmo"))
    title = f"Buoys of the channel ({language})"
    address = write(amoa, title, amount="900", impact_scope="None.", impact_cost="EUR 900.")
    advise(pmo, title)
    pmo.goto(address)
    before = pdf.text(fetch(pmo, pmo.locator("main, header").get_by_role("link", name="PDF").first, language))
    assert pdf.squeezed(UNDECIDED[language]) in before
    owner.goto(address)
    decide(owner, "approved")
    pmo.goto(address)
    content = fetch(pmo, pmo.locator("main, header").get_by_role("link", name="PDF").first, language)
    after, pages = pdf.text(content), pdf.pages(content)
    assert after.count(pdf.squeezed(DECIDED[language])) == pages + 1
    assert PAGE[language] in after
    with pmo.expect_download() as download:
        pmo.get_by_role("link", name="DOCX").first.click()
    document = docx.Document(BytesIO(Path(str(download.value.path())).read_bytes()))
    assert DECIDED[language] in document.sections[0].footer.paragraphs[0].text
    assert any(title in paragraph.text for paragraph in document.paragraphs)
    pmo.goto(REGISTER)
    link = pmo.get_by_role("link", name="PDF")
    expect(link).to_be_visible()
    register = pdf.text(fetch(pmo, link, language))
    assert pdf.squeezed(NEWEST[language]) in register
    assert pdf.squeezed(title) in register
    assert complaints == []
