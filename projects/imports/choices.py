"""Columns and words of a list on a project: the values of its enumerated fields, its columns in a file, its export."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from core.tables.cells import clean
from core.tables.columns import LANGUAGES, fold, guess_mapping
from core.tables.tables import Table
from core.tables.words import NO, YES, Choices
from core.words.characters import reveal
from projects.imports.registry import Importer, show_value
from projects.project.models import Project

#: Values of a yes-or-no field, and the value of each word in a cell.
ON, OFF = "yes", "no"
FLAGS = dict.fromkeys(YES, ON) | dict.fromkeys(NO - {""}, OFF)


def read_choices(importer: Importer[Any], project: Project) -> Choices:
    """Read the values of the enumerated fields, with their labels in both languages, whole or in part."""
    words: dict[str, dict[str, str]] = {}
    labels: dict[str, dict[str, str]] = {}
    now = get_language() or LANGUAGES[0]
    for language in [*(other for other in LANGUAGES if other != now), now]:
        with override(language):
            form = importer.build_form(project)
            flags = _list_flags(form)
            for name in flags:
                words[name], labels[name] = FLAGS, {ON: _("Yes"), OFF: _("No")}
            for name, choices in _list_enumerated(form):
                labels[name] = {str(value): str(label) for value, label in choices if str(value)}
                known = words.setdefault(name, {fold(value): value for value in labels[name]})
                for value, label in labels[name].items():
                    for word in (label, *label.split(" · ")):
                        known.setdefault(fold(word), value)
    for name, synonyms in importer.synonyms.items():
        for value, texts in synonyms.items():
            for word in texts.split("|"):
                words[name].setdefault(word, value)
    for name, found in importer.list_words(project).items():
        for word, value in found.items():
            words[name].setdefault(word, value)
    required = {name for name in words if form.fields[name].required}
    return Choices(words, labels, frozenset(required.union(flags)), frozenset(flags))


def _list_flags(form: forms.Form) -> list[str]:
    return [name for name, field in form.fields.items() if isinstance(field, forms.BooleanField)]


def _list_enumerated(form: forms.Form) -> list[tuple[str, list[tuple[Any, Any]]]]:
    """List the enumerated fields of a form with their choices."""
    fields = [(name, field) for name, field in form.fields.items() if isinstance(field, forms.ChoiceField)]
    return [(name, list(field.choices)) for name, field in fields]  # type: ignore[arg-type]


def guess_fields(importer: Importer[Any], project: Project, table: Table) -> list[str]:
    """Guess the field of each column of `table`; "" when unknown."""
    preset = importer.preset_columns(table.header, table.rows)
    header = ["" if place in preset else title for place, title in enumerate(table.header)]
    columns = [column for column in importer.all_columns if column.name not in preset.values()]
    words = read_choices(importer, project).telling
    guessed = guess_mapping(columns, words, header, table.rows, unsure=importer.unsure)
    mapping = [preset.get(place, name) for place, name in enumerate(guessed)]
    return importer.settle_columns(mapping, table.header, table.rows)


def build_cells(importer: Importer[Any], project: Project) -> list[dict[str, str]]:
    """Return the cells of every row of the list, in the reader's language."""
    labels = read_choices(importer, project).labels
    names = [column.name for column in importer.columns]
    rows = importer.list_rows(project)
    return [
        {name: reveal(clean(show_cell(labels, name, importer.get_value(row, name)))) for name in names} for row in rows
    ]


def show_cell(labels: Mapping[str, Mapping[str, str]], name: str, value: Any) -> str:
    """Return the value of a field as a cell."""
    text = (ON if value else OFF) if isinstance(value, bool) else show_value(value)
    return labels[name].get(text, text) if name in labels else text
