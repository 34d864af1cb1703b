"""Page of the place of a project under the owner above, and of the shares of its own budget."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from governance.decide.proposals.queries import list_kinds
from governance.place.priorities.queries import find_priorities
from governance.place.shares.figures import read_figures
from governance.place.shares.models import Share
from governance.place.shares.queries import find_least, list_shares, read_committed, shares_on
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.shortcuts import get_project_or_404

#: Kinds that the page offers to propose.
OFFERED = ("allocation", "component_entry", "component_withdrawal", "prioritisation")


@require_GET
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the owner above has given to a project, and how a portfolio or programme divides its budget."""
    project = get_project_or_404(request, code, Project.objects.select_related("parent"))
    context: dict[str, Any] = {"project": project, "reads_parent": False, "offers": []}
    if project.parent:
        rows = [row for row in list_shares(project.parent) if row.part_id == project.pk]
        least, committed = find_least(rows, project.pk, today()), read_committed([project.pk])[project.pk]
        context |= {
            "held": shares_on(rows, today()).get(project.pk),
            "withdrawn": next((row for row in rows[-1:] if row.is_withdrawn), None),
            "rows": Share.objects.filter(pk__in=[row.pk for row in rows]).select_related("decision__project"),
            "committed": committed,
            "left": None if least is None else least - committed,
            "reads_parent": Project.objects.visible_to(request.user).filter(pk=project.parent.pk).exists(),
        }
    if project.has_parts:
        context["figures"], context["priorities"] = read_figures(project), find_priorities(project)
        context["offers"] = [kind for kind in list_kinds(request.user, project) if kind.code in OFFERED]
    return render(request, "governance/place/place.html", context)
