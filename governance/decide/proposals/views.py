"""Pages to list, create and edit proposals."""

from collections.abc import Mapping
from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.access import can, ensure, reader
from core.forms import forget_errors
from core.pages.conflicts import find_change, merge_form, merge_rows, show_saved
from core.pages.drafts.views import drafted, is_about_draft, is_saving, read_draft, save_draft
from core.pages.lists.exports import export, is_export
from core.pages.lists.pages import build_page
from core.pages.refusals.views import Conflict, conflict
from governance.decide.grounds.queries import offer_to_replace
from governance.decide.proposals.forms import Gap, Section, WorkingText
from governance.decide.proposals.listing import build_listing
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.queries import explain_not_offered, list_kinds, may_counter
from governance.decide.proposals.services import NoCounter, Outdated, draft, edit
from governance.enums import APPROVALS, Act
from governance.workflow import WrongState
from projects.models import Project
from projects.shortcuts import get_project_or_404
from roles.unsent.posts import is_unsent

CONFLICT, UNPROCESSABLE = 409, 422
LONGEST_CHOICE = 200


@require_GET
def proposal_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the proposals of a project that the query string asks for, the newest first."""
    project = get_project_or_404(request, code)
    listing, asked = build_listing(project, request.user, request.GET)
    if is_export(listing):
        return export(listing, title=_("Proposals"), of=f"{project.code} · {project.title}", stem=project.code)
    context = {
        "project": project,
        "page": build_page(listing),
        "asked": asked,
        "may_propose": can(request.user, "governance.propose", project),
    }
    return render(request, "governance/decide/proposals/proposal_list.html", context)


@require_http_methods(["GET", "POST"])
@drafted
def proposal_new(request: HttpRequest, code: str) -> HttpResponse:
    """Open a proposal with its first working text."""
    project = get_project_or_404(request, code)
    ensure(request.user, "governance.propose", project)
    kinds = [kind.code for kind in list_kinds(request.user, project)]
    text = WorkingText(_posted(request), project, kinds, _list_approvals(project), address=request.GET.dict())
    if is_saving(request):
        return _save_draft(request, text)
    asked = request.GET.get("kind", "")
    if request.method == "GET" and asked and asked not in kinds:
        messages.warning(request, explain_not_offered(asked, project))
    if not _is_complete(request, text):
        return _render_form(request, project, None, text)
    proposal = draft(
        actor=reader(request), project=project, kind=text.kind, content=text.content(), replaces_id=text.replaces_id
    )
    messages.success(request, _("Draft saved. Only your role sees it until it is submitted."))
    return redirect(proposal)


@require_http_methods(["GET", "POST"])
@drafted
def proposal_counter(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Open another proposal on the question of one that waits for its answer."""
    files = Proposal.objects.visible_to(request.user).select_related("project", "current", "draft")
    other = get_object_or_404(files, pk=proposal_id)
    project = other.project
    ensure(request.user, "governance.propose", Proposal(project=project, kind=other.kind))
    text = WorkingText(_posted(request), project, [other.kind], _list_approvals(project), counter_to=other)
    if is_saving(request):
        return _save_draft(request, text)
    if not may_counter(request.user, other):
        return _render_no_counter(request, other, text)
    if not _is_complete(request, text):
        return _render_form(request, project, None, text, counter_to=other)
    content = text.content()
    try:
        proposal = draft(actor=reader(request), project=project, kind=other.kind, content=content, counter_to=other)
    except NoCounter:
        return _render_no_counter(request, other, text)
    messages.success(request, _("Draft saved. Only your role sees it until it is submitted."))
    return redirect(proposal)


