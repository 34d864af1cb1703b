"""Views that write requirements: add, edit, edit a row, change many, advise."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from amoa.requirements.advice import build_advice
from amoa.requirements.approvals import get_approval, get_version_approval
from amoa.requirements.forms import BulkForm, RequirementForms, RowForm, map_groups
from amoa.requirements.grid_views import RequirementGridView
from amoa.requirements.models import Requirement
from amoa.requirements.register import REQUIREMENTS
from amoa.requirements.services import (
    change_many,
    edit_requirement,
    implement,
    write_requirement,
)
from amoa.requirements.versions import find_text
from amoa.requirements.views import get_permissions, get_requirement_or_404
from core.access import ensure, reader
from core.forms import add_errors, forget_errors
from core.history import Outdated
from core.pages.conflicts import find_change, merge_form, merge_rows, show_saved
from core.pages.drafts.views import drafted, is_about_draft, is_saving, read_draft, save_draft
from core.pages.lists.neighbours import read_query
from core.pages.lists.selection import build_back_query, list_chosen, list_fields, read_filter
from core.pages.lists.undo import BulkResult, Effects, Unconfirmed
from projects.bulk_views import list_left_out, render_effects
from projects.models import Project
from projects.shortcuts import get_project_or_404
from roles.unsent.posts import is_unsent

UNPROCESSABLE, CONFLICT = 422, 409
#: Maximum number of requirements that one act changes.
MOST = 2_000
LARGEST = 2**31 - 1


@require_http_methods(["GET", "POST"])
@drafted
def requirement_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add a need or a requirement."""
    project = get_project_or_404(request, code)
    ensure(request.user, "amoa.write_requirements", project)
    parent = request.GET.get("parent", "").replace("\x00", "")[:30]
    text = RequirementForms(_get_data(request), project, reader(request), map_groups(project), parent=parent)
    if is_saving(request):
        return save_draft(request, *text.parts)
    if not _is_complete(request, text):
        return _render_form(request, project, text)
    try:
        written = write_requirement(actor=reader(request), project=project, fields=text.fields())
    except ValidationError as error:
        add_errors(text.form, error)
        return _render_form(request, project, text)
    messages.success(request, _("%(code)s is added.") % {"code": written.code})
    return redirect(written)


@require_http_methods(["GET", "POST"])
@drafted
def requirement_edit(request: HttpRequest, requirement_id: int) -> HttpResponse:
    """Edit the working version of a requirement; the version in force is untouched."""
    requirement = get_requirement_or_404(request, requirement_id)
    ensure(request.user, "amoa.write_requirements", requirement.project)
    text = RequirementForms(
        _get_data(request), requirement.project, reader(request), map_groups(requirement.project), requirement
    )
    if is_saving(request):
        return save_draft(request, *text.parts)
    if request.method == "POST" and not _is_read_only(request) and not _is_unchanged(request, requirement):
        return _render_conflict(request, requirement)
    if not _is_complete(request, text):
        return _render_form(request, requirement.project, text)
    seen = text.form.cleaned_data["seen"]
    try:
        saved = edit_requirement(actor=reader(request), requirement=requirement, seen=seen, fields=text.fields())
    except Outdated:
        return _render_conflict(request, requirement)
    except ValidationError as error:
        add_errors(text.form, error)
        return _render_form(request, requirement.project, text)
    messages.success(request, _("%(code)s is saved.") % {"code": saved.code})
    return redirect(saved)


@require_http_methods(["GET", "POST"])
def requirement_row(request: HttpRequest, requirement_id: int) -> HttpResponse:
    """Show one row of the table, or its form when the address has `edit`.

    Without htmx, redirect to the edit page.
    """
    requirement = get_requirement_or_404(request, requirement_id)
    asks = request.method == "POST" or "edit" in request.GET
    if asks:
        ensure(request.user, "amoa.write_requirements", requirement.project)
    if not request.htmx:  # type: ignore[attr-defined]
        if is_unsent(request):
            return _render_typed_row(request, requirement)
        return redirect("amoa:requirements:requirement_edit", requirement.pk)
    if not asks:
        return _render_row(request, requirement)
    form = RowForm(_get_data(request), requirement)
    if request.method == "POST" and not _is_unchanged(request, requirement):
        return _render_row_conflict(request, requirement)
    if request.method == "GET" or not form.is_valid():
        return _render_row_form(request, requirement, form, UNPROCESSABLE if form.errors else 200)
    try:
        saved = edit_requirement(
            actor=reader(request), requirement=requirement, seen=form.cleaned_data["seen"], fields=form.content()
        )
    except Outdated:
        return _render_row_conflict(request, requirement)
    except ValidationError as error:
        add_errors(form, error, elsewhere="state")
        return _render_row_form(request, requirement, form, UNPROCESSABLE)
    return _render_row(request, saved)


