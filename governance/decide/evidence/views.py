"""Pages of the documents of a project and of a working text, and downloads."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import can, ensure, reader
from core.pages.lists.exports import export, is_export
from core.pages.lists.pages import build_page
from core.pages.refusals.views import Conflict, conflict
from governance.decide.evidence.attachments import MOST_FILES, Attachments, attach, detach, list_attached, load_versions
from governance.decide.evidence.downloads import serve_version
from governance.decide.evidence.forms import AddForm, AttachForm, ReplaceForm
from governance.decide.evidence.listing import build_listing
from governance.decide.evidence.seals import find_sealing_decisions
from governance.decide.evidence.services import add_document, replace_document
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.services import Outdated, edit
from governance.enums import Act
from governance.workflow import WrongState
from projects.models import Document, DocumentVersion, Project

UNPROCESSABLE = 422
LONGEST_CHOICE = 500
#: Limit of decisions listed on the page that replaces a document.
MOST_SEALS = 20


# — files of a working text —


@require_http_methods(["GET", "POST"])
def proposal_evidence(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """List the files of the working text; POST adds a document to the project and attaches it."""
    proposal = _get_editable(request, proposal_id)
    form = AddForm(*_get_posted(request))
    if not _has_room(form, proposal):
        return _render_evidence(request, proposal, form=form)
    try:
        return _attach(request, proposal, lambda: _add(request, proposal.project, form))
    except ValidationError as error:
        form.add_error("name", error)
        return _render_evidence(request, proposal, form=form)


@require_POST
def evidence_attach(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Attach the newest version of a project document; it replaces another version of it."""
    proposal = _get_editable(request, proposal_id)
    form = AttachForm(request.POST, choices=_list_attachable(proposal))
    if not _has_room(form, proposal):
        return _render_evidence(request, proposal, form=AddForm(), attach_form=form)
    newest = DocumentVersion.objects.newest().select_related("document")
    return _attach(request, proposal, lambda: newest.get(document=form.cleaned_data["document"]))


@require_POST
def evidence_detach(request: HttpRequest, proposal_id: int, document_id: int) -> HttpResponse:
    """Detach a file from the working text; the document stays with the project."""
    proposal = _get_editable(request, proposal_id)
    return _save(
        request, proposal, lambda attachments: detach(attachments, document_id), _("Removed from the working text.")
    )


@require_http_methods(["GET", "POST"])
def evidence_replace(request: HttpRequest, proposal_id: int, document_id: int) -> HttpResponse:
    """Add the next version of an attached document and attach it to the working text."""
    proposal = _get_editable(request, proposal_id)
    if str(document_id) not in {file["document"] for file in proposal.draft.attachments}:
        raise Http404
    document = Document.objects.select_related("project").get(pk=document_id)
    return _replace(request, document, lambda replace: _attach(request, proposal, replace), proposal)


def _get_editable(request: HttpRequest, proposal_id: int) -> Proposal:
    """Return the proposal if the reader may edit its working text now."""
    files = Proposal.objects.visible_to(request.user).select_related("project", "current", "draft")
    proposal = get_object_or_404(files, pk=proposal_id)
    ensure(request.user, "governance.edit", proposal)
    if not proposal.allows(Act.EDIT):
        raise WrongState(Act.EDIT, proposal.state)
    return proposal


def _has_room(form: AddForm | AttachForm, proposal: Proposal) -> bool:
    """Return whether the form is valid and the working text can take one more file."""
    if not form.is_valid():
        return False
    others = detach(proposal.draft.attachments, int(form.cleaned_data.get("document", 0)))
    if len(others) >= MOST_FILES:
        form.add_error(None, _("A proposal has at most %(most)s files: take one off first.") % {"most": MOST_FILES})
    return form.is_valid()


def _attach(request: HttpRequest, proposal: Proposal, version: Callable[[], DocumentVersion]) -> HttpResponse:
    """Attach the version that `version` returns. Both are recorded or neither."""
    return _save(
        request, proposal, lambda attachments: attach(attachments, version()), _("Attached to the working text.")
    )


def _save(
    request: HttpRequest, proposal: Proposal, change: Callable[[Attachments], Attachments], done: str
) -> HttpResponse:
    """Save the attachments that `change` returns, at the version of the working text the reader saw."""
    link = reverse("governance:evidence:proposal_evidence", args=[proposal.pk])
    told = request.POST.get("version", "")
    version = int(told) if re.fullmatch("[0-9]{1,9}", told) else -1
    try:
        with transaction.atomic():
            content = {"attachments": change(proposal.draft.attachments)}
            edit(actor=reader(request), proposal=proposal, version=version, content=content)
    except (Outdated, WrongState):
        text = _("The proposal was saved or submitted since you opened the page. No file was added or removed.")
        title = _("The working text changed meanwhile")
        return conflict(request, Conflict(title, text, link, _("See the files as they are now")))
    messages.success(request, done)
    return redirect(link)


