"""Read every page of a portfolio and a programme: each is called what it is, in both languages."""

import re
from collections import Counter, deque
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from core.acts import acting_as
from projects.models import Project
from projects.project.words import say_of
from tests.demo.scenarios import person
from tests.pages.test_links import Links, name_of

pytestmark = pytest.mark.django_db
#: Node → who reads its pages in each language: its owner or its office.
READERS = {"SN28": {"en": "valette", "fr": "esteve"}, "PARCOURS": {"en": "lemercier", "fr": "benali"}}
#: Pages of a kind that a person reads.
OF_A_KIND = 1
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
INLINE = {"a", "b", "em", "i", "mark", "small", "span", "strong"}
SILENT = {"script", "style", "textarea", "svg"}
SPOKEN = ("title", "aria-label", "placeholder", "alt")
#: Words that name the node at hand: it is none. Language → what must not be written.
NAMED = {
    "en": re.compile(
        r"\b([Tt]he|[Tt]his) project(?![\w-]| (owner|manage|charter|office))|^Project (weather|[a-z]+ed\b)"
    ),
    "fr": re.compile(r"\b([Ll]e|[Cc]e|[Dd]u|[Aa]u) projet\b|^(Projet [a-z]+é\b|Météo projet)"),
}
#: Texts of the method that a page repeats: it has its own for each level.
OF_THE_METHOD = "confirm the project is worth doing|l’intérêt du projet"
#: What the menu calls the node.
HEADINGS = {
    ("SN28", "en"): "Portfolio",
    ("SN28", "fr"): "Portefeuille",
    ("PARCOURS", "en"): "Programme",
    ("PARCOURS", "fr"): "Programme",
}
#: Parts of the product that speak of any project, whatever they are read from, and why.
GENERAL = {
    "governance:permissions": "the rules of Ouvrage, which are the same at each level",
    "governance:responsibilities": "the texts of the method",
    "pmo:standards": "the texts of the standards, which hold for the projects below",
    "pmo:conformity": "likewise",
}


class Words(HTMLParser):
    """The texts of a page that Ouvrage writes: those of people stand in elements that name their language."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.stack: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if not self.is_silent():
            self.texts += [*(known[name] or "" for name in SPOKEN if known.get(name)), ""]
        if tag not in VOID:
            self.stack.append((tag, tag in SILENT or ("lang" in known and tag != "html")))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass
        if tag not in INLINE:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if not self.is_silent():
            self.texts.append(f"{self.texts.pop() if self.texts else ''}{data}")

    def is_silent(self) -> bool:
        return any(silent for _tag, silent in self.stack)


def crawl(client: Client, node: Project, language: str) -> dict[str, str]:
    """Map the texts of the pages of a node that call it a project to a page that has them."""
    left: deque[str] = deque([node.get_absolute_url()])
    read: Counter[str] = Counter()
    seen: set[str] = set()
    found: dict[str, str] = {}
    while left:
        address = left.popleft()
        target = name_of(urlsplit(address).path)
        if address in seen or not target or read[target] >= OF_A_KIND or "export=" in address:
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        if not re.search(rf"<small>\s*{node.code}\b", answer.text):
            continue  # a page of another project, or of none
        read[target] += 1
        assert f'<html lang="{language}"' in answer.text
        assert f"<h2>{HEADINGS[node.code, language]}</h2>" in answer.text
        if target.rpartition(":")[0] not in GENERAL:
            for text in Words(answer.text).texts:
                plain = " ".join(text.split())
                if NAMED[language].search(plain) and not re.search(OF_THE_METHOD, plain):
                    found.setdefault(plain, target)
        for link in (*Links(answer.text).main, *Links(answer.text).shell):
            joined = urlsplit(urljoin(address, link))
            if joined.scheme in {"", "http"} and joined.netloc in {"", "testserver"}:
                left.append(joined._replace(scheme="", netloc="", fragment="").geturl())
    assert len(read) > 60
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("code", READERS)
def test_no_page_calls_a_programme_or_a_portfolio_a_project(
    code: str, language: str, demo: None, client_of: Any
) -> None:
    reader = person(READERS[code][language])
    reader.language = language
    with acting_as(reader):
        reader.save()
    assert crawl(client_of(reader), Project.objects.get(code=code), language) == {}


@pytest.mark.parametrize(
    ("level", "english", "french"),
    [
        ("project", "Facts of the project", "Fiche du projet"),
        ("programme", "Facts of the programme", "Fiche du programme"),
        ("portfolio", "Facts of the portfolio", "Fiche du portefeuille"),
        ("organisation", "Facts of the project", "Fiche du projet"),
    ],
)
def test_a_message_is_said_of_the_level(level: str, english: str, french: str) -> None:
    words = gettext_lazy("Facts of the project")
    for language, said in (("en", english), ("fr", french)):
        with translation.override(language):
            assert str(say_of(words, Project(level=level))) == said


def test_what_a_person_wrote_is_never_said_anew() -> None:
    portfolio = Project(level="portfolio")
    assert say_of("Move the project", portfolio) == "Move the project"
    with translation.override("en"):
        assert say_of(mark_safe("The project ends. The project owner decides."), portfolio) == (
            "The portfolio ends. The project owner decides."
        )
