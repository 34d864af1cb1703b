"""Test that the help shows a page of each role, in one language or both, and take these pictures.

With HELP_PICTURES=1 and WHOLE=1, which takes both languages, they are written to static/img/help: run this file alone
then.
"""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from projects.public_pages.help_texts import ROLES
from tests.effort import in_turn
from tools.servers.embedded import ROOT

PICTURES = ROOT / "static/img/help"
WIDTH, HEIGHT = 1200, 750
#: Role → the person of the cast, and the page that shows what the role does most.
PAGES = {
    "owner": ("owner", "/"),
    "PMO": ("pmo", "/projects/ONE/dashboard/"),
    "AMOA": ("amoa", "/projects/ONE/requirements/"),
    "MOE": ("moe", "/projects/ONE/liaison/"),
    "DEST": ("recipient", "/projects/ONE/change/"),
    "administrator": ("staff_admin", "/projects/new/"),
}
SHOWN = """async () => {
    const pictures = [...document.querySelectorAll("main img")];
    for (const picture of pictures) { picture.loading = "eager"; await picture.decode(); }
    return pictures.map(picture => [picture.naturalWidth, picture.naturalHeight]);
}"""


@pytest.mark.parametrize("language", in_turn(5, ["fr", "en"]))
def test_the_help_shows_a_page_of_each_role(person: Callable[..., Page], complaints: list[str], language: str) -> None:
    for role in ROLES:
        member, path = PAGES[role.code]
        page = person(member, language=language, viewport={"width": WIDTH, "height": HEIGHT})
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200
        if os.environ.get("HELP_PICTURES"):
            PICTURES.mkdir(exist_ok=True)
            page.evaluate("() => document.fonts.ready.then(() => true)")
            page.screenshot(path=PICTURES / f"{role.code.lower()}-{language}.jpg", type="jpeg", quality=75)
    page = person("anonymous", language=language)
    page.goto("/help/")
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate(SHOWN) == [[WIDTH, HEIGHT]] * len(ROLES)
    assert complaints == []
