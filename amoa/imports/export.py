"""Export of requirements with exactly the columns that an import reads."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from amoa.imports.columns import COLUMNS, NAMES, build_cells
from amoa.requirements.models import Requirement
from amoa.requirements.register import REQUIREMENTS
from core.tables.writer import Item, as_csv, as_reqif, as_xlsx
from projects.models import Project
from projects.shortcuts import get_project_or_404

#: Column widths of the workbook, in characters.
WIDTHS = (12, 12, 16, 40, 60, 16, 10, 10, 20, 30, 14, 12, 12, 24, 40, 20)


def iterate_rows(project: Project, chosen: QuerySet[Requirement]) -> Iterator[dict[str, str]]:
    """Yield the cells of the `chosen` requirements of `project`, by code. Three queries."""
    codes = dict(project.requirements.values_list("pk", "code").order_by("pk"))
    groups = dict(project.recipient_groups.values_list("pk", "name").order_by("pk"))
    requirement: Requirement
    for requirement in chosen.defer("words").order_by("code").iterator():
        yield build_cells(requirement, codes.get(requirement.parent_id or 0, ""), groups)


def _list_headers() -> list[str]:
    return [str(column.label) for column in COLUMNS]


def _write_csv(project: Project, rows: Iterator[dict[str, str]]) -> bytes:
    return as_csv(_list_headers(), ([row[name] for name in NAMES] for row in rows))


def _write_xlsx(project: Project, rows: Iterator[dict[str, str]]) -> bytes:
    about = [
        (capfirst(project.get_level_display()), f"{project.code} · {project.title}"),
        (_("Written on"), str(timezone.localdate())),
    ]
    cells = ([row[name] for name in NAMES] for row in rows)
    return as_xlsx(_("Requirements"), _list_headers(), cells, widths=WIDTHS, about=about, name=project.title, frozen=1)


def _write_reqif(project: Project, rows: Iterator[dict[str, str]]) -> bytes:
    others = [column for column in COLUMNS if column.name not in {"code", "title", "statement", "parent"}]
    items = (
        Item(
            identifier=row["code"],
            title=row["title"],
            text=row["statement"],
            parent=row["parent"],
            others={str(column.label): row[column.name] for column in others},
        )
        for row in rows
    )
    return as_reqif(project.code, project.title, items, at=timezone.now())


Writer = Callable[[Project, Any], bytes]
FORMATS: dict[str, tuple[str, Writer]] = {
    "csv": ("text/csv; charset=utf-8", _write_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_xlsx),
    "reqif": ("application/xml; charset=utf-8", _write_reqif),
}


@require_GET
def requirements_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Export the filtered requirements as a file of this `kind`, in the reader's language."""
    project = get_project_or_404(request, code)
    media, write = FORMATS[kind]
    content = write(project, iterate_rows(project, REQUIREMENTS.build(project, request.GET)[0].rows))
    name = content_disposition_header(as_attachment=True, filename=f"{project.code}-{_('requirements')}.{kind}")
    return HttpResponse(content, media, headers={"Content-Disposition": name})
