"""Pages of the decision dossier: the dossier itself, one revision, the history."""

from functools import cache

from django.db.models import BigIntegerField, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.files.papers.files import MEDIA, answer_paper
from core.pages.drafts.views import DraftState, read_draft
from core.pages.lists.neighbours import Neighbours, find_neighbours
from core.pages.pagination import page_before
from core.sql.compiled_sql import AT, READER, CompiledRows, Parameter
from governance.decide.decisions.forms import Answer
from governance.decide.decisions.models import Condition, Decision
from governance.decide.evidence.attachments import load_versions
from governance.decide.independence.queries import with_mark
from governance.decide.kinds.base import find_gaps
from governance.decide.kinds.registry import kind_of
from governance.decide.kinds.snapshots import compare_snapshots, read_snapshots
from governance.decide.opinions.forms import OpinionForm
from governance.decide.proposals.listing import build_listing
from governance.decide.proposals.models import Proposal
from governance.desk.dossier.advices import is_divergent, list_advices
from governance.desk.dossier.comparison import compare_revisions
from governance.desk.dossier.dossier import Dossier, build_dossier
from governance.desk.dossier.paper import build_paper
from governance.desk.dossier.proposed import read_text
from governance.desk.dossier.timeline import build_quoted_entries
from governance.life.actions.given import given_from
from projects.models import LedgerEvent
from projects.shortcuts import fetch_or_404


def get_proposal_or_404(request: HttpRequest, proposal_id: int) -> Proposal:
    """Return the proposal; 404 when absent or hidden from this reader."""
    return fetch_or_404(_statement(), request.user, pk=proposal_id)


@cache
def _statement() -> CompiledRows[Proposal]:
    """Compile the query of a proposal with its current revision, which every page of a dossier runs.

    Gains 3.7 ms of 36 on a dossier.
    """
    rare = (
        "replaces__project",
        "replaces__revision",
        "counter_to__project",
        "counter_to__current",
    )  # no query where there is none
    files = Proposal.objects.visible_to(READER, AT).with_rivals_known().prefetch_related(*rare)
    files = files.select_related("project", "author", "current__binding_opinion", "current__decision", "draft")
    conditions = Condition.objects.filter(decision__proposal=OuterRef(OuterRef("pk"))).values("pk")
    also = Q(source="governance.condition", source_id__in=conditions)
    files = files.annotate(given_actions=given_from("governance.proposal", also))
    return CompiledRows(files.filter(pk=Parameter("pk", BigIntegerField())))


@require_GET
def dossier(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Render the dossier."""
    proposal = get_proposal_or_404(request, proposal_id)
    neighbours = find_neighbours(
        request,
        lambda query: build_listing(proposal.project, request.user, query)[0],
        proposal.pk,
        reverse("governance:proposals:proposal_list", args=[proposal.project.code]),
        lambda pk: reverse("governance:dossier:dossier", args=[pk]),
    )
    return render_dossier(request, proposal, neighbours=neighbours)


@require_GET
def dossier_file(request: HttpRequest, proposal_id: int, kind: str) -> HttpResponse:
    """Return the dossier as its reader sees it, as a file of this `kind`."""
    if kind not in MEDIA:
        raise Http404
    proposal, at = get_proposal_or_404(request, proposal_id), timezone.now()
    paper = build_paper(build_dossier(request.user, proposal), request.user, at)
    stem = f"{proposal.project.code}-{proposal.reference}-{_('Decision file')}"
    return answer_paper(paper, kind, at, stem)


def render_dossier(
    request: HttpRequest,
    proposal: Proposal,
    *,
    status: int = 200,
    answer: Answer | None = None,
    opinion_form: OpinionForm | None = None,
    gaps: dict[str, str] | None = None,
    neighbours: Neighbours | None = None,
) -> HttpResponse:
    """Render the dossier, with the posted forms when an act was refused."""
    shown = build_dossier(request.user, proposal, answer=answer, opinion_form=opinion_form, gaps=gaps)
    is_draft = shown.may["submit"] and shown.revision is None and not gaps
    context = {
        **vars(shown),
        "project": proposal.project,
        "revision": proposal.current,
        "answer": shown.answering.form,
        **_read_drafts(request, shown),
        "to_complete": find_gaps(shown.about, proposal.draft, proposal.project) if is_draft else {},
        "tab": "dossier",
        "neighbours": neighbours,
    }
    return render(request, "governance/desk/dossier/dossier.html", context, status=status)


def _read_drafts(request: HttpRequest, shown: Dossier) -> dict[str, DraftState | None]:
    """Return the drafts of the reader's decision and opinion on the dossier."""
    decide, advise = (
        reverse(f"governance:dossier:proposal_{act}", args=[shown.proposal.pk]) for act in ("decide", "advise")
    )
    answer = shown.answering.form
    return {
        "decision_draft": read_draft(request, decide, *answer.all_parts) if answer else None,
        "opinion_draft": read_draft(request, advise, shown.opinions.form) if shown.may["advise"] else None,
    }


@require_GET
def revision(request: HttpRequest, proposal_id: int, number: int) -> HttpResponse:
    """Render one frozen revision with its opinions and decision.

    The query parameter `with` is the number of the revision to compare with; default: its predecessor.
    """
    proposal = get_proposal_or_404(request, proposal_id)
    compared = compare_revisions(proposal, number, request.GET.get("with", ""))
    frozen = compared.revision
    seats = list(proposal.project.mandates.active().select_related("holder", "role"))
    opinions = list(with_mark(frozen.opinions.select_related("passkey")))
    snapshots = compare_snapshots(read_snapshots(frozen.snapshot, proposal.project.language), [])
    context = {
        "proposal": proposal,
        "project": proposal.project,
        "revision": frozen,
        "proposed": read_text(proposal, frozen, opinions, load_versions(frozen), snapshots),
        "compared": compared,
        "opinions": {"advices": list_advices(proposal, frozen, opinions, seats), "diverge": is_divergent(opinions)},
        "decision": Decision.objects.select_related("project").filter(revision=frozen).first(),
        "about": kind_of(proposal.kind),
        "tab": "history",
    }
    return render(request, "governance/desk/dossier/revision.html", context)


@require_GET
def history(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Render every act on the dossier, newest first, and its revisions."""
    proposal = get_proposal_or_404(request, proposal_id)
    events = LedgerEvent.objects.filter(proposal=proposal).select_related("actor")
    page = page_before(request, events, "seq")
    context = {
        "proposal": proposal,
        "project": proposal.project,
        "entries": build_quoted_entries(page.rows),
        "next_key": page.next_key,
        "revisions": proposal.revisions.select_related("submitted_by", "decision__project").order_by("-number")[:50],
        "tab": "history",
    }
    return render(request, "governance/desk/dossier/history.html", context)
