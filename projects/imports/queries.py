"""Choices made for earlier files of a list: the fields of its columns, the meanings of words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from core.tables.layout import KEPT
from core.tables.tables import Table
from core.tables.words import Choices, UnknownWord, keep_allowed
from projects.imports.models import Import, WordMeaning
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


def recall_columns(imports: QuerySet[Any], table: Table) -> Import | None:
    """Return the last of these imports whose file had the columns of `table`, stopped ones too. One query."""
    last: Import | None = imports.filter(head=table.header).defer("content").order_by("-pk").first()
    return last


def keep_known(earlier: Import | None, names: Collection[str]) -> dict[str, Any]:
    """Return the choices of an earlier import for fields that still exist: its columns, and its values for all rows."""
    if earlier is None or not set(earlier.mapping) <= {"", KEPT, *names}:
        return {}
    all_rows = {name: value for name, value in earlier.all_rows.items() if name in names}
    return {"mapping": earlier.mapping, "all_rows": all_rows}