@require_http_methods(["GET", "POST"])
@drafted
def proposal_edit(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Edit the working text; the current revision stays until the next submission."""
    files = Proposal.objects.visible_to(request.user).select_related("project", "current", "draft")
    proposal = get_object_or_404(files, pk=proposal_id)
    ensure(request.user, "governance.edit", proposal)
    project = proposal.project
    kinds = [*[kind.code for kind in list_kinds(request.user, project)], proposal.kind]
    approvals = _list_approvals(project)
    text = WorkingText(_posted(request), project, kinds, approvals, proposal)
    if not proposal.allows(Act.EDIT):
        if request.method == "GET":
            raise WrongState(Act.EDIT, proposal.state)
        return _render_outdated(request, proposal, text)
    if is_saving(request):
        return _save_draft(request, text)
    if not _is_complete(request, text):
        return _render_form(request, proposal.project, proposal, text)
    try:
        edit(
            actor=reader(request),
            proposal=proposal,
            version=text.version,
            content=text.content(),
            kind=text.kind,
            replaces_id=text.replaces_id,
        )
    except Outdated:
        proposal = files.get(pk=proposal.pk)
        merged = _merge(request.POST.copy(), proposal, kinds, approvals, text.version)
        return _render_form(request, project, proposal, merged, CONFLICT)
    except WrongState:
        return _render_outdated(request, proposal, text)
    messages.success(request, _("Working text saved."))
    return redirect(proposal)


def _list_approvals(project: Project) -> list[tuple[str, str]]:
    """List the (number, label) of approvals that another decision may replace, lapsed ones included.

    Decisions of the time before Ouvrage follow, by their reference.
    """
    approvals = project.decisions.filter(outcome__in=APPROVALS, superseded_by=None)
    rows = approvals.select_related("project", "revision").order_by("-number")[:LONGEST_CHOICE]
    labels = [(str(decision.pk), f"{decision.reference} · {decision.revision.title}") for decision in rows]
    return [*labels, *offer_to_replace(project)]


def _is_read_only(request: HttpRequest) -> bool:
    """Return whether the request only reads the page."""
    return is_about_draft(request) or bool({"add_option", "choose_kind", "check"} & set(request.POST))


def _save_draft(request: HttpRequest, text: WorkingText) -> HttpResponse:
    """Save the draft; the page shows again what is missing."""
    text.is_valid()
    sections = text.sections()
    shown = {"gaps": render_to_string("governance/decide/proposals/_gaps.html", {"gaps": _list_gaps(sections)})}
    for key, section in sections.items():
        shown[f"state-{key}"] = render_to_string("governance/decide/proposals/_gap_count.html", {"gaps": section.gaps})
    return save_draft(request, *text.parts, shown=shown)


def _list_gaps(sections: Mapping[str, Section]) -> list[Gap]:
    return [gap for section in sections.values() for gap in section.gaps]


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _is_complete(request: HttpRequest, text: WorkingText) -> bool:
    """Return whether a valid text was posted to be saved, not just to add a row, change the kind or use a draft."""
    if request.method == "GET":
        return False
    is_valid = text.is_valid()
    if _is_read_only(request) or is_unsent(request):
        forget_errors(*text.parts)
        return False
    return is_valid


def _merge(
    data: QueryDict, proposal: Proposal, kinds: list[str], approvals: list[tuple[str, str]], seen: int
) -> WorkingText:
    """Fill the form with what was typed at the version `seen` and with what somebody else saved meanwhile."""
    now = WorkingText(None, proposal.project, kinds, approvals, proposal)
    before = None
    if version := proposal.draft.history.filter(version=seen).last():
        opened = copy(proposal)
        opened.draft = version.instance
        before = WorkingText(None, proposal.project, kinds, approvals, opened)
    saved = merge_form(data, before.form if before else None, now.form)
    rows = merge_rows(data, before.options if before else None, now.options)
    terms = merge_form(data, before.terms if before else None, now.terms) if now.terms else {}
    merged = WorkingText(data, proposal.project, kinds, approvals, proposal)
    forget_errors(*merged.parts)
    show_saved(merged.form, saved, find_change(proposal.draft))
    for form, row in zip(merged.options.forms, rows, strict=False):
        show_saved(form, row)
    if merged.terms:
        show_saved(merged.terms, terms)
    return merged


def _render_form(
    request: HttpRequest,
    project: Project,
    proposal: Proposal | None,
    text: WorkingText,
    status: int = 0,
    counter_to: Proposal | None = None,
) -> HttpResponse:
    failed = request.method == "POST" and not (_is_read_only(request) or is_unsent(request))
    sections = text.sections()
    context = {
        "project": project,
        "proposal": proposal,
        "counter_to": counter_to,
        "form": text.form,
        "options": text.options,
        "rows": text.rows(),
        "about": text.about,
        "terms": text.terms,
        "text": text,
        "sections": sections,
        "gaps": _list_gaps(sections),
        "parts": text.parts,
        "form_draft": read_draft(request, request.path, *text.parts),
    }
    status = status or (UNPROCESSABLE if failed else 200)
    return render(request, "governance/decide/proposals/proposal_form.html", context, status=status)


def _render_no_counter(request: HttpRequest, other: Proposal, text: WorkingText) -> HttpResponse:
    """Render the conflict page with the typed text: the question is answered, or the role has a proposal on it."""
    title = _("This question takes no other proposal of your role")
    words = _("It was answered meanwhile, or your role already has a proposal on it.")
    return conflict(
        request, Conflict(title, words, other.get_absolute_url(), _("Read the proposal as it is now"), text.typed())
    )


def _render_outdated(request: HttpRequest, proposal: Proposal, text: WorkingText) -> HttpResponse:
    """Render the conflict page with the typed text: someone else saved meanwhile."""
    title = _("The working text changed while you were writing")
    words = _("It was saved or submitted since you opened it. Your text is below.")
    link, label = proposal.get_absolute_url(), _("Read the text as it is now")
    return conflict(request, Conflict(title, words, link, label, text.typed()))
