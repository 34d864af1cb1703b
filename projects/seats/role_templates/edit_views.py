"""Views that edit, publish and retire role templates, for administrators."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import ensure, reader
from core.forms import add_errors, forget_errors
from core.history import Outdated
from core.pages.conflicts import merge_row
from core.pages.drafts.views import drafted, is_about_draft, is_saving, read_draft, save_draft
from core.pages.refusals.views import Conflict, conflict
from projects.seats.role_templates import services
from projects.seats.role_templates.forms import DutyForm, NewRoleForm, PackCopyForm, RoleForm
from projects.seats.role_templates.installation import RulesBroken, fingerprint
from projects.seats.role_templates.queries import consequences, parts
from projects.seats.role_templates.services import NotADraft
from projects.seats.role_templates.usage import usage_of
from projects.seats.role_templates.views import get_template_or_404, matrix_of, version_context
from roles.enums import PublicationState
from roles.models import MethodPack, Responsibility, RoleTemplate
from roles.role_templates.content import Matrix, published_matrix, role_of
from roles.role_templates.lint import Finding

UNPROCESSABLE, CONFLICT = 422, 409


@require_http_methods(["GET", "POST"])
@drafted
def referential_role_new(request: HttpRequest, pack: str) -> HttpResponse:
    """Create a role of the organisation's own, as a draft."""
    ensure(request.user, "roles.configure")
    row = get_object_or_404(MethodPack, code=pack)
    form = NewRoleForm(_post_data(request), roles=published_matrix(row.code).roles)
    if is_saving(request):
        return save_draft(request, form)
    if is_about_draft(request):
        forget_errors(form)
    elif form.is_valid():
        made = _run_service(
            form, lambda: services.new_role(actor=reader(request), pack=row, fields=form.fields_written)
        )
        if made:
            messages.success(request, _("The draft is saved. Select the responsibilities of the role."))
            return _redirect_to(made)
    context = {"pack": row, "form": form, "form_draft": read_draft(request, request.path, form)}
    return render(request, "projects/seats/role_templates/referential_role_new.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def referential_copy(request: HttpRequest, pack: str) -> HttpResponse:
    """Copy a method under another name, so that its roles can be changed."""
    ensure(request.user, "projects.install_pack")
    row = get_object_or_404(MethodPack, code=pack)
    form = PackCopyForm(_post_data(request))
    if form.is_valid():
        try:
            made = services.copy_pack(actor=reader(request), pack=row, **form.cleaned_data)
        except RulesBroken as error:
            form.add_error(None, [str(finding) for finding in error.findings])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The method is created. Change its roles: projects can be opened with it."))
            return redirect(f"{reverse('projects:role_templates:referential')}#pack-{made.code}")
    context = {"pack": row, "form": form}
    return render(request, "projects/seats/role_templates/referential_copy.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@drafted
def referential_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """Show one version of a role: the editor of a draft, else read-only. POST changes the identity of a draft."""
    template = get_template_or_404(request, template_id)
    matrix = matrix_of(template)
    form = RoleForm(_post_data(request), roles=matrix.roles, row=template)
    if request.method == "POST" and template.state != PublicationState.DRAFT:
        return _draft_conflict(request, template, form)
    if is_saving(request):
        return save_draft(request, form)
    if is_about_draft(request):
        forget_errors(form)
    elif form.is_valid():
        try:
            done = _run_service(form, lambda: _edit(request, template, form))
        except NotADraft:
            return _draft_conflict(request, template, form)
        except Outdated:
            template = get_template_or_404(request, template_id)
            seen = form.cleaned_data["seen"]
            merged = merge_row(
                request.POST, template, seen, lambda data, row: RoleForm(data, roles=matrix.roles, row=row)
            )
            return _render_template(request, template, matrix, merged, CONFLICT)
        if done:
            messages.success(request, _("The draft is saved."))
            return _redirect_to(template)
    return _render_template(request, template, matrix, form, _status(form))


def _render_template(
    request: HttpRequest, template: RoleTemplate, matrix: Matrix, form: RoleForm, status: int
) -> HttpResponse:
    is_draft = template.state == PublicationState.DRAFT
    page = (
        "projects/seats/role_templates/referential_edit.html"
        if is_draft
        else "projects/seats/role_templates/referential_read.html"
    )
    context = {**version_context(template, matrix), "form": form}
    context["form_draft"] = read_draft(request, request.path, form) if is_draft else None
    return render(request, page, context, status=status)


def _edit(request: HttpRequest, template: RoleTemplate, form: RoleForm) -> RoleTemplate:
    seen = form.cleaned_data["seen"]
    return services.edit_role(actor=reader(request), template=template, fields=form.fields_written, seen=seen)


@require_POST
def referential_next(request: HttpRequest, template_id: int) -> HttpResponse:
    """Start the next version as a copy of this one, or redirect to the existing draft."""
    template = get_template_or_404(request, template_id)
    return _redirect_to(services.new_version(actor=reader(request), template=template))


# — responsibilities —


@require_http_methods(["GET", "POST"])
def referential_duty_new(request: HttpRequest, template_id: int) -> HttpResponse:
    """Add a responsibility at the end of a draft."""
    template = get_template_or_404(request, template_id)
    if template.state != PublicationState.DRAFT:
        return _draft_conflict(request, template)
    matrix = matrix_of(template)
    form = DutyForm(_post_data(request), matrix=matrix, code=_free_code(template))
    return _duty_page(
        request,
        template,
        form,
        lambda: services.add_duty(actor=reader(request), template=template, fields=form.fields_written),
    )


@require_http_methods(["GET", "POST"])
def referential_duty_edit(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Change one responsibility of a draft."""
    duty = _get_duty_or_404(request, duty_id)
    template = get_template_or_404(request, duty.role_id)
    if template.state != PublicationState.DRAFT:
        return _draft_conflict(request, template)
    matrix = matrix_of(template)
    form = DutyForm(_post_data(request), matrix=matrix, row=duty)

    def run() -> Responsibility:
        seen = form.cleaned_data["seen"]
        return services.edit_duty(actor=reader(request), duty=duty, fields=form.fields_written, seen=seen)

    try:
        return _duty_page(request, template, form, run, duty)
    except Outdated:
        duty, seen = _get_duty_or_404(request, duty_id), form.cleaned_data["seen"]
        merged = merge_row(request.POST, duty, seen, lambda data, row: DutyForm(data, matrix=matrix, row=row))
        return _render_duty(request, template, merged, duty, CONFLICT)


@require_POST
def referential_duty_move(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Move a responsibility one place up or down."""
    duty = _get_duty_or_404(request, duty_id)
    try:
        services.move_duty(actor=reader(request), duty=duty, up=request.POST.get("to") == "up")
    except (NotADraft, Outdated):
        return _draft_conflict(request, duty.role)
    return redirect(f"{_redirect_to(duty.role).url}#responsibilities")


@require_POST
def referential_duty_remove(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Remove a responsibility from a draft."""
    duty = _get_duty_or_404(request, duty_id)
    try:
        services.remove_duty(actor=reader(request), duty=duty)
    except NotADraft:
        return _draft_conflict(request, duty.role)
    messages.success(request, _("“%(what)s” is removed from the draft.") % {"what": duty.label})
    return redirect(f"{_redirect_to(duty.role).url}#responsibilities")


def _get_duty_or_404(request: HttpRequest, duty_id: int) -> Responsibility:
    ensure(request.user, "roles.configure")
    return get_object_or_404(Responsibility.objects.select_related("role"), pk=duty_id)


def _free_code(template: RoleTemplate) -> str:
    """Return the first unused code of the form ROLE-01."""
    taken = {row.code for row in template.responsibilities.all()}
    number = len(taken) + 1
    while f"{template.code}-{number:02d}" in taken:
        number += 1
    return f"{template.code}-{number:02d}"


def _duty_page(
    request: HttpRequest,
    template: RoleTemplate,
    form: DutyForm,
    run: Callable[[], Responsibility],
    duty: Responsibility | None = None,
) -> HttpResponse:
    """Run the service on a valid form, else show it. Raises Outdated."""
    if form.is_valid():
        try:
            done = _run_service(form, run)
        except NotADraft:
            return _draft_conflict(request, template, form)
        if done:
            messages.success(request, _("The draft is saved."))
            return redirect(f"{_redirect_to(template).url}#responsibilities")
    return _render_duty(request, template, form, duty, _status(form))


def _render_duty(
    request: HttpRequest, template: RoleTemplate, form: DutyForm, duty: Responsibility | None, status: int
) -> HttpResponse:
    context = {"template": template, "form": form, "duty": duty}
    return render(request, "projects/seats/role_templates/referential_duty.html", context, status=status)


# — publishing and retiring —


@require_http_methods(["GET", "POST"])
def referential_publish(request: HttpRequest, template_id: int) -> HttpResponse:
    """Review the changes, consequences and gaps of a draft, then publish it."""
    template = get_template_or_404(request, template_id)
    if template.state != PublicationState.DRAFT:
        return _draft_conflict(request, template)
    lacks: list[Finding] = []
    if request.method == "POST":
        try:
            services.publish_role(actor=reader(request), template=template, read=request.POST.get("read", ""))
        except RulesBroken as error:
            lacks = error.findings
        except (NotADraft, Outdated):
            return _draft_conflict(request, template)
        else:
            labels = {"role": template.code, "version": template.version}
            messages.success(request, _("%(role)s is published in version %(version)s.") % labels)
            return _redirect_to(template)
    return render(
        request,
        "projects/seats/role_templates/referential_publish.html",
        _publish_context(template),
        status=UNPROCESSABLE if lacks else 200,
    )


def _publish_context(template: RoleTemplate) -> dict[str, Any]:
    matrix, role = matrix_of(template), role_of(template)
    there = matrix.role(template.code)
    return {
        "template": template,
        "read": fingerprint(template),
        "lacks": services.publishing_gaps(template, matrix),
        "published": there,
        "parts": parts(there, role, matrix),
        "consequences": consequences(matrix, matrix.with_role(role), usage_of(template.pack_id, template.code)),
    }


@require_http_methods(["GET", "POST"])
def referential_retire(request: HttpRequest, template_id: int) -> HttpResponse:
    """Review the consequences or obstacles, then retire a version; a draft is given up the same way."""
    template = get_template_or_404(request, template_id)
    status = 200
    if request.method == "POST":
        try:
            services.retire_role(actor=reader(request), template=template)
        except RulesBroken:
            status = UNPROCESSABLE
        else:
            messages.success(request, _retired_message(template))
            return _redirect_to(template)
    if template.state == PublicationState.RETIRED:
        return _draft_conflict(request, template)
    return render(
        request, "projects/seats/role_templates/referential_retire.html", _retire_context(template), status=status
    )


def _retire_context(template: RoleTemplate) -> dict[str, Any]:
    matrix = matrix_of(template)
    is_draft = template.state == PublicationState.DRAFT
    roles = [role for role in matrix.roles if is_draft or role.code != template.code]
    usage = usage_of(template.pack_id, template.code)
    return {
        "template": template,
        "is_draft": is_draft,
        "lacks": services.retiring_gaps(template),
        "consequences": consequences(matrix, Matrix(matrix.lines, tuple(roles)), usage),
        "projects": usage.by_version.get(template.version, 0),
    }


def _retired_message(template: RoleTemplate) -> str:
    labels = {"role": template.code, "version": template.version}
    if template.state == PublicationState.DRAFT:
        return _("The draft of version %(version)s of %(role)s is given up.") % labels
    return _("Version %(version)s of %(role)s is retired. The projects that use it keep it.") % labels


# — shared —


def _post_data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _run_service[T](form: forms.Form, run: Callable[[], T]) -> T | None:
    """Run the service; on ValidationError, add its messages to the form and return None."""
    try:
        return run()
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _status(form: forms.Form) -> int:
    return UNPROCESSABLE if form.errors else 200


def _redirect_to(template: RoleTemplate) -> HttpResponseRedirect:
    return redirect("projects:role_templates:referential_template", template.pk)


def _draft_conflict(request: HttpRequest, template: RoleTemplate, form: forms.Form | None = None) -> HttpResponse:
    """Render the conflict page (409): the version is no draft, or it changed. It hands back what was typed."""
    template.refresh_from_db(fields=["state"])
    title, text = _("The draft changed meanwhile"), _("It was changed since you opened the page.")
    if template.state != PublicationState.DRAFT:
        title = _("This version stays as it is")
        text = _("It is published or retired. Change the next version instead.")
    typed = [(str(field.label), field.data) for field in form if not field.is_hidden] if form and form.is_bound else []
    texts = [(label, text) for label, text in typed if isinstance(text, str) and text]
    link = reverse("projects:role_templates:referential_template", args=[template.pk])
    return conflict(request, Conflict(title, text, link, _("See it as it is now"), texts))
