"""Pages of the import of a list: send a file, map its columns, read what it would do, write it."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import can, ensure, reader
from core.pagination import page_before
from core.refusals.views import Conflict, conflict
from core.tables.forms import ReadingForm, UploadForm, WordsForm
from core.tables.limits import TOO_MANY_ROWS, refusal
from core.tables.problems import MEDIA, MOST_KINDS, build_download, build_refused, group_problems
from core.tables.reader import open_table
from core.tables.words import count_meanings
from core.tables.writer import as_csv, as_xlsx
from projects.enums import Level
from projects.imports import services
from projects.imports.choices import build_cells, read_choices, show_cell
from projects.imports.enums import ListState
from projects.imports.forms import ListColumnsForm, WriteForm, describe_limits
from projects.imports.models import ListImport
from projects.imports.plan import NO_COLUMN, UNKNOWN, Plan
from projects.imports.registry import Importer, find_importer
from projects.imports.services import LineRefused, LinesInError, NothingToWrite, Stale, UnknownWay, WrongStep
from projects.project.models import Project
from projects.shortcuts import get_project_or_404
from projects.workspaces import ensure_on

UNPROCESSABLE = 422
#: Changes and additions that a page shows in full.
EXAMPLES = 20


@require_http_methods(["GET", "POST"])
def list_import_new(request: HttpRequest, list_name: str, code: str = "") -> HttpResponse:
    """Upload a file for a list of a project, or of the organisation, and show the reader's imports of it."""
    project, importer = _get_list_or_404(request, code, list_name)
    job = services.build_import(reader(request), project, list_name)
    ensure(request.user, "projects.import_list", job)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, limits=describe_limits(importer), lines=importer.most_lines)
    if form.is_bound and form.is_valid():
        services.receive(actor=reader(request), job=job, upload=form.cleaned_data["file"], table=form.table)
        return redirect("projects:imports:list_import_columns", job.pk)
    mine = ListImport.objects.visible_to(request.user).light().filter(project=project, list_name=list_name)
    context = _describe_list(project, importer) | {"form": form, "page": page_before(request, mine, "pk")}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "projects/imports/list_import_new.html", context, status=status)


@require_GET
def list_template(request: HttpRequest, list_name: str, kind: str, code: str = "") -> HttpResponse:
    """Return the list as it is, in the columns that an import reads; without a row it is an empty template."""
    project, importer = _get_list_or_404(request, code, list_name)
    if kind not in MEDIA:
        raise Http404
    ensure(request.user, "projects.import_list", services.build_import(reader(request), project, list_name))
    head = [str(column.label) for column in importer.columns]
    rows = [list(cells.values()) for cells in build_cells(importer, project)]
    if kind == "csv":
        content = as_csv(head, rows)
    else:
        labels = read_choices(importer, project).labels
        about = [
            (str(column.label), ", ".join(labels[column.name].values()))
            for column in importer.columns
            if column.name in labels
        ]
        content = as_xlsx(str(importer.back_label), head, rows, about=about, name=project.title)
    name = "-".join(filter(None, (code, str(importer.back_label))))
    return build_download(kind, name, content)


@require_GET
def list_import(request: HttpRequest, list_import_id: int) -> HttpResponse:
    """Show an import by its state: what the file would do, or what became of it."""
    job = _get_job_or_404(request, list_import_id)
    if job.state == ListState.UPLOADED:
        return redirect("projects:imports:list_import_columns", job.pk)
    return _render_job(request, job, WriteForm())


@require_http_methods(["GET", "POST"])
def list_import_columns(request: HttpRequest, list_import_id: int) -> HttpResponse:
    """Map the columns beside the first lines; POST checks every line, or reads the file again."""
    job = _get_job_or_404(request, list_import_id)
    if not job.is_open:
        return redirect(job)
    importer = services.get_importer(job)
    if request.method == "GET":
        return _render_columns(request, job, ReadingForm(job), ListColumnsForm(job, importer=importer))
    if request.POST.get("step") == "read":
        return _read_again(request, job, ReadingForm(job, request.POST), importer)
    columns = ListColumnsForm(job, request.POST, importer=importer)
    if not columns.is_valid():
        return _render_columns(request, job, ReadingForm(job), columns)
    try:
        has_open_words = services.choose_columns(
            actor=reader(request),
            job=job,
            mapping=columns.mapping,
            banner_use=columns.banner_use,
            all_rows=columns.all_rows,
        )
    except WrongStep:
        return _render_conflict(request, job)
    return redirect("projects:imports:list_import_values", job.pk) if has_open_words else redirect(job)


