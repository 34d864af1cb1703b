"""Forms of an import: the file, its reading options, the mapping of its columns, the values of words, the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.files.checks import MIB, Upload, clean_name
from core.forms import TextField
from core.tables.columns import Column
from core.tables.layout import KEPT, Banners
from core.tables.limits import TOO_MANY_ROWS, refusal
from core.tables.reader import EXTENSIONS, TOO_LARGE, Table, open_table
from core.tables.words import MOST_WORDS, Choices, Meanings, UnknownWord
from projects.imports.choices import read_choices
from projects.imports.models import Import
from projects.imports.registry import Importer

MEDIA = "application/octet-stream"
#: Usual names of the encodings.
ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "iso-8859-15": "ISO 8859-15",
    "utf-16": "UTF-16",
    "mac-roman": "Mac Roman",
}
SEPARATOR_NAMES = {";": _("Semicolon"), ",": _("Comma"), "\t": _("Tab"), "|": _("Vertical bar")}
FOUND = _("As Ouvrage finds it")
#: Help of the box that leaves out the lines in error.
DOWNLOAD_FIRST = _("To correct them later, download them first: the file is not kept.")
#: Form field for each error code of the file reader.
ABOUT = {
    "encoding": "encoding",
    "separator": "separator",
    "quote": "separator",
    "sheet": "sheet",
    "header": "header_line",
}


def read_upload(file: Any) -> Upload:
    """Read an uploaded file up to the size limit. Raises ValidationError."""
    most = settings.EVIDENCE_MAX_BYTES
    name = clean_name(file.name or "")
    content = file.read(most + 1)
    if max(file.size, len(content)) > most:
        raise ValidationError(TOO_LARGE, code="size", params={"most": most // MIB})
    return Upload(name, MEDIA, content)


class UploadField(forms.FileField):
    """File field that returns an Upload, within the size limit."""

    def to_python(self, data: Any) -> Upload | None:  # type: ignore[override]
        """Return the Upload, or None without a file."""
        return None if data in self.empty_values else read_upload(data)


class UploadForm(forms.Form):
    """Form of the file to import; once valid, `table` holds its content."""

    table: Table
    file = UploadField(
        label=_("File"),
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ",".join(f".{extension}" for extension in EXTENSIONS)}),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding of a CSV"),
        required=False,
        choices=[("", FOUND), *ENCODING_NAMES.items()],
        help_text=_("Choose it only when Ouvrage cannot find it."),
    )

    def __init__(self, *args: Any, importer: Importer[Any]) -> None:
        super().__init__(*args)
        self.lines = importer.most_lines
        most, lines = settings.EVIDENCE_MAX_BYTES // MIB, number_format(self.lines, force_grouping=True)
        self.fields["file"].help_text = str(importer.limits).format(most=most, lines=lines)

    def clean(self) -> dict[str, Any]:
        """Read the table. Refuse an unreadable file, and one with more lines than allowed."""
        data: dict[str, Any] = super().clean() or {}
        upload = data.get("file")
        if upload:
            try:
                self.table = open_table(upload.file_name, upload.content, encoding=data.get("encoding", ""))
                if len(self.table.rows) > self.lines:
                    raise refusal(TOO_MANY_ROWS, "rows", most=self.lines)
            except ValidationError as error:
                self.add_error("encoding" if error.code == "encoding" else "file", error)
        return data


class ReadingForm(forms.Form):
    """Form of the reading options; it asks only for those that the format leaves open."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=[*ENCODING_NAMES.items()])
    separator = forms.ChoiceField(label=_("Separator"), choices=[*SEPARATOR_NAMES.items()])
    sheet = forms.ChoiceField(label=_("Sheet"))
    header_line = forms.IntegerField(
        label=_("Line with the names of the columns"),
        min_value=1,
        max_value=1_048_576,
        error_messages={"required": _("Enter the number of the line.")},
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, job: Import, data: Any = None) -> None:
        super().__init__(data, initial=job.reading())
        self.job = job
        options = {"csv": {"encoding", "separator", "header_line"}, "reqif": set(), "xml": set()}.get(
            job.kind, {"sheet", "header_line"}
        )
        for name in set(self.fields) - options:
            del self.fields[name]
        if "sheet" in self.fields:
            self.fields["sheet"].choices = [(name, name) for name in job.sheets]  # type: ignore[attr-defined]

    def reading(self) -> dict[str, Any]:
        """Return the chosen options.

        Another sheet resets the header line, so that it is guessed again.
        """
        options = dict(self.cleaned_data)
        if "sheet" in options and options["sheet"] != self.job.sheet and options["header_line"] == self.job.header_line:
            options["header_line"] = 0
        return options

    def refuse(self, error: ValidationError) -> None:
        """Attach an error of the file reader to its field."""
        name = ABOUT.get(error.code or "", "")
        self.add_error(name if name in self.fields else None, error)