@require_POST
def requirements_change(request: HttpRequest, code: str) -> HttpResponse:
    """Set fields of the chosen requirements, or mark them as built; with `more`, show the form of every field.

    The act `tests` leads to the missing tests of those chosen.
    """
    project = get_project_or_404(request, code)
    if request.POST.get("act") == "tests":
        return redirect(_build_tests_url(request, project))
    builds = request.POST.get("act") == "implement"
    ensure(request.user, f"amoa.{'implement' if builds else 'write_requirements'}", project)
    left_out, whole = list_left_out(request), "fields" in request.POST or "more" in request.POST
    numbers = [number for number in _list_chosen(request, project) if number not in left_out]
    groups = map_groups(project) if whole else {}
    form = BulkForm(request.POST, project=project if whole else None, groups=groups)
    if builds:
        form = BulkForm({"state": "draft"})
    if 0 < len(numbers) <= MOST and ("more" in request.POST or (whole and not form.is_valid())):
        if "more" in request.POST:
            forget_errors(form)
        return _render_bulk_form(request, project, form, len(numbers))
    if not form.is_valid() or not 0 < len(numbers) <= MOST:
        return _render_result(request, project, form, BulkResult(), chosen=len(numbers))
    if builds:
        done = implement(actor=reader(request), project=project, numbers=numbers)
    else:
        fields, confirmed = form.content(), request.POST.get("confirmed", "")
        try:
            done = change_many(
                actor=reader(request), project=project, numbers=numbers, fields=fields, confirmed=confirmed
            )
        except Unconfirmed as error:
            return _render_effects(request, project, error.effects)
    if done.skipped:
        return _render_result(request, project, form, done, chosen=len(numbers))
    if done.seq:
        return redirect(_get_back_url(request, project, changed=done.seq))
    count = len(done.changed)
    message = ngettext("%(count)d requirement is changed.", "%(count)d requirements are changed.", count)
    messages.success(request, message % {"count": count})
    return redirect(_get_back_url(request, project))


@require_POST
def requirement_lint(request: HttpRequest, code: str) -> HttpResponse:
    """Render the advice on the posted text. Records nothing."""
    project = get_project_or_404(request, code)
    ensure(request.user, "amoa.write_requirements", project)
    on = request.GET.get("on", "")
    but = min(int(on[:12]), LARGEST) if on.isascii() and on.isdecimal() else None
    text = RequirementForms(request.POST, project, reader(request), {})
    advice = build_advice(project, text.draft(), but)
    return render(request, "amoa/requirements/_requirement_advice.html", {"advice": advice, "project": project})


