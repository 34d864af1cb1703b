"""Page where the provider estimates many requirements: a row each, one save."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from amoa.questions import queries, services
from amoa.questions.forms import EstimateRowForm
from amoa.requirements.text_diff import list_differences, map_group_names
from core.access import ensure, reader
from core.acts import NotSent, is_showing_only
from core.forms import forget_errors
from core.history import Outdated
from core.pages.conflicts import find_change, show_saved
from core.pages.diff import FieldDifference
from core.pages.drafts.views import drafted, is_about_draft, is_saving, read_draft, save_draft
from core.pages.form_views import CONFLICT, UNPROCESSABLE, post_data
from core.pages.pagination import page_after
from projects.models import Project
from projects.shortcuts import get_project_or_404

#: Rows of a page.
SIZE = 50
#: Name of a field of the row of a requirement.
FIELD = re.compile(r"r([0-9]{1,11})-")


@dataclass
class Row:
    """Requirement with its last estimate, its form, and the version that the form was read at.

    `changes` are the differences from that version to the present one, when somebody changed it meanwhile.
    """

    requirement: Any
    form: EstimateRowForm
    version: Any
    changes: Sequence[FieldDifference] = ()


@require_http_methods(["GET", "POST"])
@drafted
def estimates(request: HttpRequest, code: str) -> HttpResponse:
    """Show the requirements without an estimate, all with `show=all`; record the rows that were filled."""
    project = get_project_or_404(request, code)
    ensure(request.user, "amoa.estimate", project)
    if request.method == "POST":
        return _save(request, project)
    listed = queries.list_to_estimate(project, every=request.GET.get("show") == "all")
    page = page_after(request, listed, "pk", size=SIZE)
    return _render(request, project, _build_rows(request, page.rows), next_key=page.next_key)


def _save(request: HttpRequest, project: Project) -> HttpResponse:
    """Record the filled rows, all or none; show what was refused in its row, with everything that was typed."""
    posted = {int(named[1]) for name in request.POST if (named := FIELD.match(name))}
    found = queries.with_last_estimate(project.requirements.filter(pk__in=sorted(posted)[:SIZE]))
    rows = _build_rows(request, found.order_by("pk"))
    if is_saving(request):
        return save_draft(request, *(row.form for row in rows))
    if is_about_draft(request):
        forget_errors(*(row.form for row in rows))
        return _render(request, project, rows)
    if not all(row.form.is_valid() for row in rows):
        return _render(request, project, rows, UNPROCESSABLE)
    typed = {row.requirement.pk: content for row in rows if (content := row.form.content())}
    seen = {row.requirement.pk: row.version for row in rows}
    try:
        done = services.estimate_many(actor=reader(request), project=project, estimates=typed, seen=seen)
    except NotSent:
        return _render(request, project, rows, UNPROCESSABLE)
    except Outdated as error:
        for row in rows:
            if row.requirement.pk in error.args[0]:
                _show_change(row)
        return _render(request, project, rows, CONFLICT)
    words = ngettext("%(count)d estimate is saved.", "%(count)d estimates are saved.", len(done))
    messages.success(request, words % {"count": len(done)})
    return redirect(request.get_full_path())


def _show_change(row: Row) -> None:
    """Keep what was typed in a row, and show what somebody else changed in its requirement."""
    show_saved(row.form, {}, find_change(row.requirement))
    read = row.requirement.versions.filter(number=row.version).first()
    if read:
        now = row.requirement.content()
        row.changes = list_differences(read.content, now, map_group_names([read.content, now]))
    row.version = row.requirement.version


def _build_rows(request: HttpRequest, requirements: Iterable[Any]) -> list[Row]:
    """Return the rows with their forms, as they were posted."""
    rows = []
    for requirement in requirements:
        form = EstimateRowForm(post_data(request), prefix=f"r{requirement.pk}")
        form.row_code = requirement.code
        read = form.cleaned_data.get("version") if form.is_bound and form.is_valid() else None
        rows.append(Row(requirement, form, read or requirement.version))
    return rows


def _render(
    request: HttpRequest, project: Project, rows: list[Row], status: int = 200, *, next_key: int | None = None
) -> HttpResponse:
    parts = [row.form for row in rows]
    if is_showing_only():
        forget_errors(*parts)
    context = {
        "project": project,
        "rows": rows,
        "forms": parts,
        "form_draft": read_draft(request, request.path, *parts),
        "has_errors": any(form.errors for form in parts if form.is_bound),
        "is_outdated": status == CONFLICT,
        "next_key": next_key,
        "every": request.GET.get("show") == "all",
        "missing": queries.list_to_estimate(project, every=False).count(),
    }
    return render(request, "amoa/questions/estimates.html", context, status=status)
