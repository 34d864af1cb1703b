"""Results of the search as a page and the palette show them: their address, their names, the words marked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.pages.lists.columns import fold
from core.record.erasure import display_name, display_text
from core.search_index.sources import SOURCES, Source
from core.words.language import in_reader_language
from governance.desk.search.queries import CLOSE, NEAR, OPEN, WORD, Hit, Readable

MARKED = re.compile(f"{OPEN}(.*?){CLOSE}", re.DOTALL)
LONGEST_EXCERPT = 300


@dataclass(frozen=True)
class Result:
    """A row that was found, in the words of the reader. `project` and `lang` are empty outside projects they read."""

    url: str
    kind: str
    code: str
    title: SafeString
    excerpt: SafeString
    project: str
    lang: str
    state: str
    at: datetime | None


def build_results(hits: list[Hit], readable: Readable, near: Sequence[str] = ()) -> list[Result]:
    """Build the results of these hits; the words that are like those of `near` are marked."""
    return [_build(hit, readable, near) for hit in hits]


def _build(hit: Hit, readable: Readable, near: Sequence[str]) -> Result:
    source = SOURCES[hit.source]
    project = readable.projects.get(hit.project or 0)
    title = in_reader_language(hit.title, hit.title_en) if hit.title_en else hit.title
    title, excerpt = display_name(display_text(title)), display_text(hit.excerpt)[: 3 * LONGEST_EXCERPT]
    if OPEN not in excerpt and not near:
        excerpt = ""  # the title says why
    if near:
        title, excerpt = mark_near(title, near), mark_near(excerpt[:LONGEST_EXCERPT], near)
    return Result(
        find_url(source, hit, readable),
        str(source.label),
        hit.code,
        to_html(title),
        to_html(excerpt),
        project.code if project else "",
        project.language if project and not hit.title_en else "",
        str(source.states.get(hit.state, "")),
        hit.at,
    )


def find_url(source: Source, hit: Hit, readable: Readable) -> str:
    """Return the address of the page that shows a row; that of another person is their list of roles."""
    if source.name == "person" and not readable.everybody:
        return reverse("governance:responsibilities:responsibilities", args=[readable.projects[hit.project or 0].code])
    if source.by == "code":
        key = hit.project or 0
        project = readable.projects.get(key) or readable.projects[readable.above[key]]
        url = reverse(source.url, args=[project.code])
    else:
        url = reverse(source.url, args=[hit.page] if source.by else [])
    return f"{url}#{source.anchor.format(row=hit.row)}" if source.anchor else url


def mark_near(text: str, terms: Sequence[str]) -> str:
    """Mark the words of a text that are like one of the words searched."""
    words = {fold(word): word for word in WORD.findall(text)}
    like = {match for term in terms for match in get_close_matches(fold(term), words, n=2, cutoff=NEAR)}
    return WORD.sub(lambda word: f"{OPEN}{word[0]}{CLOSE}" if fold(word[0]) in like else word[0], text)


def to_html(text: str) -> SafeString:
    """Escape a text and mark its words."""
    return format_html_join("", "{}", ((part,) for part in _parts(text)))


def _parts(text: str) -> Iterable[Any]:
    for place, part in enumerate(MARKED.split(text)):
        plain = part.replace(OPEN, "").replace(CLOSE, "")
        yield format_html("<mark>{}</mark>", plain) if place % 2 else plain
