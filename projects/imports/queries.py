"""Meanings of words that were chosen for earlier files of a list."""

from collections.abc import Iterable, Mapping, Sequence

from core.tables.words import Choices, UnknownWord, keep_allowed
from projects.imports.models import WordMeaning
from projects.project.models import Project


def recall_meanings(
    project: Project, list_name: str, unknown: Mapping[str, Sequence[UnknownWord]], choices: Choices
) -> dict[str, dict[str, str]]:
    """Return the remembered values of these words, by field and digest, that the fields may still take. One query."""
    keys: Iterable[str] = {word.key for words in unknown.values() for word in words}
    rows = WordMeaning.objects.filter(project=project, list_name=list_name, field__in=unknown, word__in=keys)
    found: dict[str, dict[str, str]] = {}
    for name, word, value in rows.values_list("field", "word", "value").order_by("pk"):
        found.setdefault(name, {})[word] = value
    return keep_allowed(found, choices)
