"""Test that a page draws each icon once, however often it shows it."""

import re
from typing import Any

from core.templatetags.ui import draw_once, icon


def test_a_repeated_icon_is_drawn_once_and_referred_to_and_a_single_one_stays_whole() -> None:
    check, send = icon("check"), icon("send")
    drawing = check.partition(">")[2].removesuffix("</svg>")
    shown = draw_once(f"<p>{check}a</p><p>{send}b</p><p>{check}c</p>")
    assert shown.count(drawing) == 1
    [name] = re.findall(r'<symbol id="(\w+)"', shown)
    assert shown.count(f'<use href="#{name}"/>') == 2
    assert f"<p>{send}b</p>" in shown
    assert draw_once(f"<p>{send}</p>") == f"<p>{send}</p>"


def test_every_reference_of_a_page_has_its_symbol_once(owner: Any, client_of: Any) -> None:
    page = client_of(owner).get("/projects/ONE/proposals/").text
    names = re.findall(r'<(?:symbol|path) id="([^"]+)"', page)
    assert len(names) == len(set(names))
    assert set(re.findall(r'<use href="#([^"]+)"', page)) <= set(names)


def test_a_part_that_htmx_takes_from_a_page_needs_no_symbol_of_it(owner: Any, client_of: Any) -> None:
    page = client_of(owner).get("/projects/ONE/proposals/", headers={"HX-Request": "true"}).text
    assert not re.findall(r'<use href="#(i\d+)"', page)
