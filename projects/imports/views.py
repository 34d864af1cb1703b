"""Pages of an import: send a file, map its columns, read what it would do, write it, follow the worker.

Those of a list that a worker writes have addresses of their own: they pass its `model` of imports.
"""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import can, ensure, reader
from core.pages.pagination import page_before
from core.pages.refusals.views import Conflict, conflict
from core.tables.limits import TOO_MANY_ROWS, refusal
from core.tables.problems import MEDIA, MOST_KINDS, build_download, build_refused, group_problems
from core.tables.reader import open_table
from core.tables.words import count_meanings
from core.tables.writer import as_csv, as_xlsx
from projects.enums import Level
from projects.imports import services
from projects.imports.choices import build_cells, read_choices, show_cell
from projects.imports.enums import ListState
from projects.imports.forms import ColumnsForm, ReadingForm, UploadForm, WordsForm, WriteForm
from projects.imports.models import Import, ListImport
from projects.imports.plan import NO_COLUMN, UNKNOWN, Plan, Report, describe_change
from projects.imports.registry import Importer, find_importer
from projects.imports.services import LineRefused, LinesInError, NothingToWrite, Stale, UnknownWay, WrongStep
from projects.project.models import Project
from projects.shortcuts import get_project_or_404
from projects.workspaces import ensure_on
from roles.models import User

UNPROCESSABLE = 422
#: Changes and additions that a page shows in full.
EXAMPLES = 20


@require_http_methods(["GET", "POST"])
def list_import_new(
    request: HttpRequest, list_name: str, code: str = "", model: type[Import] = ListImport
) -> HttpResponse:
    """Upload a file for a list of a project, or of the organisation, and show the reader's imports of it."""
    project, importer = _get_list_or_404(request, code, list_name, model)
    job = services.build_import(project, list_name)
    ensure(request.user, "projects.import_list", job)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, importer=importer)
    if form.is_bound and form.is_valid():
        services.receive(actor=reader(request), job=job, upload=form.cleaned_data["file"], table=form.table)
        return redirect(job.get_page_url("columns"))
    mine = _list_own(request, model).filter(**importer.identify(project))
    context = _describe_list(project, importer) | {"form": form, "page": page_before(request, mine, "pk")}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "projects/imports/list_import_new.html", context, status=status)


@require_GET
def list_template(request: HttpRequest, list_name: str, kind: str, code: str = "") -> HttpResponse:
    """Return the list as it is, in the columns that an import reads; without a row it is an empty template."""
    project, importer = _get_list_or_404(request, code, list_name, ListImport)
    if kind not in MEDIA:
        raise Http404
    ensure(request.user, "projects.import_list", services.build_import(project, list_name))
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
@vary_on_headers("HX-Request")
def list_import(request: HttpRequest, import_id: int, model: type[Import] = ListImport) -> HttpResponse:
    """Show an import by its state: what the file would do, or what became of it. htmx receives only the progress."""
    job = _get_job_or_404(request, import_id, model)
    if request.htmx:  # type: ignore[attr-defined]
        return _render_progress(request, job)
    if job.state == ListState.UPLOADED:
        return redirect(job.get_page_url("columns"))
    return _render_job(request, job, WriteForm())


@require_http_methods(["GET", "POST"])
def list_import_columns(request: HttpRequest, import_id: int, model: type[Import] = ListImport) -> HttpResponse:
    """Map the columns beside the first lines; POST checks every line, or reads the file again."""
    job = _get_job_or_404(request, import_id, model)
    if not job.is_open:
        return redirect(job)
    importer = services.get_importer(job)
    if request.method == "GET":
        return _render_columns(request, job, ReadingForm(job), ColumnsForm(job, importer=importer))
    if request.POST.get("step") == "read":
        return _read_again(request, job, ReadingForm(job, request.POST), importer)
    columns = ColumnsForm(job, request.POST, importer=importer)
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
    return redirect(job.get_page_url("values") if has_open_words else job)


@require_http_methods(["GET", "POST"])
def list_import_values(request: HttpRequest, import_id: int, model: type[Import] = ListImport) -> HttpResponse:
    """Choose the values of the words that Ouvrage does not know, each once for all its lines."""
    job = _get_job_or_404(request, import_id, model)
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
def list_import_refused(
    request: HttpRequest, import_id: int, kind: str, model: type[Import] = ListImport
) -> HttpResponse:
    """Return the lines in error as a file, in its own columns, with what to correct."""
    job = _get_job_or_404(request, import_id, model)
    if job.state != ListState.CHECKED or kind not in MEDIA:
        raise Http404
    plan = services.plan_import(reader(request), job)
    importer = services.get_importer(job)
    table, _mapping = job.lay_out(importer.all_columns, importer.category)
    return build_refused(kind, f"{PurePath(job.file_name).stem}-{_('to correct')}", table, plan.reasons)


@require_POST
def list_import_write(request: HttpRequest, import_id: int, model: type[Import] = ListImport) -> HttpResponse:
    """Write the checked lines, all or none, or leave them to the worker."""
    job = _get_job_or_404(request, import_id, model)
    form = WriteForm(request.POST)
    form.is_valid()
    seen, leave_out = form.cleaned_data.get("seen", ""), form.cleaned_data["leave_out"]
    way, importer = request.POST.get("way", ""), services.get_importer(job)
    try:
        if importer.in_background:
            importer.queue(reader(request), job, leave_out=leave_out)
        else:
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
def list_import_stop(request: HttpRequest, import_id: int, model: type[Import] = ListImport) -> HttpResponse:
    """Stop the import; nothing is written."""
    job = _get_job_or_404(request, import_id, model)
    try:
        services.stop(actor=reader(request), job=job)
    except WrongStep:
        return _render_conflict(request, job)
    messages.success(request, _("The import is stopped. Nothing was written."))
    return redirect(job)


