"""Pages that change the library."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.access import ensure, reader
from core.forms import add_errors, forget_errors
from core.history import Outdated
from core.pages.conflicts import find_change, find_version, merge_form, merge_rows, show_saved
from core.pages.drafts.views import drafted, is_saving, read_draft, save_draft
from core.pages.form_views import Text, post_data
from core.pages.refusals.exceptions import MovedOn
from core.pages.refusals.views import wrong_state
from pmo.standards.standards import services
from pmo.standards.standards.content import list_checkpoints_at, with_content
from pmo.standards.standards.effects import term_of
from pmo.standards.standards.forms import EntryForm, StandardText
from pmo.standards.standards.models import LibraryEntry, Standard, StandardVersion
from pmo.standards.standards.queries import find_model
from pmo.standards.standards.views import reader_permissions, visible_standard
from projects.form_views import RowFormView
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404
from roles.enums import DecisionKind

UNPROCESSABLE, CONFLICT = 422, 409


@require_POST
def standard_install(request: HttpRequest, code: str) -> HttpResponse:
    """Install the catalogue as drafts."""
    project = get_project_or_404(request, code)
    added = services.install_standards(actor=reader(request), project=project)
    message = ngettext("%(n)s standard is added as a draft.", "%(n)s standards are added as drafts.", added)
    messages.success(request, message % {"n": added})
    return redirect("pmo:standards:standard_list", code=project.code)


@require_POST
def standards_copy(request: HttpRequest, code: str) -> HttpResponse:
    """Copy the standards of the project that this one was opened like, then open the proposal to adopt them."""
    project = get_project_or_404(request, code)
    ensure(request.user, "pmo.keep_standards", project)
    model = find_model(project, reader(request))
    if model is None:
        raise Http404
    copied = services.copy_standards(actor=reader(request), project=project, model=model)
    message = ngettext("%(n)s standard is added as a draft.", "%(n)s standards are added as drafts.", len(copied))
    messages.success(request, message % {"n": len(copied)})
    if copied and reader_permissions(request, project)["propose"]:
        chosen = {"kind": DecisionKind.STANDARD_ADOPTION.value, "standards": ",".join(map(term_of, copied))}
        return redirect(reverse("governance:proposals:proposal_new", args=[code], query=chosen))
    return redirect("pmo:standards:standard_list", code=project.code)


@require_http_methods(["GET", "POST"])
@drafted
def standard_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write a new standard."""
    project = get_project_or_404(request, code)
    ensure(request.user, "pmo.keep_standards", project)
    text = StandardText(post_data(request), request.FILES, project)
    if is_saving(request):
        return save_draft(request, *text.parts)
    if not text.is_complete():
        return _form(request, project, text)
    typed = text.form.cleaned_data
    try:
        version = services.new_standard(
            actor=reader(request),
            project=project,
            code=typed["code"],
            family=typed["family"],
            fields=text.form.content(),
            checkpoints=text.rows(),
            upload=typed["file"],
        )
    except ValidationError as error:
        return _form(request, project, _add_service_errors(text, error))
    messages.success(request, _("%(version)s is recorded as a draft.") % {"version": version})
    return redirect(version)


@require_POST
def standard_next(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Start the next version from the newest one, or open the existing draft."""
    standard = visible_standard(request, standard_id)
    ensure(request.user, "pmo.keep_standards", standard)
    version = services.next_version(actor=reader(request), standard=standard)
    return redirect("pmo:standards:standard_edit", version.pk)


@require_http_methods(["GET", "POST"])
@drafted
def standard_edit(request: HttpRequest, standard_version_id: int) -> HttpResponse:
    """Edit a draft with its checkpoints and template."""
    seen = Standard.objects.visible_to(request.user)
    rows = with_content(StandardVersion.objects.filter(standard__in=seen))
    version = get_object_or_404(rows, pk=standard_version_id)
    ensure(request.user, "pmo.keep_standards", version.standard)
    if not version.is_draft:
        raise MovedOn(version)
    project = version.standard.project
    text = StandardText(post_data(request), request.FILES, project, version, list(version.checkpoints.all()))
    if is_saving(request):
        return save_draft(request, *text.parts)
    if not text.is_complete():
        return _form(request, project, text, version)
    typed = text.form.cleaned_data
    try:
        services.write_version(
            actor=reader(request),
            version=version,
            fields=text.form.content(),
            checkpoints=text.rows(),
            seen=typed["seen"],
            upload=typed["file"],
        )
    except MovedOn as error:
        return wrong_state(request, error, text.typed())
    except Outdated:
        version = get_object_or_404(rows, pk=standard_version_id)
        return _form(request, project, _merge(request, version, typed["seen"]), version, CONFLICT)
    except ValidationError as error:
        return _form(request, project, _add_service_errors(text, error), version)
    messages.success(request, _("%(version)s is saved.") % {"version": version})
    return redirect(version)


def _merge(request: HttpRequest, version: StandardVersion, seen: str) -> StandardText:
    """Fill the form with what was typed and with what somebody else saved since the version `seen` of the draft."""
    project, data, current = version.standard.project, request.POST.copy(), list(version.checkpoints.all())
    now, before = StandardText(None, None, project, version, current), None
    if opened := find_version(version, seen):
        before = StandardText(None, None, project, opened, list_checkpoints_at(version, int(seen)))
    saved = merge_form(data, before.form if before else None, now.form)
    saved_rows = merge_rows(data, before.checkpoints if before else None, now.checkpoints)
    merged = StandardText(data, None, project, version, current)
    forget_errors(merged.checkpoints)
    show_saved(merged.form, saved, find_change(version))
    for form, row in zip(merged.checkpoints.forms, saved_rows, strict=False):
        show_saved(form, row)
    return merged


def _form(
    request: HttpRequest,
    project: Project,
    text: StandardText,
    version: StandardVersion | None = None,
    status: int = 0,
) -> HttpResponse:
    failed = request.method == "POST" and not text.is_shown_again
    context = {
        "project": project,
        "version": version,
        "form": text.form,
        "checkpoints": text.checkpoints,
        "parts": text.parts,
        "form_draft": read_draft(request, request.path, *text.parts),
    }
    status = status or (UNPROCESSABLE if failed else 200)
    return render(request, "pmo/standards/standards/standard_form.html", context, status=status)


def _add_service_errors(text: StandardText, error: ValidationError) -> StandardText:
    """Add the errors of a service to the form."""
    add_errors(text.form, error, elsewhere="file")
    return text


class EntryFormView(RowFormView):
    """Add a method or a tool, change it or retire it."""

    pk_url_kwarg = "entry_id"
    permission = "pmo.keep_standards"
    form_class = EntryForm
    service = services.write_entry
    new_title = gettext_lazy("Add a method or a tool")
    lede = gettext_lazy("A guide, a template or a checklist. It helps without obligation. Only a standard is binding.")
    button = gettext_lazy("Save the entry")
    done = gettext_lazy("The entry is saved.")
    back_label = gettext_lazy("Methods and tools")
    back_url_name = "pmo:standards:library_entries"

    def get_row(self, number: int) -> LibraryEntry:
        rows = LibraryEntry.objects.visible_to(self.request.user).select_related("project", "document__document")
        return get_object_or_404(rows.defer("document__content"), pk=number)

    def get_title(self) -> Text:
        """Return the title; that of a change contains the title of the entry."""
        return _("Edit “%(title)s”") % {"title": self.row.title} if self.row else self.new_title
