"""The weather of a project: what is computed today and from what, what was published, and the act of publishing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.one_form import Words, one_form, posted
from governance.visible import visible_project
from governance.weather import reading, services
from governance.weather.computing import compute
from governance.weather.forms import WeatherForm
from roles.access import can, ensure, reader


@require_GET
def weather(request: HttpRequest, code: str) -> HttpResponse:
    """The computed weather of today with what it comes from, and the last twelve months."""
    project = visible_project(request, code)
    found = compute(project)
    months = reading.months_of(project)
    newest = next((cell for cell in months if cell.report), None)
    context = {
        "project": project,
        "may_publish": can(request.user, "governance.publish_weather", project),
        "lines": reading.lines(found),
        "computed": reading.sky_of(found.overall),
        "months": months,
        "newest": newest,
        "is_published": bool(months[0].report),
        "published_lines": reading.published_lines(newest.report) if newest and newest.report else [],
    }
    return render(request, "governance/weather.html", context)


@require_http_methods(["GET", "POST"])
def weather_publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the weather of this month."""
    project = visible_project(request, code)
    ensure(request.user, "governance.publish_weather", project)
    words = Words(
        _("Publish the weather of this month"),
        _("It is computed from the rows of the project. Another report of the month corrects it; both are kept."),
        _("Publish the weather"), _("The weather is published."),
        _("Project weather"), reverse("governance:weather", args=[project.code]),
    )  # fmt: skip
    form = WeatherForm(posted(request), computed=compute(project).overall)

    def run(typed: dict[str, Any]) -> Any:
        return services.publish_weather(actor=reader(request), project=project, **typed)

    return one_form(request, project, form, words, run)
