"""Export of a list: the chosen columns of the filtered rows in their order. No cell becomes a formula."""

from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.pages.lists.pages import BaseListing
from core.tables.writer import as_csv, as_xlsx

#: Rows of a file.
MOST = 20_000
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def is_export(listing: BaseListing) -> bool:
    """Return whether the query string asks for a file."""
    return listing.query.get("export") in MEDIA


def export(listing: BaseListing, *, title: str, of: str, stem: str = "") -> HttpResponse:
    """Return the file that the query string asks for: `title` of the list, `of` what it lists, `stem` of its name."""
    kind, heads = str(listing.query["export"]), [str(column.label) for column in listing.shown]
    about = [(_("List"), of), (_("Written on"), str(timezone.localdate()))]
    if listing.chips:
        about.append((_("Only"), ", ".join(label for _name, label in listing.chips)))
    return answer_table(kind, f"{stem or of}-{title}", title, heads, _iterate_cells(listing), about)


def answer_table(
    kind: str,
    name: str,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    about: Sequence[tuple[str, str]],
) -> HttpResponse:
    """Return a table as CSV or XLSX, under this `name`; `about` is the second sheet of the workbook."""
    content = as_csv(heads, rows) if kind == "csv" else as_xlsx(title, heads, rows, about=about, name=title, frozen=1)
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.{kind}")
    return HttpResponse(content, MEDIA[kind], headers={"Content-Disposition": disposition})


def _iterate_cells(listing: BaseListing) -> Iterator[Sequence[str]]:
    for row in listing.list_rows(MOST):
        yield [column.text(row) for column in listing.shown]
