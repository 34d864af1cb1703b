"""Views that change many risks: by selection, in a grid, by a paste, by a copy of another project's; and undo."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from core.access import ensure, reader
from core.forms import add_errors
from core.pages.form_views import UNPROCESSABLE, Text
from core.pages.grid.paste import PasteView
from core.pages.grid.rows import RowChange, RowsWritten
from core.pages.lists.selection import build_back_query, list_chosen, list_fields
from core.pages.lists.undo import BulkResult
from core.tables.columns import Column, Words
from pmo.registers.risks import bulk_services, queries
from pmo.registers.risks.forms import BulkRiskForm, IssueCellsForm, NewRiskForm, RiskCellsForm, role_choices
from pmo.registers.risks.importer import RiskImporter
from pmo.registers.risks.models import Issue, Risk, RiskScale, grades_in_force
from pmo.registers.risks.register import ISSUES, RISKS
from pmo.registers.risks.services import settle_issues
from projects.copy_views import CopyRowsView
from projects.form_views import ProjectFormView, ProjectGridView
from projects.imports.choices import read_choices
from projects.models import Project
from projects.shortcuts import get_project_or_404
from projects.undo import Change, Limits

#: Maximum number of risks that one act changes.
MOST = 500


@require_POST
def risks_change(request: HttpRequest, code: str) -> HttpResponse:
    """Set fields of the ticked risks, or of all that the filter matches."""
    project = get_project_or_404(request, code)
    ensure(request.user, "pmo.assess_risk", project)
    numbers = list_chosen(request, lambda query: RISKS.build(project, query)[0].rows, MOST)
    form = BulkRiskForm(request.POST, project=project)
    if not form.is_valid() or not 0 < len(numbers) <= MOST:
        return _render_result(request, project, form, BulkResult(), chosen=len(numbers))
    try:
        done = bulk_services.change_risks(
            actor=reader(request),
            project=project,
            numbers=numbers,
            fields=form.content(),
            because=form.cleaned_data["because"],
        )
    except ValidationError as error:
        add_errors(form, error)
        return _render_result(request, project, form, BulkResult(), chosen=len(numbers))
    if done.skipped or not done.changed:
        return _render_result(request, project, form, done, chosen=len(numbers))
    return redirect(_get_back_url(request, project, changed=done.seq))


class RisksCopyView(CopyRowsView):
    """Raise risks of another project here."""

    permission = "pmo.raise_risk"
    cells_template = "pmo/registers/risks/_risk_to_copy.html"
    title = gettext_lazy("Copy risks")
    lede = gettext_lazy("The copies are new risks with their first rating. Actions and acceptances stay behind.")
    button = gettext_lazy("Copy the risks")
    rows_label = gettext_lazy("Risks to copy")
    row_label = gettext_lazy("Risk")
    heads = (gettext_lazy("Residual"), gettext_lazy("Status"))
    show_label = gettext_lazy("Show its risks")
    no_source = gettext_lazy("You can read no other project with risks.")
    no_row = gettext_lazy("This project has no risk to copy.")
    missing = gettext_lazy("Select at least one risk.")
    back_label = RISKS.title
    back_url_name = RISKS.list_url

    def list_sources(self) -> list[tuple[str, str]]:
        return [(row.code, str(row)) for row in queries.list_sources(self.project, self.request.user)]

    def list_rows(self, source: Project, part: str) -> list[Risk]:
        return queries.list_to_copy(source, MOST)

    def list_known(self) -> set[str]:
        return set(self.project.risks.values_list("title", flat=True))

    def copy(self, rows: list[Risk]) -> list[Risk]:
        return bulk_services.copy_risks(actor=self.actor, project=self.project, risks=rows)

    def get_done(self, result: list[Risk]) -> Text:
        """Return how many risks were raised."""
        words = ngettext("%(count)d risk is copied.", "%(count)d risks are copied.", len(result))
        return words % {"count": len(result)}


class RiskGridView(ProjectGridView):
    """Edit a page of risks at once."""

    register = RISKS
    form_class = RiskCellsForm
    title = gettext_lazy("Edit risks in a grid")
    lede = gettext_lazy("Only the rows that you change are saved. A closed risk takes no new rating.")
    button = gettext_lazy("Save the risks")
    caption = gettext_lazy("Risks as cells")
    back_label = RISKS.title
    undo_note = gettext_lazy("You can undo a change for ten minutes, but not a first residual rating.")
    own = ("title",)
    size = 40

    def get_form_kwargs(self, data: QueryDict | None, rows: Sequence[Risk]) -> dict[str, Any]:
        """Return the project, the grades of the scale in force and the roles."""
        return {"project": self.project} | _read_offers(self.project)

    def write(self, changes: Mapping[int, RowChange]) -> RowsWritten[Risk]:
        return bulk_services.edit_risks(
            actor=self.actor, project=self.project, changes=changes, confirmed=self.confirmed
        )

    def read_limits(self, change: Change) -> Limits:
        return bulk_services.read_limits(self.project, change)

    def undo(self, seq: int) -> BulkResult:
        return bulk_services.undo_risks(actor=self.actor, project=self.project, seq=seq)

    def get_done(self, count: int) -> str:
        return ngettext("%(n)s risk is saved.", "%(n)s risks are saved.", count) % {"n": count}


class IssueGridView(ProjectGridView):
    """Follow a page of issues at once."""

    register = ISSUES
    form_class = IssueCellsForm
    title = gettext_lazy("Follow issues in a grid")
    lede = gettext_lazy("Only the rows that you change are saved. Describe how a settled issue was resolved.")
    button = gettext_lazy("Save the issues")
    caption = gettext_lazy("Issues as cells")
    name_label = gettext_lazy("Issue")
    name_css = ""
    back_label = ISSUES.title
    undo_note = gettext_lazy("You can undo a change for ten minutes, but not the closing of an issue.")

    def get_name(self, row: Issue) -> str:
        return f"{row.reference} {row.title}"

    def write(self, changes: Mapping[int, RowChange]) -> RowsWritten[Issue]:
        return settle_issues(actor=self.actor, project=self.project, changes=changes)

    def read_limits(self, change: Change) -> Limits:
        return bulk_services.read_limits_of_issues(self.project, change)

    def undo(self, seq: int) -> BulkResult:
        return bulk_services.undo_issues(actor=self.actor, project=self.project, seq=seq)

    def get_done(self, count: int) -> str:
        return ngettext("%(n)s issue is saved.", "%(n)s issues are saved.", count) % {"n": count}


class RisksPasteView(PasteView, ProjectFormView):
    """Raise the risks of a spreadsheet."""

    permission = "pmo.raise_risk"
    row_form_class = NewRiskForm
    title = gettext_lazy("Paste risks")
    caption = gettext_lazy("Risks to raise")
    add_button = gettext_lazy("Raise these risks")
    back_label = RISKS.title
    back_url_name = RISKS.list_url

    def get_columns(self) -> list[Column]:
        return [column for column in RiskImporter.columns if column.name in NewRiskForm.base_fields]

    def get_words(self) -> Mapping[str, Words]:
        return read_choices(RiskImporter(), self.project).telling

    @cached_property
    def offers(self) -> dict[str, Any]:
        """Return the grades of the scale in force and the roles."""
        return _read_offers(self.project)

    def get_row_kwargs(self) -> dict[str, Any]:
        """Return the project, the grades and the roles."""
        return {"project": self.project} | self.offers

    def write(self, rows: Mapping[int, Mapping[str, Any]]) -> RowsWritten[Risk]:
        """Raise the risks."""
        return bulk_services.raise_risks(actor=self.actor, project=self.project, rows=rows)

    def get_done(self, result: list[Risk]) -> Text:
        """Say how many risks were raised."""
        words = ngettext("%(n)s risk is in the register.", "%(n)s risks are in the register.", len(result))
        return words % {"n": len(result)}


def _read_offers(project: Project) -> dict[str, Any]:
    """Read what the cells of risks offer, once for all rows."""
    grades = grades_in_force(RiskScale.objects.in_force_for(project))
    return {"grades": grades, "roles": role_choices(project)}


def _get_back_url(request: HttpRequest, project: Project, *, changed: int = 0) -> str:
    """Return the address of the list as it was left, with the entry of a change to undo."""
    return reverse(RISKS.list_url, args=[project.code], query=build_back_query(request, changed))


def _render_result(
    request: HttpRequest, project: Project, form: BulkRiskForm | None, done: BulkResult, *, chosen: int
) -> HttpResponse:
    """Show the changed and the skipped risks, or what is missing with the form as it was typed."""
    refused = form is not None and (bool(form.errors) or not 0 < chosen <= MOST)
    context = {
        "project": project,
        "form": form if refused else None,
        "done": done,
        "chosen": chosen,
        "most": MOST,
        "keep": list_fields(request),
        "undo": RiskGridView.of_project(request, project).describe_undo(done.seq) if done.seq else None,
        "back": _get_back_url(request, project),
    }
    return render(request, "pmo/registers/risks/risks_changed.html", context, status=UNPROCESSABLE if refused else 200)
