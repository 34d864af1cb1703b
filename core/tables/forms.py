"""Forms of an import: the file, its reading options, the mapping of its columns."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.file_checks import MIB, Upload, clean_name
from core.tables.columns import Column
from core.tables.limits import MOST_ROWS, TOO_MANY_ROWS, refusal
from core.tables.reader import EXTENSIONS, TOO_LARGE, Table, open_table
from core.tables.received import ReceivedTable

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
    """Form of the file to import; once valid, `table` holds its content. `limits` says what may be sent."""

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

    def __init__(self, *args: Any, limits: Any, lines: int = MOST_ROWS) -> None:
        super().__init__(*args)
        self.lines = lines
        self.fields["file"].help_text = limits

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

    def __init__(self, job: ReceivedTable, data: Any = None) -> None:
        super().__init__(data, initial=job.reading())
        self.job = job
        options = {"csv": {"encoding", "separator", "header_line"}, "reqif": set()}.get(
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


class ColumnsForm(forms.Form):
    """Form of the mapping; it has one field per column, in the order of the file.

    `columns` are the fields to choose from. At least one of `needed` must be chosen, else `missing` says so.
    """

    def __init__(
        self,
        job: ReceivedTable,
        data: Any = None,
        *,
        columns: Sequence[Column],
        needed: Collection[str],
        missing: Any,
    ) -> None:
        super().__init__(data)
        self.head: Sequence[str] = job.head
        self.labels = {column.name: column.label for column in columns}
        self.needed, self.missing = needed, missing
        for place, title in enumerate(job.head):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=title,
                required=False,
                choices=[("", _("Leave out")), *self.labels.items()],
                initial=job.mapping[place],
            )

    @property
    def mapping(self) -> list[str]:
        """Return the field of each column, "" for one left out."""
        return [self.cleaned_data[f"column-{place}"] for place in range(len(self.head))]

    def clean(self) -> dict[str, Any]:
        """Refuse a field mapped twice, and a mapping without any needed field."""
        data: dict[str, Any] = super().clean() or {}
        seen: dict[str, str] = {}
        for place, title in enumerate(self.head):
            name = data.get(f"column-{place}", "")
            if name and name in seen:
                text = _("“%(field)s” is chosen for “%(other)s” already: leave out one of the two.")
                named = {"field": self.labels[name], "other": seen[name]}
                self.add_error(f"column-{place}", ValidationError(text, code="twice", params=named))
            elif name:
                seen[name] = title
        if not self.errors and not set(self.needed) & seen.keys():
            raise ValidationError(self.missing)
        return data