@require_http_methods(["GET", "POST"])
def list_import_values(request: HttpRequest, list_import_id: int) -> HttpResponse:
    """Choose the values of the words that Ouvrage does not know, each once for all its lines."""
    job = _get_job_or_404(request, list_import_id)
    if job.state != ListState.CHECKED:
        return redirect(job)
    unknown, choices = services.list_unknown_words(job)
    if not unknown:
        return redirect(job)
    form = WordsForm(unknown, choices, job.meanings, request.POST if request.method == "POST" else None)
    if form.is_bound:
        is_valid = form.is_valid()
        try:  # what is chosen is kept, even when another word has no value yet
            if is_valid or any(form.meanings.values()):
                services.choose_meanings(actor=reader(request), job=job, meanings=form.meanings)
        except WrongStep:
            return _render_conflict(request, job)
        if is_valid:
            return redirect(job)
    importer = services.get_importer(job)
    context = _describe_list(job.project, importer) | {
        "job": job,
        "form": form,
        "groups": form.list_groups(importer.all_columns),
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "projects/imports/list_import_values.html", context, status=status)


@require_GET
def list_import_refused(request: HttpRequest, list_import_id: int, kind: str) -> HttpResponse:
    """Return the lines in error as a file, in its own columns, with what to correct."""
    job = _get_job_or_404(request, list_import_id)
    if job.state != ListState.CHECKED or kind not in MEDIA:
        raise Http404
    plan = services.plan_import(reader(request), job)
    importer = services.get_importer(job)
    table, _mapping = job.lay_out(job.open_table(), importer.all_columns, importer.category)
    return build_refused(kind, f"{PurePath(job.file_name).stem}-{_('to correct')}", table, plan.reasons)


@require_POST
def list_import_write(request: HttpRequest, list_import_id: int) -> HttpResponse:
    """Write the checked lines, all or none."""
    job = _get_job_or_404(request, list_import_id)
    form = WriteForm(request.POST)
    form.is_valid()
    seen, leave_out = form.cleaned_data.get("seen", ""), form.cleaned_data["leave_out"]
    way = request.POST.get("way", "")
    try:
        services.import_list(actor=reader(request), job=job, seen=seen, leave_out=leave_out, way=way)
    except LinesInError:
        form.add_error("leave_out", _("Correct these lines in the file and send it again, or leave them out."))
    except NothingToWrite:
        form.add_error(None, _("There is nothing to import: nothing in the file is new."))
    except UnknownWay:
        form.add_error(None, _("Nothing was written. Choose one of the buttons below."))
    except Stale:
        form.add_error(None, _("The list changed while you were reading. Nothing was written. Check the lines again."))
    except LineRefused as error:
        named = {"line": error.line, "text": error.text}
        form.add_error(None, _("Nothing was written. Line %(line)s: %(text)s") % named)
    except WrongStep:
        return _render_conflict(request, job)
    else:
        return redirect(job)
    return _render_job(request, job, form)


@require_POST
def list_import_stop(request: HttpRequest, list_import_id: int) -> HttpResponse:
    """Stop the import; nothing is written."""
    job = _get_job_or_404(request, list_import_id)
    try:
        services.stop(actor=reader(request), job=job)
    except WrongStep:
        return _render_conflict(request, job)
    messages.success(request, _("The import is stopped. Nothing was written."))
    return redirect(job)


def _get_list_or_404(request: HttpRequest, code: str, list_name: str) -> tuple[Project, Importer[Any]]:
    """Return the project, or the row of the organisation without a code, and the importer.

    Raises Http404 when either is absent or hidden from the reader.
    """
    importer = find_importer(list_name)
    project = get_project_or_404(request, code) if code else get_object_or_404(Project, level=Level.ORGANISATION)
    if importer is None or not importer.belongs_to(project):
        raise Http404
    ensure_on(type(importer).__module__, project)
    return project, importer


def _describe_list(project: Project, importer: Importer[Any]) -> dict[str, Any]:
    """Return what each page says of the list: its project or the organisation (`place`), and its addresses.

    Without `project` the navigation shows no project.
    """
    if importer.of_organisation:
        prefix, names = "organisation_", [importer.name]
    else:
        prefix, names = "list_", [project.code, importer.name]
    return {
        "project": None if importer.of_organisation else project,
        "place": project,
        "importer": importer,
        "menu_view": importer.back_url_name,
        "back_url": importer.get_back_url(project),
        "import_url": reverse(f"projects:imports:{prefix}import_new", args=names),
        "templates": [
            (kind.upper(), reverse(f"projects:imports:{prefix}template", args=[*names, kind])) for kind in MEDIA
        ],
    }


