"""Dry run of an import by the form of its list: check every line against the rows of the project. Writes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import AmountField
from core.record.sealing import content_hash
from core.tables.conversions import find_unit, is_total, read_day
from core.tables.layout import list_kept, merge_kept
from core.tables.problems import COMPUTED, COMPUTED_TEXT, ProblemRow
from core.tables.tables import Table
from core.tables.words import Choices
from core.templatetags.ui import day
from projects.imports.choices import OFF, ON, show_cell
from projects.imports.plan import NO_COLUMN, UNKNOWN, Plan, Planned
from projects.imports.registry import Importer, LineSkipped, Note, show_value
from projects.project.models import Project
from roles.models import User

#: Longest part of a cell that an error quotes.
QUOTED = 60
#: Kinds of the warnings on how cells are read, and what they say.
UNITS = {
    1_000: gettext_lazy("This amount is read in thousands of euros."),
    1_000_000: gettext_lazy("This amount is read in millions of euros."),
}
TOTAL, TOTAL_TEXT = "total", gettext_lazy("This line adds up others: it is skipped.")


def check(
    importer: Importer[Any],
    project: Project,
    actor: User,
    table: Table,
    mapping: Sequence[str],
    choices: Choices,
) -> Plan:
    """Check every line of `table`, mapped by `mapping`, against the rows of `project` as they are now."""
    return _Check(importer, project, actor, table, mapping, choices).run()


class _Check:
    """One dry run with its data and the problems found so far."""

    def __init__(
        self,
        importer: Importer[Any],
        project: Project,
        actor: User,
        table: Table,
        mapping: Sequence[str],
        choices: Choices,
    ) -> None:
        self.importer, self.project, self.actor, self.table = importer, project, actor, table
        self.mapping, self.choices = mapping, choices
        self.labels = {column.name: str(column.label) for column in importer.all_columns}
        self.places = {name: place for place, name in enumerate(mapping) if name in self.labels}
        self.titles = {name: table.header[place] for name, place in self.places.items()}
        self.form = importer.build_form(project)
        self.form.fields.pop("seen", None)
        self.initial = {name: self.form.get_initial_for_field(field, name) for name, field in self.form.fields.items()}
        self.problems: list[ProblemRow] = []
        self.warnings: list[ProblemRow] = []
        self.wrong: set[int] = set()
        self.skipped: list[int] = []
        fields = self.form.fields
        self.days = [name for name in self.places if isinstance(fields.get(name), forms.DateField)]
        amounts = [name for name in self.places if isinstance(fields.get(name), AmountField)]
        units = {name: find_unit(self.titles[name]) for name in amounts}
        self.units = {name: unit for name, unit in units.items() if unit > 1}
        self.rows: dict[tuple[str, ...], Any] = {}
        for row in importer.list_rows(project):
            for key in importer.keys:
                self.rows.setdefault(self._fold_key(key, self._read_row(row)), row)

    def run(self) -> Plan:
        """Check every line, then that none stands there twice."""
        planned, seen = [], dict[Any, int]()
        for line, row in zip(self.table.lines, self.table.rows, strict=True):
            if is_total(row):
                self._skip(line, "", str(TOTAL_TEXT), TOTAL)
                continue
            cells = {name: row[place] for name, place in self.places.items()}
            try:
                entry, identity = self._check_line(line, cells, list_kept(self.table, self.mapping, row))
            except LineSkipped as skipped:
                self._skip(line, skipped.name, str(skipped.text))
                continue
            if identity in seen:
                text = _("Line %(line)s has this row already. Keep one of the two.") % {"line": seen[identity]}
                self._error(line, "", text, kind="twice")
            elif identity:
                seen[identity] = line
            planned.append(entry)
        self._warn_of_formulas()
        good = [entry for entry in planned if entry.line not in self.wrong]
        return Plan(
            good,
            self.wrong,
            sorted(self.problems, key=lambda problem: problem.line),
            [warning for warning in self.warnings if warning.line not in self.wrong],
            self._hash(good),
            self.skipped,
        )

    def _hash(self, planned: Iterable[Planned]) -> str:
        """Return the hash of everything that would be written, and of the lines in error."""
        lines = [
            {
                "line": str(entry.line),
                "row": str(entry.row.pk if entry.row else ""),
                "fields": {name: show_value(value) for name, value in entry.fields.items()},
                "before": {name: show_value(self.importer.get_value(entry.row, name)) for name in entry.before},
            }
            for entry in planned
        ]
        return content_hash({"lines": lines, "wrong": [str(line) for line in sorted(self.wrong)]})

    def _error(self, line: int, name: str, text: str, kind: str = "") -> None:
        column = self.titles.get(name) or self.labels.get(name, "")
        self.problems.append(ProblemRow(line, column, text, is_error=True, kind=kind))
        self.wrong.add(line)

    def _warn(self, line: int, name: str, text: str, kind: str = "") -> None:
        column = self.titles.get(name) or self.labels.get(name, "")
        self.warnings.append(ProblemRow(line, column, text, is_error=False, kind=kind))

    def _warn_notes(self, line: int, notes: Iterable[Note]) -> None:
        for name, text in notes:
            self._warn(line, name, str(text))

    def _skip(self, line: int, name: str, text: str, kind: str = "") -> None:
        self._warn(line, name, text, kind)
        self.skipped.append(line)

    def _warn_of_formulas(self) -> None:
        """Mark the cells of the fields that hold a formula."""
        names = {place: name for name, place in self.places.items()}
        skipped = set(self.skipped)
        for line, place in self.table.computed:
            if place in names and line not in skipped:
                self._warn(line, names[place], str(COMPUTED_TEXT), COMPUTED)

    def _match(self, cells: Mapping[str, str]) -> tuple[tuple[str, ...] | None, Any, Any]:
        """Return the key that a line fills, what identifies its row, and that row if it is there."""
        key = next((key for key in self.importer.keys if all(cells.get(name) for name in key)), None)
        identity = self._fold_key(key, cells) if key else ()
        return key, identity, self.rows.get(identity)

    def _check_line(self, line: int, cells: dict[str, str], kept: Mapping[str, str]) -> tuple[Planned, Any]:
        """Return the effect of a line, and what identifies its row. Raises LineSkipped."""
        notes = [*self._convert(cells), *self.importer.prepare(cells)]
        key, identity, row = self._match(cells)
        if row is None:
            made = list(self.importer.complete(cells))
            key, identity, row = self._match(cells)
            notes += made if row is None else []
        if kept:
            note = self.importer.note
            base = cells.get(note, "") if row is None or note in cells else self._read_row(row)[note]
            cells[note] = merge_kept(base, kept)
        title = next((cells[name] for name in (*self.importer.keys[-1], *self.places) if cells.get(name)), "")
        entry = Planned(line, title[:QUOTED], row=row)
        passed = {name for tried in self.importer.keys[: self.importer.keys.index(key) if key else 0] for name in tried}
        given = {
            name: cell
            for name, cell in cells.items()
            if cell or not (name in passed or self._keeps_when_empty(name, row))
        }
        cleaned = self._clean(line, given, row)
        if row is None:
            entry.fields = cleaned
        elif self.importer.changes_rows:
            self._compare(entry, given, cleaned)
        if line not in self.wrong and entry.changes:
            notes += self._adjust(entry, cleaned)
            self._ask_importer(entry)
        self._warn_notes(line, notes)
        return entry, row.pk if row is not None else identity

    def _convert(self, cells: dict[str, str]) -> Iterator[Note]:
        """Read days as offices write them, and amounts in thousands."""
        for name in self.days:
            cells[name] = read_day(cells[name])
        for name, unit in self.units.items():
            with suppress(ValidationError):
                amount = AmountField(required=False).to_python(cells[name])
                if amount:
                    cells[name] = f"{amount * unit:f}"
                    yield name, UNITS[unit]

    def _adjust(self, entry: Planned, cleaned: Mapping[str, Any]) -> list[Note]:
        """Let the importer adjust what a line writes; what is written no more is shown no more."""
        notes = list(self.importer.adjust(self.actor, self.project, entry.fields, cleaned, entry.row))
        for name in [name for name in entry.after if name not in entry.fields]:
            del entry.before[name], entry.after[name]
        return notes

    def _ask_importer(self, entry: Planned) -> None:
        """Refuse what the importer refuses, and what the actor may not write."""
        try:
            self.importer.ensure_line(self.actor, self.project, entry.fields, entry.row)
        except ValidationError as error:
            for name, errors in error.update_error_dict({}).items():
                texts = [text for one in errors for text in one.messages]
                code = errors[0].code or ""
                self._error(entry.line, "" if name == NON_FIELD_ERRORS else name, " ".join(texts), kind=code)
            return
        if not self.importer.may_write(self.actor, self.project, entry.fields, entry.row):
            self._error(entry.line, "", _("Your role cannot write this line. Leave it out of the file."))

    def _keeps_when_empty(self, name: str, row: Any) -> bool:
        """Return whether an empty cell says nothing: of a required field of a row, and of every field of a new one."""
        return row is None or self.form.fields[name].required

    def _clean(self, line: int, given: Mapping[str, str], row: Any) -> dict[str, Any]:
        """Return the values of the form for a line; record its errors."""
        data: dict[str, Any] = dict(self.initial) if row is None else self._read_row(row)
        known = dict(data)
        unknown = set()
        for name, cell in given.items():
            value = self._read_cell(name, cell)
            if value is None:
                unknown.add(name)
                self._error(line, name, self._describe_choices(name, cell), kind=UNKNOWN)
            else:
                data[name] = value
        self.form.data, self.form.is_bound = data, True
        self.form.full_clean()
        for name, errors in self.form.errors.as_data().items():
            untouched = row is not None and (name not in given or data.get(name) == known.get(name))
            if name not in unknown and not untouched:
                text = " ".join(text for error in errors for text in error.messages)
                is_absent = name in self.labels and name not in self.places and errors[0].code == "required"
                kind = NO_COLUMN if is_absent else errors[0].code or ""
                self._error(line, "" if name == NON_FIELD_ERRORS else name, text, kind=kind)
        return {name: value for name, value in self.form.cleaned_data.items() if name not in unknown}

    def _read_cell(self, name: str, cell: str) -> Any:
        """Return the cell as the form expects it; None when it is no known word."""
        field = self.form.fields[name]
        if isinstance(field, forms.ChoiceField):
            return self.choices.find(name, cell) if cell else ""
        if isinstance(field, forms.BooleanField):
            value = self.choices.find(name, cell) if cell else OFF
            return None if value is None else value == ON
        return cell

    def _describe_choices(self, name: str, cell: str) -> str:
        return _("“%(found)s” is not one of the possible values. Use: %(words)s.") % {
            "found": cell[:QUOTED],
            "words": ", ".join(self.choices.labels[name].values()),
        }

    def _compare(self, entry: Planned, given: Mapping[str, str], cleaned: Mapping[str, Any]) -> None:
        """Set the fields of a row that differ; refuse to change those that stay."""
        keys = {name for key in self.importer.keys for name in key}
        for name in given:
            if name not in cleaned:
                continue
            value, now = cleaned[name], self.importer.get_value(entry.row, name)
            if name in keys and self._is_same_key(name, value, now):
                continue
            if self.importer.is_same(entry.row, name, value):
                continue
            shown = self._write(name, now)
            if name in self.importer.fixed:
                self._error(
                    entry.line, name, _("This field cannot change. Its value is “%(value)s”.") % {"value": shown}
                )
            else:
                entry.fields[name] = value
                entry.before[name], entry.after[name] = shown, self._write(name, value)
        if entry.fields.keys() <= self.importer.notes:
            entry.fields, entry.before, entry.after = {}, {}, {}

    def _write(self, name: str, value: Any) -> str:
        """Return the value of a field in the language of the reader."""
        if isinstance(value, Decimal):
            return str(self.form.fields[name].prepare_value(value))
        return day(value) if isinstance(value, date) else show_cell(self.choices.labels, name, value)

    def _is_same_key(self, name: str, value: Any, now: Any) -> bool:
        return self.importer.fold_key(name, show_value(value)) == self.importer.fold_key(name, show_value(now))

    def _read_row(self, row: Any) -> dict[str, Any]:
        """Return the fields of a row as its form would send them."""
        fields = self.form.fields.items()
        return {name: _as_sent(field, self.importer.get_value(row, name)) for name, field in fields}

    def _fold_key(self, key: tuple[str, ...], texts: Mapping[str, Any]) -> tuple[str, ...]:
        """Return a key of `texts` for comparison: its fields, and the folded text of each."""
        values = []
        for name in key:
            value = self._read_cell(name, str(texts[name] or ""))
            text = str(texts[name] or "") if value is None else str(value)
            values.append(self.importer.fold_key(name, text))
        return (*key, *values)


def _as_sent(field: forms.Field, value: Any) -> Any:
    """Return the value of a field as a browser would send it."""
    if isinstance(value, bool):
        return value
    shown = field.prepare_value(value)
    return "" if shown is None else str(shown)
