"""Page of the indicators of a project."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.access import can
from pmo.steering.indicators import queries
from pmo.steering.indicators.catalogue import CATALOGUE
from projects.shortcuts import get_project_or_404


@require_GET
def steering_indicators(request: HttpRequest, code: str) -> HttpResponse:
    """Show the indicators in use by aspect, their count per colour, and the retired ones."""
    project = get_project_or_404(request, code)
    known = queries.list_lines(project)
    in_use = [line for line in known if not line.indicator.retired]
    context = {
        "project": project,
        "may_follow": can(request.user, "pmo.follow_indicators", project),
        "lines": in_use,
        "retired": [line for line in known if line.indicator.retired],
        "lights": queries.count_lights(in_use),
        "lacks_some": not {default.computed for default in CATALOGUE} <= {line.indicator.computed for line in known},
        "computes_some": any(line.indicator.computed for line in in_use),
    }
    return render(request, "pmo/steering/indicators/steering_indicators.html", context)