def _get_list_or_404(
    request: HttpRequest, code: str, list_name: str, model: type[Import]
) -> tuple[Project, Importer[Any]]:
    """Return the project, or the row of the organisation without a code, and the importer.

    Raises Http404 when either is absent or hidden from the reader, or the list has other addresses.
    """
    importer = find_importer(list_name)
    project = get_project_or_404(request, code) if code else get_object_or_404(Project, level=Level.ORGANISATION)
    if importer is None or importer.model is not model or not importer.belongs_to(project):
        raise Http404
    ensure_on(type(importer).__module__, project)
    return project, importer


def _describe_list(project: Project, importer: Importer[Any]) -> dict[str, Any]:
    """Return what each page says of the list: its project or the organisation (`place`), and its addresses.

    Without `project` the navigation shows no project.
    """
    return {
        "project": None if importer.of_organisation else project,
        "place": project,
        "importer": importer,
        "menu_view": importer.back_url_name,
        "back_url": importer.get_back_url(project),
        "import_url": importer.get_import_url(project),
        "templates": importer.list_templates(project),
    }


def _list_own(request: HttpRequest, model: type[Import]) -> QuerySet[Any]:
    """List the imports of the reader without the bytes of their files."""
    imports: Any = model._default_manager
    own: QuerySet[Any] = imports.visible_to(request.user).light()
    return own


def _get_job_or_404(request: HttpRequest, import_id: int, model: type[Import]) -> Any:
    """Return the reader's import, while they may bring in its list.

    Raises Http404 alike when absent and when somebody else's.
    """
    job = get_object_or_404(_list_own(request, model).select_related("project__matrix", "event"), pk=import_id)
    importer = find_importer(job.list_name)
    if importer is None or not importer.belongs_to(job.project):
        raise Http404
    ensure_on(type(importer).__module__, job.project)
    if not can(request.user, "projects.import_list", job):
        raise Http404
    return job


def _read_again(request: HttpRequest, job: Any, form: ReadingForm, importer: Importer[Any]) -> HttpResponse:
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
            return redirect(job.get_page_url("columns"))
    return _render_columns(request, job, form, ColumnsForm(job, importer=importer))


def _render_columns(request: HttpRequest, job: Any, form: ReadingForm, columns: ColumnsForm) -> HttpResponse:
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


def _render_progress(request: HttpRequest, job: Any) -> HttpResponse:
    """Show how far the worker is, in words where they differ from those announced last (`told`)."""
    progress = services.get_importer(job).read_progress(job)
    if progress is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    told = request.GET.get("told", "")
    known = int(told) if told.isdecimal() and len(told) < 4 else -1
    context = {"job": job, "progress": progress, "known": known}
    return render(request, "projects/imports/_import_progress.html", context)


def _render_job(request: HttpRequest, job: Any, form: WriteForm) -> HttpResponse:
    importer = services.get_importer(job)
    report = importer.read_report(job)
    if report is None:
        is_checked = job.state == ListState.CHECKED
        report = _describe_plan(importer, job, reader(request)) if is_checked else Report(job.summary)
    errors = group_problems(report.problems)
    context: dict[str, Any] = {
        **_describe_list(job.project, importer),
        "job": job,
        "form": form,
        "report": report,
        "errors": errors[:MOST_KINDS],
        "more": max(len(errors) - MOST_KINDS, 0),
        "warnings": group_problems(report.warnings),
        "words": {
            "read": count_meanings(job.meanings),
            "open": report.has_open_words,
            "banners": job.banners,
            "use": job.banner_use,
        },
        "files": [
            (kind.upper(), job.get_page_url("refused", kind))
            for kind in (MEDIA if job.state == ListState.CHECKED else ())
        ],
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "projects/imports/list_import.html", context, status=status)


def _describe_plan(importer: Importer[Any], job: ListImport, actor: User) -> Report:
    """Check the file, and return what its page shows of it."""
    plan: Plan = services.plan_import(actor, job)
    columns, choices = importer.shown_columns, read_choices(importer, job.project)
    labels = {column.name: str(column.label) for column in importer.all_columns}
    return Report(
        counts=plan.counts,
        total=len(plan.writes),
        lines=importer.count(len(plan.writes)),
        checked=len(plan.planned) + len(plan.wrong),
        fingerprint=plan.fingerprint,
        has_open_words=any(problem.kind == UNKNOWN for problem in plan.problems),
        problems=plan.problems,
        warnings=plan.warnings,
        skipped=len(plan.skipped),
        without_column=list(dict.fromkeys(row.column for row in plan.problems if row.kind == NO_COLUMN)),
        changes=[
            describe_change(
                entry.line,
                entry.title,
                labels,
                [(name, entry.before[name], after) for name, after in entry.after.items()],
            )
            for entry in plan.changed[:EXAMPLES]
        ],
        head=[column.label for column in columns],
        new=[
            (
                entry.line,
                [
                    (column.label, show_cell(choices.labels, column.name, entry.fields.get(column.name)), "")
                    for column in columns
                ],
            )
            for entry in plan.new[:EXAMPLES]
        ],
        announced=importer.announce([entry.fields for entry in plan.writes]),
        ways=importer.list_ways(len(plan.new), len(plan.writes)),
    )


def _render_conflict(request: HttpRequest, job: Any) -> HttpResponse:
    title = _("The import has advanced")
    text = _("It continued in another window, or it has ended. Nothing was changed.")
    return conflict(request, Conflict(title, text, job.get_absolute_url(), _("See its progress")))
