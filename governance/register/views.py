"""The decision register: every answer of the owner, in order, in their own words. Generated, never typed."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from governance.enums import Outcome
from governance.models import Decision, LedgerEvent
from governance.paging import page_before
from projects.models import Project


@require_GET
def register(request: HttpRequest, code: str) -> HttpResponse:
    """The decisions of a project, newest first, filtered by outcome from the address."""
    project = get_object_or_404(Project.objects.visible_to(request.user), code=code)
    decisions = Decision.objects.filter(project=project)
    outcome = request.GET.get("outcome", "")
    counts = dict(decisions.order_by().values_list("outcome").annotate(Count("pk")))
    shown = decisions.filter(outcome=outcome) if outcome in Outcome.values else decisions
    found = page_before(request, shown.with_record(), "number", size=15)
    events = LedgerEvent.objects.filter(
        subject=Decision._meta.label_lower, subject_id__in=[decision.pk for decision in found.rows]
    )
    by_decision = {event.subject_id: event for event in events}
    context = {
        "project": project,
        "rows": [(decision, by_decision[decision.pk]) for decision in found.rows],
        "next_key": found.next_key,
        "outcome": outcome,
        "outcomes": [(value, label, counts.get(value, 0)) for value, label in Outcome.choices],
        "total": sum(counts.values()),
        "last_event": LedgerEvent.objects.filter(project=project).order_by("-seq").first(),
    }
    return render(request, "governance/register.html", context)