def _list_attachable(proposal: Proposal) -> list[tuple[str, str]]:
    """List the (number, label) of documents not attached, or attached in an older version."""
    attachments = {(file["document"], file["version"]) for file in proposal.draft.attachments}
    newest = DocumentVersion.objects.newest().filter(document__project=proposal.project).select_related("document")
    files = [version.attachment() for version in newest.order_by("document__name")[:LONGEST_CHOICE]]
    return [
        (file["document"], _("%(name)s, version %(version)s") % file)
        for file in files
        if (file["document"], file["version"]) not in attachments
    ]


def _render_evidence(
    request: HttpRequest, proposal: Proposal, *, form: AddForm, attach_form: AttachForm | None = None
) -> HttpResponse:
    choices = _list_attachable(proposal)
    context = {
        "proposal": proposal,
        "project": proposal.project,
        "files": list_attached(proposal.draft, load_versions(proposal.draft)),
        "form": form,
        "attach_form": attach_form or AttachForm(choices=choices),
        "attachable": bool(choices),
    }
    failed = form.is_bound or attach_form is not None
    return render(
        request, "governance/decide/evidence/proposal_evidence.html", context, status=UNPROCESSABLE if failed else 200
    )


# — documents of a project —


@require_http_methods(["GET", "POST"])
def project_documents(request: HttpRequest, code: str) -> HttpResponse:
    """List the documents of a project that the query string asks for; POST adds one."""
    project = get_object_or_404(Project.objects.visible_to(request.user), code=code)
    form = AddForm(*_get_posted(request))
    if request.method == "POST":
        ensure(request.user, "governance.add_document", project)
    if form.is_valid():
        try:
            version = _add(request, project, form)
        except ValidationError as error:
            form.add_error("name", error)
        else:
            told = {"name": version.document}
            messages.success(request, _("“%(name)s” is added to the documents of the project.") % told)
            return redirect("governance:evidence:project_documents", code=project.code)
    may_add = can(request.user, "governance.add_document", project)
    listing, asked = build_listing(project, request.GET, may_replace=may_add)
    if is_export(listing):
        return export(listing, title=_("Documents"), of=f"{project.code} · {project.title}", stem=project.code)
    context = {
        "project": project,
        "page": build_page(listing),
        "asked": asked,
        "form": form,
        "may_add": may_add,
    }
    return render(
        request,
        "governance/decide/evidence/project_documents.html",
        context,
        status=UNPROCESSABLE if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def document_replace(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show which decisions rest on a document, then add its next version."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("project"), pk=document_id)
    ensure(request.user, "governance.replace_document", document)

    def save(replace: Callable[[], DocumentVersion]) -> HttpResponse:
        told = {"name": document, "number": replace().number}
        messages.success(request, _("“%(name)s” has its version %(number)s.") % told)
        return redirect("governance:evidence:project_documents", code=document.project.code)

    return _replace(request, document, save)


@require_GET
def document_version(request: HttpRequest, document_id: int, number: int) -> HttpResponse:
    """Download one version, which the browser saves and never displays."""
    versions = DocumentVersion.objects.visible_to(request.user).defer(None)
    version = get_object_or_404(versions, document=document_id, number=number)
    link = reverse("governance:evidence:project_documents", args=[version.document.project.code])
    return serve_version(request, version, link, _("See the documents of the project"))


def _get_posted(request: HttpRequest) -> tuple[Any, ...]:
    """Return the posted data and files as form arguments; empty on GET."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _add(request: HttpRequest, project: Project, form: AddForm) -> DocumentVersion:
    data = form.cleaned_data
    return add_document(actor=reader(request), project=project, name=data["name"], upload=data["file"])


def _replace(
    request: HttpRequest,
    document: Document,
    save: Callable[[Callable[[], DocumentVersion]], HttpResponse],
    proposal: Proposal | None = None,
) -> HttpResponse:
    """Render the form of the next version; `save` records it and returns the response."""
    form = ReplaceForm(*_get_posted(request))
    if form.is_valid():
        data = form.cleaned_data
        try:
            return save(
                lambda: replace_document(actor=reader(request), document=document, upload=data["file"], why=data["why"])
            )
        except ValidationError as error:
            form.add_error("file", error)
    context = {
        "project": document.project,
        "document": document,
        "present": document.versions.select_related("added_by").latest("number"),
        "sealing": find_sealing_decisions(document)[:MOST_SEALS],
        "proposal": proposal,
        "form": form,
    }
    return render(
        request,
        "governance/decide/evidence/document_replace.html",
        context,
        status=UNPROCESSABLE if form.is_bound else 200,
    )
