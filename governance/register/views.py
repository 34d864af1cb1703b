"""Decision register: every answer of the owner in order. Generated from the records, never typed."""

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from core.pagination import page_before
from governance.decisions.models import DecisionQuerySet, SealBreak
from governance.enums import Outcome
from governance.notary.timestamps import NEWEST, read_stamp
from governance.verification.badge import get_badge
from projects.models import LedgerEvent, Project


@require_GET
def register(request: HttpRequest, code: str) -> HttpResponse:
    """List the decisions of a project, newest first, filtered by the outcome in the query string."""
    project = get_object_or_404(_with_figures(Project.objects.visible_to(request.user)), code=code)
    outcome = request.GET.get("outcome", "")
    decisions = project.decisions.filter(outcome=outcome) if outcome in Outcome.values else project.decisions.all()
    page = page_before(request, _load_entries(decisions), "number", size=15)
    counts = [(value, label, getattr(project, value)) for value, label in Outcome.choices]
    context = {
        "project": project,
        "page": page,
        "outcome": outcome,
        "outcomes": counts,
        "badge": get_badge(project),
        "stamp": read_stamp(project.stamp_number, project.stamp_made_at, project.stamp_token),
        "total": sum(count for _, _, count in counts),
    }
    return render(request, "governance/register/register.html", context)


#: Columns an entry shows; the rows hold long texts, which are not loaded.
SHOWN = (
    "number",
    "project",
    "outcome",
    "reasons",
    "return_on",
    "waived",
    "impossible",
    "signature",
    "factors",
    "factor_since",
    "passkey",
    "acted_at",
    "recorded_at",
    "entered_afterwards",
    "merged_into",
    "revision__title",
    "mandate__role__name_fr",
    "mandate__role__name_en",
    "mandate__holder__name",
    "mandate__holder__title",
    "delegation__mandate",
    "supersedes__number",
    "superseded_by__number",
    "superseded_by__supersedes",
    "project__prefix",
    "project__state",
    "supersedes__project__prefix",
    "superseded_by__project__prefix",
    "disputed__decision",
    "disputed__acted_at",
)


def _load_entries(decisions: DecisionQuerySet) -> DecisionQuerySet:
    """Load what an entry shows: title, capacity, opinions, conditions, ledger event, later changes, reviews."""
    breaks = Prefetch("breaks", SealBreak.objects.select_related("review"))
    return (
        decisions.with_event()
        .select_related(
            "project",
            "revision",
            "mandate__role",
            "mandate__holder",
            "delegation",
            "supersedes__project",
            "superseded_by__project",
            "disputed",
        )
        .only(*SHOWN)
        .prefetch_related("conditions", breaks, "revision__opinions")
    )


def _with_figures(projects: QuerySet[Project]) -> QuerySet[Any]:
    """Annotate the decisions of each outcome, under its name, the last ledger event and the newest time stamp."""
    last = LedgerEvent.objects.filter(project=OuterRef("pk")).order_by("-seq")
    return projects.annotate(
        **{value: Count("decisions", filter=Q(decisions__outcome=value)) for value in Outcome.values},
        last_seq=Subquery(last.values("seq")[:1]),
        last_hash=Subquery(last.values("hash")[:1]),
        last_recorded_at=Subquery(last.values("recorded_at")[:1]),
        **NEWEST,
    )
