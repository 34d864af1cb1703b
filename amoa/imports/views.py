"""Pages of an import: send a file, map its columns, review, follow, read the result."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from amoa.imports import services, summary
from amoa.imports.columns import CATEGORY, COLUMNS, build_choices
from amoa.imports.enums import ImportState
from amoa.imports.forms import LIMITS, RequirementColumnsForm, StartForm
from amoa.imports.models import ImportJob
from amoa.imports.problems import UNKNOWN, describe_problems, list_reasons
from amoa.imports.services import LinesInError, NothingToWrite, WrongStep
from amoa.imports.tasks import nudge
from amoa.imports.validation import check
from core.access import can, ensure, reader
from core.pagination import page_before
from core.refusals.views import Conflict, conflict
from core.tables.forms import ColumnsForm, ReadingForm, UploadForm, WordsForm
from core.tables.problems import MEDIA, build_refused, group_problems
from core.tables.reader import open_table
from core.tables.words import count_meanings
from projects.imports.services import has_open_words
from projects.shortcuts import get_object_or_404, get_project_or_404

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest, code: str) -> HttpResponse:
    """Upload a file, and list the reader's imports."""
    project = get_project_or_404(request, code)
    ensure(request.user, "amoa.import_requirements", project)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, limits=LIMITS)
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["file"]
        job = services.receive(actor=reader(request), project=project, upload=upload, table=form.table)
        return redirect("amoa:imports:import_columns", job.pk)
    mine = ImportJob.objects.visible_to(request.user).light().filter(project=project)
    context = {"project": project, "form": form, "columns": COLUMNS, "page": page_before(request, mine, "pk")}
    return render(request, "amoa/imports/import_new.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_GET
@vary_on_headers("HX-Request")
def import_job(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show an import by its state. htmx receives only the progress."""
    job = _get_job_or_404(request, import_id)
    told = request.GET.get("told", "")
    if request.htmx:  # type: ignore[attr-defined]
        if not job.is_live:
            return HttpResponse(headers={"HX-Refresh": "true"})
        known = int(told) if told.isdecimal() and len(told) < 4 else -1
        return render(request, "amoa/imports/_import_progress.html", _get_progress(job) | {"known": known, "job": job})
    if job.state == ImportState.UPLOADED:
        return redirect("amoa:imports:import_columns", job.pk)
    return _render_job(request, job, StartForm())


@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Map the columns beside the first lines; POST checks every line, or reads the file again."""
    job = _get_job_or_404(request, import_id)
    if not job.is_open:
        return redirect(job)
    if request.method == "GET":
        return _render_columns(request, job, ReadingForm(job), RequirementColumnsForm(job))
    if request.POST.get("step") == "read":
        return _read_again(request, job, ReadingForm(job, request.POST))
    form = RequirementColumnsForm(job, request.POST)
    if not form.is_valid():
        return _render_columns(request, job, ReadingForm(job), form)
    try:
        table = job.open_table()
        services.choose_columns(
            actor=reader(request),
            job=job,
            table=table,
            mapping=form.mapping,
            banner_use=form.banner_use,
            all_rows=form.all_rows,
        )
    except WrongStep:
        return _render_conflict(request, job)
    has_questions = has_open_words(services.list_unknown_words(job, table), job.meanings)
    return redirect("amoa:imports:import_values", job.pk) if has_questions else redirect(job)


@require_http_methods(["GET", "POST"])
def import_values(request: HttpRequest, import_id: int) -> HttpResponse:
    """Choose the values of the words that Ouvrage does not know, each once for all its lines."""
    job = _get_job_or_404(request, import_id)
    if job.state != ImportState.CHECKED:
        return redirect(job)
    table = job.open_table()
    unknown = services.list_unknown_words(job, table)
    if not unknown:
        return redirect(job)
    form = WordsForm(unknown, build_choices(), job.meanings, request.POST if request.method == "POST" else None)
    if form.is_bound:
        is_valid = form.is_valid()
        try:  # what is chosen is kept, even when another word has no value yet
            if is_valid or any(form.meanings.values()):
                services.choose_meanings(actor=reader(request), job=job, table=table, meanings=form.meanings)
        except WrongStep:
            return _render_conflict(request, job)
        if is_valid:
            return redirect(job)
    context = {"project": job.project, "job": job, "form": form, "groups": form.list_groups(COLUMNS)}
    return render(request, "amoa/imports/import_values.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_GET
def import_refused(request: HttpRequest, import_id: int, kind: str) -> HttpResponse:
    """Return the lines in error as a file, in its own columns, with what to correct."""
    job = _get_job_or_404(request, import_id)
    if job.state != ImportState.CHECKED or kind not in MEDIA:
        raise Http404
    raw = job.open_table()
    table, mapping = job.read_lines(raw, COLUMNS, CATEGORY, build_choices())
    reasons = list_reasons(check(job.project, table, mapping).problems, table.header, mapping)
    name = f"{PurePath(job.file_name).stem}-{_('to correct')}"
    return build_refused(kind, name, job.lay_out(raw, COLUMNS, CATEGORY)[0], reasons)


@require_POST
def import_start(request: HttpRequest, import_id: int) -> HttpResponse:
    """Queue the import for the worker."""
    job = _get_job_or_404(request, import_id)
    form = StartForm(request.POST)
    form.is_valid()
    try:
        services.start(actor=reader(request), job=job, leave_out=form.cleaned_data["leave_out"])
    except LinesInError:
        form.add_error("leave_out", _("Correct these lines in the file and send it again, or leave them out."))
    except NothingToWrite:
        form.add_error(None, _("There is nothing to import: the project already has all of it."))
    except WrongStep:
        return _render_conflict(request, job)
    if form.errors:
        return _render_job(request, job, form)
    nudge(job.pk)
    return redirect(job)


@require_POST
def import_stop(request: HttpRequest, import_id: int) -> HttpResponse:
    """Stop the import; nothing is written."""
    job = _get_job_or_404(request, import_id)
    try:
        services.stop(actor=reader(request), job=job)
    except WrongStep:
        return _render_conflict(request, job)
    messages.success(request, _("The import is stopped. Nothing was written."))
    return redirect(job)


def _get_job_or_404(request: HttpRequest, import_id: int) -> ImportJob:
    """Return the reader's import, while they may import on its project.

    Raises Http404 alike when absent and when somebody else's.
    """
    jobs = ImportJob.objects.visible_to(request.user).light().select_related("project", "event")
    job = get_object_or_404(jobs, pk=import_id)
    if not can(request.user, "amoa.import_requirements", job.project):
        raise Http404
    return job


def _read_again(request: HttpRequest, job: ImportJob, form: ReadingForm) -> HttpResponse:
    if form.is_valid():
        try:
            table = open_table(job.file_name, bytes(job.content), **form.reading())
            services.read_again(actor=reader(request), job=job, table=table)
        except ValidationError as error:
            form.refuse(error)
        except WrongStep:
            return _render_conflict(request, job)
        else:
            return redirect("amoa:imports:import_columns", job.pk)
    return _render_columns(request, job, form, RequirementColumnsForm(job))


def _render_columns(request: HttpRequest, job: ImportJob, form: ReadingForm, columns: ColumnsForm) -> HttpResponse:
    cells = [[row[place] for row in job.preview] for place in range(len(job.head))]
    context = {
        "project": job.project,
        "job": job,
        "form": form,
        "columns": columns,
        "rows": list(zip(columns.list_columns(), cells, strict=True)),
    }
    failed = form.is_bound or columns.is_bound
    return render(request, "amoa/imports/import_columns.html", context, status=UNPROCESSABLE if failed else 200)


def _render_job(request: HttpRequest, job: ImportJob, form: StartForm) -> HttpResponse:
    problems = describe_problems(job.problems, job.head, job.mapping)
    context: dict[str, Any] = {
        "project": job.project,
        "job": job,
        "form": form,
        "errors": group_problems([problem for problem in problems if problem.is_error]),
        "warnings": group_problems([problem for problem in problems if not problem.is_error]),
        "words": {
            "read": count_meanings(job.meanings),
            "banners": job.banners,
            "use": job.banner_use,
            "open": any(problem["code"] in UNKNOWN for problem in job.problems),
        },
        "files": [
            (kind.upper(), reverse("amoa:imports:import_refused", args=[job.pk, kind]))
            for kind in (MEDIA if job.state == ImportState.CHECKED else ())
        ],
        "fields": summary.list_fields(job),
        "changes": summary.list_changes(job),
        "seconds": summary.estimate_seconds(job.total),
        **(_get_progress(job) if job.is_live else {}),
    }
    return render(request, "amoa/imports/import_job.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _get_progress(job: ImportJob) -> dict[str, Any]:
    """Return the progress in per cent, by tens (`told`), and the seconds left.

    `told` is 0 while queued, 1 while reading and 2 in the first tenth.
    """
    if not job.done:
        return {"told": int(job.state == ImportState.RUNNING), "left": 0}
    tenths = job.done * 10 // job.total
    passed = (timezone.now() - (job.started_at or timezone.now())).total_seconds()
    return {"told": tenths * 10 or 2, "left": int(passed * (job.total - job.done) / job.done) + 1}


def _render_conflict(request: HttpRequest, job: ImportJob) -> HttpResponse:
    title = _("The import has advanced")
    text = _("It continued in another window, or it has ended. Nothing was changed.")
    return conflict(request, Conflict(title, text, job.get_absolute_url(), _("See its progress")))