#: Longest value for all rows.
LONGEST_VALUE = 500


class ColumnsForm(forms.Form):
    """Form of the mapping; it has one field per column, in the order of the file, and the values for all rows.

    At least one of the fields that a file needs must be chosen. Other columns may be kept as lines of a text, lines
    with one filled cell may become a category. Of the fields with a value for all rows, required ones come first.
    """

    def __init__(self, job: Import, data: Any = None, *, importer: Importer[Any]) -> None:
        super().__init__(data)
        self.job, self.importer = job, importer
        self.constant = [column.name for column in importer.all_columns if column.name in importer.constant]
        self.required = importer.list_required(job.project) - importer.made
        self.labels = {column.name: column.label for column in importer.all_columns}
        keeping = _("Add it to “%(field)s” as a line")
        kept = [(KEPT, keeping % {"field": self.labels[importer.note]})] if importer.note else []
        for place, title in enumerate(job.head):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=title,
                required=False,
                choices=[("", _("Leave out")), *kept, *self.labels.items()],
                initial=job.mapping[place],
            )
        if job.banners:
            uses = [use for use in Banners if use != Banners.CATEGORY or importer.category]
            self.fields["banner_use"] = forms.ChoiceField(
                label=_("Lines with one filled cell"),
                choices=[(use.value, use.label) for use in uses],
                initial=job.banner_use,
            )
        labels = read_choices(importer, job.project).labels
        for name in self.constant:
            options = {"label": self.labels[name], "required": False, "initial": job.all_rows.get(name, "")}
            self.fields[f"all-{name}"] = (
                forms.ChoiceField(choices=[("", "—"), *((v, capfirst(t)) for v, t in labels[name].items())], **options)
                if name in labels
                else TextField(max_length=LONGEST_VALUE, **options)
            )

    def list_missing(self) -> list[forms.BoundField]:
        """List the fields that every new row needs and no column gives, or that have a value for all rows."""
        return [self[f"all-{name}"] for name in self.constant if self._is_missing(name)]

    def list_others(self) -> list[forms.BoundField]:
        """List the other fields that may have a value for all rows."""
        return [self[f"all-{name}"] for name in self.constant if not self._is_missing(name)]

    def _is_missing(self, name: str) -> bool:
        field = self[f"all-{name}"]
        return bool(field.value() or field.errors) or (name in self.required and name not in self.job.mapping)

    @property
    def all_rows(self) -> dict[str, str]:
        """Return the values for all rows by field."""
        values = {name: str(self.cleaned_data.get(f"all-{name}", "")) for name in self.constant}
        return {name: value for name, value in values.items() if value}

    def list_columns(self) -> list[forms.BoundField]:
        """List the fields of the columns."""
        return [self[f"column-{place}"] for place in range(len(self.job.head))]

    @property
    def banner_use_field(self) -> forms.BoundField | None:
        """Return the field about the lines with one filled cell, None without such lines."""
        return self["banner_use"] if "banner_use" in self.fields else None

    @property
    def banner_use(self) -> str:
        """Return what is done with the lines with one filled cell, "" when nothing was chosen."""
        return str(self.cleaned_data.get("banner_use", ""))

    @property
    def mapping(self) -> list[str]:
        """Return the field of each column, "" for one left out."""
        return [self.cleaned_data[f"column-{place}"] for place in range(len(self.job.head))]

    def clean(self) -> dict[str, Any]:
        """Refuse a field mapped twice, and a mapping without any needed field."""
        data: dict[str, Any] = super().clean() or {}
        seen: dict[str, str] = {}
        for place, title in enumerate(self.job.head):
            name = data.get(f"column-{place}", "")
            if name == KEPT:
                continue
            if name and name in seen:
                text = _("“%(field)s” is chosen for “%(other)s” already: leave out one of the two.")
                named = {"field": self.labels[name], "other": seen[name]}
                self.add_error(f"column-{place}", ValidationError(text, code="twice", params=named))
            elif name:
                seen[name] = title
        if not self.errors and not set(self.importer.needed) & seen.keys():
            identifying = [name for name in self.importer.needed if name not in self.importer.made]
            columns = ", ".join(str(label) for name, label in self.labels.items() if name in identifying)
            missing = _("Select at least one of these columns: %(columns)s.")
            raise ValidationError(missing, params={"columns": columns})
        return data