def _get_data(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _is_complete(request: HttpRequest, text: RequirementForms) -> bool:
    """Return whether a valid text was posted to be saved, not only to add a criterion row or use a draft."""
    if request.method == "POST" and (_is_read_only(request) or is_unsent(request)):
        forget_errors(*text.parts)
        return False
    return request.method == "POST" and text.is_valid()


def _is_read_only(request: HttpRequest) -> bool:
    """Return whether the request only shows the form again."""
    return is_about_draft(request) or "add_criterion" in request.POST


def _is_unchanged(request: HttpRequest, requirement: Requirement) -> bool:
    """Return whether the requirement is unchanged since its form was rendered."""
    return request.POST.get("seen", "") == requirement.changed_at.isoformat()


def _render_conflict(request: HttpRequest, requirement: Requirement) -> HttpResponse:
    """Render the form with what was typed and what somebody else saved meanwhile."""
    fresh, data = get_requirement_or_404(request, requirement.pk), request.POST.copy()
    opened = find_text(fresh, data.get("seen", ""))
    project, groups = fresh.project, map_groups(fresh.project)
    now = RequirementForms(None, project, reader(request), groups, fresh)
    before = RequirementForms(None, project, reader(request), groups, opened) if opened else None
    saved = merge_form(data, before.form if before else None, now.form)
    rows = merge_rows(data, before.criteria if before else None, now.criteria)
    merged = RequirementForms(data, project, reader(request), groups, fresh)
    forget_errors(merged.criteria)
    show_saved(merged.form, saved, find_change(fresh))
    for form, row in zip(merged.criteria.forms, rows, strict=False):
        show_saved(form, row)
    return _render_form(request, project, merged, CONFLICT)


def _render_form(request: HttpRequest, project: Project, text: RequirementForms, status: int = 0) -> HttpResponse:
    failed = request.method == "POST" and text.form.is_bound and not _is_read_only(request)
    requirement = text.requirement
    address = reverse("amoa:requirements:requirement_edit", args=[requirement.pk]) if requirement else request.path
    context = {
        "project": project,
        "requirement": requirement,
        "address": address,
        "form": text.form,
        "criteria": text.criteria,
        "parts": text.parts,
        "form_draft": read_draft(request, request.path, *text.parts),
        "advice": build_advice(project, text.draft(), requirement.pk if requirement else None),
        "decision": get_version_approval(requirement) if requirement else None,
    }
    status = status or (UNPROCESSABLE if failed else 200)
    return render(request, "amoa/requirements/requirement_form.html", context, status=status)


def _render_row(request: HttpRequest, requirement: Requirement) -> HttpResponse:
    project = Project.objects.select_related("baseline_in_force__baseline").get(pk=requirement.project_id)
    may = get_permissions(request.user, project)
    query = read_query(request.headers.get("HX-Current-URL", ""))  # of the list that holds the row
    listing = REQUIREMENTS.build_for(project, query, may, get_approval(project))
    return HttpResponse(listing.render_row(REQUIREMENTS.load(listing.among.filter(pk=requirement.pk)).get()))


def _render_typed_row(request: HttpRequest, requirement: Requirement) -> HttpResponse:
    """Render the edit page with what was typed in the row."""
    project = requirement.project
    text = RequirementForms(None, project, reader(request), map_groups(project), requirement)
    typed = {name: request.POST[name] for name in RowForm.base_fields if name in request.POST}
    text.form.initial = {**text.form.initial, **typed}
    return _render_form(request, project, text)


def _render_row_form(request: HttpRequest, requirement: Requirement, form: RowForm, status: int) -> HttpResponse:
    """Render the row as a form."""
    context = {"requirement": requirement, "form": form, "project": requirement.project}
    return render(request, "amoa/requirements/_requirement_row_form.html", context, status=status)


def _render_row_conflict(request: HttpRequest, requirement: Requirement) -> HttpResponse:
    """Render the row as a form with what was typed and what somebody else saved meanwhile."""
    fresh, data = get_requirement_or_404(request, requirement.pk), request.POST.copy()
    opened = find_text(fresh, data.get("seen", ""))
    saved = merge_form(data, RowForm(None, opened) if opened else None, RowForm(None, fresh))
    merged = RowForm(data, fresh)
    show_saved(merged, saved, find_change(fresh))
    return _render_row_form(request, fresh, merged, CONFLICT)


def _list_chosen(request: HttpRequest, project: Project) -> list[int]:
    """List the primary keys of the chosen requirements, at most one more than MOST."""
    return list_chosen(request, lambda query: REQUIREMENTS.build(project, query)[0].rows.order_by("code"), MOST)


def _render_bulk_form(request: HttpRequest, project: Project, form: BulkForm, chosen: int) -> HttpResponse:
    """Render the form of every field of many requirements; it keeps which ones."""
    context = {
        "project": project,
        "form": form,
        "chosen": chosen,
        "keep": list_fields(request),
        "back": _get_back_url(request, project),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "amoa/requirements/requirements_bulk.html", context, status=status)


def _build_tests_url(request: HttpRequest, project: Project) -> str:
    """Return the address of the missing tests of the ticked requirements, or of all that the filter matches."""
    query = read_filter(request) if request.POST.get("all") else QueryDict(mutable=True)
    if not request.POST.get("all"):
        query["of"] = ",".join(map(str, _list_chosen(request, project)))
    return reverse("amoa:acceptance:missing_tests", args=[project.code], query=query)


def _get_back_url(request: HttpRequest, project: Project, *, changed: int = 0) -> str:
    """Return the address of the table as it was left, with the entry of a change to undo."""
    return reverse(REQUIREMENTS.list_url, args=[project.code], query=build_back_query(request, changed))


def _render_effects(request: HttpRequest, project: Project, effects: Effects) -> HttpResponse:
    """Ask whether a change of requirements in force is meant."""
    rows = project.requirements.filter(pk__in=effects.rows).order_by("code")
    back = {"back": _get_back_url(request, project), "back_label": _("Requirements")}
    names = list(rows.values_list("code", flat=True))
    return render_effects(request, project, effects, names=names, **back)


def _render_result(
    request: HttpRequest, project: Project, form: BulkForm, done: BulkResult, *, chosen: int
) -> HttpResponse:
    """Render the result of a change of many: changed and skipped requirements, or the errors."""
    refused = bool(form.errors) or not 0 < chosen <= MOST
    context = {
        "project": project,
        "form": form,
        "done": done,
        "chosen": chosen,
        "most": MOST,
        "back": _get_back_url(request, project),
        "refused": refused,
        "undo": RequirementGridView.of_project(request, project).describe_undo(done.seq) if done.seq else None,
        "keep": list_fields(request),
    }
    return render(
        request, "amoa/requirements/requirement_changes.html", context, status=UNPROCESSABLE if refused else 200
    )
