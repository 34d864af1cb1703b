"""Page of the weather: computed today, published reports."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from pmo.weather import queries, services
from pmo.weather.calculation import Computed, compute_weather
from pmo.weather.forms import WeatherForm
from pmo.weather.models import WeatherReport
from projects.form_views import ProjectFormView
from projects.shortcuts import get_project_or_404


@require_GET
def weather(request: HttpRequest, code: str) -> HttpResponse:
    """Show today's computed weather with explanations, and the last twelve months."""
    project = get_project_or_404(request, code)
    computed = compute_weather(project)
    months = queries.list_months(project)
    newest = next((cell for cell in months if cell.report), None)
    context = {
        "project": project,
        "may_publish": can(request.user, "pmo.publish_weather", project),
        "lines": queries.list_aspects(computed),
        "computed": queries.parse_sky(computed.overall),
        "months": months,
        "newest": newest,
        "is_published": bool(months[0].report),
        "published_lines": queries.list_published_aspects(newest.report) if newest and newest.report else [],
    }
    return render(request, "pmo/weather/weather.html", context)


class WeatherFormView(ProjectFormView):
    """Publish the weather of this month."""

    permission = "pmo.publish_weather"
    form_class = WeatherForm
    preview_template = "pmo/weather/_weather_preview.html"
    title = _("Publish the weather of this month")
    lede = _("It is computed from the rows of the project. Another report of the month corrects it; both are kept.")
    button = _("Publish the weather")
    done = _("The weather is published.")
    back_label = _("Project weather")
    back_url_name = "pmo:weather:weather"

    @cached_property
    def computed(self) -> Computed:
        """The weather as it is computed now."""
        return compute_weather(self.project)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the computed weather first."""
        return super().get_form_kwargs() | {"computed": self.computed.overall}

    def get_preview(self) -> dict[str, Any]:
        """Return the aspects with their causes, and the last report."""
        newest = queries.latest_reports([self.project]).get(self.project.pk)
        return {
            "lines": queries.list_aspects(self.computed),
            "computed": queries.parse_sky(self.computed.overall),
            "newest": newest,
        }

    def act(self, data: dict[str, Any]) -> WeatherReport:
        """Publish the report."""
        return services.publish_weather(actor=self.actor, project=self.project, **data)