def _get_job_or_404(request: HttpRequest, list_import_id: int) -> ListImport:
    """Return the reader's import, while they may bring in its list.

    Raises Http404 alike when absent and when somebody else's.
    """
    jobs = ListImport.objects.visible_to(request.user).light().select_related("project__matrix", "event")
    job = get_object_or_404(jobs, pk=list_import_id)
    importer = find_importer(job.list_name)
    if importer is None or not importer.belongs_to(job.project):
        raise Http404
    ensure_on(type(importer).__module__, job.project)
    if not can(request.user, "projects.import_list", job):
        raise Http404
    return job


def _read_again(request: HttpRequest, job: ListImport, form: ReadingForm, importer: Importer[Any]) -> HttpResponse:
    if form.is_valid():
        try:
            table = open_table(job.file_name, bytes(job.content), **form.reading())
            if len(table.rows) > importer.most_lines:
                raise refusal(TOO_MANY_ROWS, "rows", most=importer.most_lines)
            services.read_again(actor=reader(request), job=job, table=table)
        except ValidationError as error:
            form.refuse(error)
        except WrongStep:
            return _render_conflict(request, job)
        else:
            return redirect("projects:imports:list_import_columns", job.pk)
    return _render_columns(request, job, form, ListColumnsForm(job, importer=importer))


def _render_columns(request: HttpRequest, job: ListImport, form: ReadingForm, columns: ListColumnsForm) -> HttpResponse:
    cells = [[row[place] for row in job.preview] for place in range(len(job.head))]
    context = _describe_list(job.project, services.get_importer(job)) | {
        "job": job,
        "form": form,
        "columns": columns,
        "rows": list(zip(columns.list_columns(), cells, strict=True)),
    }
    failed = form.is_bound or columns.is_bound
    status = UNPROCESSABLE if failed else 200
    return render(request, "projects/imports/list_import_columns.html", context, status=status)


def _render_job(request: HttpRequest, job: ListImport, form: WriteForm) -> HttpResponse:
    context: dict[str, Any] = {
        **_describe_list(job.project, services.get_importer(job)),
        "job": job,
        "form": form,
        "counts": job.summary,
        **dict.fromkeys(("fingerprint", "total", "errors", "warnings", "more", "changes", "new", "ways"), ""),
        **dict.fromkeys(("head", "announced", "skipped", "checked", "without_column"), ""),
        "words": {
            "read": count_meanings(job.meanings),
            "open": False,
            "banners": job.banners,
            "use": job.banner_use,
        },
        "files": [
            (kind.upper(), reverse("projects:imports:list_import_refused", args=[job.pk, kind])) for kind in MEDIA
        ],
    }
    if job.state == ListState.CHECKED:
        plan = services.plan_import(reader(request), job)
        context |= _describe_plan(plan) | _describe_new(plan, job.project)
        context["words"]["open"] = any(problem.kind == UNKNOWN for problem in plan.problems)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "projects/imports/list_import.html", context, status=status)


def _describe_plan(plan: Plan) -> dict[str, Any]:
    """Return what a page shows of a plan."""
    errors = group_problems(plan.problems)
    return {
        "counts": plan.counts,
        "fingerprint": plan.fingerprint,
        "total": len(plan.writes),
        "errors": errors[:MOST_KINDS],
        "warnings": group_problems(plan.warnings),
        "more": max(len(errors) - MOST_KINDS, 0),
        "changes": plan.list_changes(EXAMPLES),
        "skipped": len(plan.skipped),
        "checked": len(plan.planned) + len(plan.wrong),
        "without_column": list(dict.fromkeys(row.column for row in plan.problems if row.kind == NO_COLUMN)),
        "ways": plan.importer.list_ways(len(plan.new), len(plan.writes)),
    }


def _describe_new(plan: Plan, project: Project) -> dict[str, Any]:
    """Return what a page shows of the new rows of a plan, column by column, and of what they bring along."""
    columns, labels = plan.importer.shown_columns, read_choices(plan.importer, project).labels
    return {
        "head": [column.label for column in columns],
        "new": [
            (
                entry.line,
                [(column.label, show_cell(labels, column.name, entry.fields.get(column.name))) for column in columns],
            )
            for entry in plan.new[:EXAMPLES]
        ],
        "announced": plan.importer.announce([entry.fields for entry in plan.writes]),
    }


def _render_conflict(request: HttpRequest, job: ListImport) -> HttpResponse:
    title = _("The import has advanced")
    text = _("It continued in another window, or it has ended. Nothing was changed.")
    return conflict(request, Conflict(title, text, job.get_absolute_url(), _("See its progress")))
