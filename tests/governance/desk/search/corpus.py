"""Rows of the search index with the texts of the scenarios, in both languages."""

import ast
from collections.abc import Iterator
from typing import Any

from core.models import SearchText
from tests.sources import ROOT

SCENARIOS = ("vigie", "orbelle", "sources")


def read_texts(scenario: str) -> Iterator[str]:
    """Read the messages and their translations from the catalogue of a scenario."""
    said: list[str] = []
    for line in (ROOT / "demo" / "scenarios" / f"{scenario}.fr.po").read_text(encoding="utf-8").splitlines():
        keyword, quote, rest = line.partition('"')
        if quote and keyword.strip() in {"msgid", "msgstr"}:
            yield "".join(said)
            said = []
        if quote and not keyword.startswith("#"):
            said.append(ast.literal_eval(quote + rest))
    yield "".join(said)


def index_texts(project: int, **fields: Any) -> int:
    """Index each text as a requirement of `project`; return how many there are."""
    texts = {text for scenario in SCENARIOS for text in read_texts(scenario) if text and "Content-Type" not in text}
    SearchText.objects.bulk_create(
        [
            SearchText(
                source="requirement", row=-row, page=row, project=project, title=text[:200], body=text[200:], **fields
            )
            for row, text in enumerate(sorted(texts), start=1)
        ]
    )
    return len(texts)
