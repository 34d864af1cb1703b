"""Export of the filtered risk register, in the order of the list. Cells are never formulas."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.tables.writer import as_csv, as_xlsx
from pmo.registers.risks.filters import Filter
from pmo.registers.risks.models import Risk
from projects.models import Project
from projects.shortcuts import get_project_or_404

#: Limit of risks per file.
MOST = 20_000
WIDTHS = (10, 36, 40, 40, 40, 18, 12, 12, 12, 10, 10, 12, 12, 10, 10, 14, 14, 14, 14, 14, 24, 14, 18)
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def list_headings() -> list[str]:
    """Return the column headings, in the reader's language."""
    return [
        _("Code"),
        _("Title"),
        _("Cause"),
        _("Event"),
        _("Effect"),
        _("Category"),
        _("Status"),
        _("Raised by"),
        _("Responsible role"),
        _("Initial likelihood"),
        _("Initial impact"),
        _("Initial level"),
        _("Residual likelihood"),
        _("Residual impact"),
        _("Residual level"),
        _("Band"),
        _("Treatment"),
        _("Next review"),
        _("Last review"),
        _("Accepted until"),
        _("Requirements"),
        _("Threat or opportunity"),
        _("How soon"),
    ]


def list_cells(risk: Risk) -> list[str]:
    """Return the cells of a risk, one text per column."""
    residual = risk.residual_level if risk.residual_likelihood is not None else None
    values: list[Any] = [
        risk.code,
        risk.title,
        risk.cause,
        risk.event,
        risk.effect,
        capfirst(risk.get_category_display()),
        capfirst(risk.get_status_display()),
        risk.raised_by_role,
        risk.owner_role,
        risk.likelihood,
        risk.impact,
        risk.level,
        risk.residual_likelihood,
        risk.residual_impact,
        residual,
        capfirst(risk.residual_band.label),
        capfirst(risk.get_response_display()),
        risk.review_on,
        risk.reviewed_on,
        risk.acceptance.valid_until if risk.acceptance else "",
        ", ".join(risk.requirements),
        _("Opportunity") if risk.opportunity else _("Threat"),
        capfirst(risk.get_proximity_display()),
    ]
    return ["" if value is None else str(value) for value in values]


@require_GET
def risks_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Return the filtered risks as a CSV or XLSX file, in the reader's language."""
    project = get_project_or_404(request, code)
    chosen = Filter.from_query_string(request.GET).rows(project).select_related("scale", "acceptance")[:MOST]
    rows = (list_cells(risk) for risk in chosen)
    content = as_csv(list_headings(), rows) if kind == "csv" else _workbook(project, rows)
    name = content_disposition_header(as_attachment=True, filename=f"{project.code}-{_('risks')}.{kind}")
    return HttpResponse(content, MEDIA[kind], headers={"Content-Disposition": name})


def _workbook(project: Project, rows: Iterator[list[str]]) -> bytes:
    about = [(_("Project"), f"{project.code} · {project.title}"), (_("Written on"), str(timezone.localdate()))]
    return as_xlsx(_("Risks"), list_headings(), rows, widths=WIDTHS, about=about, name=project.title, frozen=1)
