"""The page of the indicators of a project: each with its colour, its values, and what it is computed from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from governance.indicators import reading
from governance.indicators.catalogue import CATALOGUE
from governance.visible import visible_project
from roles.access import can


@require_GET
def steering_indicators(request: HttpRequest, code: str) -> HttpResponse:
    """The indicators in use, by aspect, with how many are green, amber and red."""
    project = visible_project(request, code)
    found = reading.lines(project)
    computed = {line.indicator.computed for line in found}
    context = {
        "project": project,
        "may_follow": can(request.user, "governance.follow_indicators", project),
        "lines": found,
        "lights": reading.lights(found),
        "lacks_some": any(default.computed not in computed for default in CATALOGUE),
        "computes_some": bool(computed - {""}),
    }
    return render(request, "governance/steering_indicators.html", context)