@dataclass(frozen=True)
class WordGroup:
    """A column with unknown words: the field and the lines of each word shown, the field of all others."""

    label: Any
    is_required: bool
    rows: list[tuple[forms.BoundField, int]]
    rest: forms.BoundField | None
    #: Number of words that are not shown.
    more: int


class WordsForm(forms.Form):
    """Form of the unknown words of a file: one field per word, the most frequent of each column, and one for the rest.

    A choice is "=" and the value; "=" alone leaves the cell empty, REFUSE refuses the lines. The rest are the words
    without a choice, those that are not shown as well.
    """

    REFUSE = "-"

    def __init__(
        self, unknown: Mapping[str, Sequence[UnknownWord]], choices: Choices, meanings: Meanings, data: Any = None
    ) -> None:
        super().__init__(data)
        self.unknown = unknown
        self.required = choices.required
        for name, words in unknown.items():
            labels = choices.labels[name].items()
            values: list[tuple[str, Any]] = [(f"={value}", capfirst(label)) for value, label in labels]
            if name not in choices.required:
                values.insert(0, ("=", _("Leave empty")))
            values.append((self.REFUSE, _("Refuse these lines")))
            for word in words[:MOST_WORDS]:
                chosen = meanings.get(name, {}).get(word.key)
                self.fields[f"{name}-{word.key}"] = forms.ChoiceField(
                    label=word.text,
                    choices=[("", _("Select a value")), *values],
                    required=False,
                    initial="" if chosen is None else f"={chosen}",
                )
            if len(words) > 1:
                self.fields[f"{name}-rest"] = forms.ChoiceField(
                    label=_("All words without a value"),
                    choices=[("", _("Select a value for each word")), *values],
                    required=False,
                )

    def clean(self) -> dict[str, Any]:
        """Ask for the value of each word that is shown, unless one was chosen for the rest."""
        data: dict[str, Any] = super().clean() or {}
        for name, words in self.unknown.items():
            rest = f"{name}-rest"
            if data.get(rest) or rest in self.errors:
                continue
            if name in self.required:
                missing = _("“%(word)s”: every line needs a value. Select one, or refuse these lines.")
            else:
                missing = _("“%(word)s”: select a value, leave it empty or refuse these lines.")
            for word in words[:MOST_WORDS]:
                if data.get(f"{name}-{word.key}") == "":
                    text = ValidationError(missing, code="required", params={"word": word.text})
                    self.add_error(f"{name}-{word.key}", text)
        return data

    @property
    def meanings(self) -> dict[str, dict[str, str]]:
        """Return the chosen values by field and digest."""
        return {
            name: {
                word.key: chosen[1:]
                for word in words
                if (chosen := self._get_choice(name, word)) not in ("", self.REFUSE)
            }
            for name, words in self.unknown.items()
        }

    def list_groups(self, columns: Sequence[Column]) -> list[WordGroup]:
        """List the columns with unknown words."""
        labels = {column.name: column.label for column in columns}
        return [
            WordGroup(
                labels[name],
                name in self.required,
                [(self[f"{name}-{word.key}"], word.lines) for word in words[:MOST_WORDS]],
                self[f"{name}-rest"] if f"{name}-rest" in self.fields else None,
                len(words[MOST_WORDS:]),
            )
            for name, words in self.unknown.items()
        ]

    def _get_choice(self, name: str, word: UnknownWord) -> str:
        """Return the choice of a word, or else that of the rest; "" when there is none."""
        own: str = self.cleaned_data.get(f"{name}-{word.key}", "")
        rest: str = self.cleaned_data.get(f"{name}-rest", "")
        return own or rest


class WriteForm(forms.Form):
    """Form to write a checked file; leaving out lines in error must be ticked."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    leave_out = forms.BooleanField(label=_("Leave out the lines in error"), required=False, help_text=DOWNLOAD_FIRST)
