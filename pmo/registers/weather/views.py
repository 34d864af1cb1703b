"""Page of the weather: computed today, published reports."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can, reader
from core.pages.form_views import Text
from governance.desk.inbox.reader import list_permitted_projects
from pmo.registers.weather import queries, services
from pmo.registers.weather.above import ASPECTS_OF_LEVEL, PAGE_OF_LEVEL
from pmo.registers.weather.calculation import Computed, compute_weather
from pmo.registers.weather.forms import WeatherForm
from pmo.registers.weather.models import WeatherReport
from projects.form_views import ProjectFormView
from projects.models import Project
from projects.shortcuts import get_project_or_404


@require_GET
def weather(request: HttpRequest, code: str) -> HttpResponse:
    """Show today's computed weather with explanations, and the last twelve months."""
    project = get_project_or_404(request, code)
    if page := PAGE_OF_LEVEL.get(project.level):
        return page(request, project)
    computed = compute_weather(project)
    months = queries.list_months(project)
    newest = next((cell for cell in months if cell.report), None)
    context = {
        "project": project,
        "may_publish": can(request.user, "pmo.publish_weather", project),
        "lines": list_lines(request, project, computed),
        "computed": queries.parse_sky(computed.overall),
        "months": months,
        "newest": newest,
        "is_published": bool(months[0].report),
        "published_lines": list_published_lines(project, newest),
    }
    return render(request, "pmo/registers/weather/weather.html", context)


def list_lines(request: HttpRequest, project: Project, computed: Computed) -> Sequence[queries.AspectLine]:
    """List the aspects of a project as computed now, or those of its level."""
    above = ASPECTS_OF_LEVEL.get(project.level)
    return above(project, request.user) if above else queries.list_aspects(computed)


def list_published_lines(project: Project, newest: queries.MonthCell | None) -> list[queries.AspectLine]:
    """List the aspects of the last report of a project; that of a level above stores none."""
    has_aspects = newest and newest.report and not project.has_parts
    return queries.list_published_aspects(newest.report) if has_aspects and newest and newest.report else []


class WeatherFormView(ProjectFormView):
    """Publish the weather of this month."""

    permission = "pmo.publish_weather"
    form_class = WeatherForm
    preview_template = "pmo/registers/weather/_weather_preview.html"
    title: Text = _("Publish the weather of this month")
    lede: Text = _(
        "The weather is computed from the data of the project. To correct a report, publish another one this month."
    )
    button: Text = _("Publish the weather")
    done = _("The weather is published.")
    back_label = _("Project weather")
    back_url_name = "pmo:weather:weather"

    def get_object(self) -> Any:
        project = super().get_object()
        if project.level in PAGE_OF_LEVEL:
            raise Http404
        return project

    @cached_property
    def computed(self) -> Computed:
        """The weather as it is computed now."""
        return compute_weather(self.project)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"computed": self.computed.overall}

    def get_preview(self) -> dict[str, Any]:
        """Return the aspects with their causes, and the last report with its own."""
        newest = queries.latest_reports([self.project]).get(self.project.pk)
        return {
            "lines": list_lines(self.request, self.project, self.computed),
            "computed": queries.parse_sky(self.computed.overall),
            "newest": newest,
            "newest_lines": list_published_lines(self.project, newest),
        }

    def act(self, data: dict[str, Any]) -> WeatherReport:
        return services.publish_weather(actor=self.actor, project=self.project, **data)


def list_round(request: HttpRequest) -> list[Any]:
    """List the projects whose weather the reader publishes."""
    return queries.list_to_publish(list_permitted_projects(reader(request), WeatherFormView.permission))


@require_GET
def weather_round(request: HttpRequest) -> HttpResponse:
    """Redirect to the first project of the reader that lacks the weather of this month. Raises Http404 without any."""
    projects = list_round(request)
    if not projects:
        raise Http404
    first = next((project for project in projects if project.published_on is None), projects[0])
    return redirect("pmo:weather:weather_of_round", first.code)


class WeatherRoundView(WeatherFormView):
    """Publish the weather of one of the reader's projects, then go on to the next."""

    template_name = "pmo/registers/weather/weather_round.html"
    title = _("Publish the weather of my projects")

    @cached_property
    def projects(self) -> list[Any]:
        """List the projects of the round."""
        return list_round(self.request)

    @property
    def missing(self) -> list[Any]:
        """List the projects without the weather of this month."""
        return [project for project in self.projects if project.published_on is None]

    def get_lede(self) -> Text:
        """Return how many projects lack the weather of this month."""
        missing, total = len(self.missing), len(self.projects)
        words = ngettext(
            "%(missing)d of your %(total)d projects lacks the weather of this month.",
            "%(missing)d of your %(total)d projects lack the weather of this month.",
            missing,
        )
        return (
            words % {"missing": missing, "total": total}
            if missing
            else gettext("The weather of all your projects is published.")
        )

    def get_button(self) -> Text:
        """Return the text of the button; after the last project nothing is next."""
        return _("Publish and next") if self.has_next else self.button

    @property
    def has_next(self) -> bool:
        """Whether another project lacks the weather of this month."""
        return any(row != self.project for row in self.missing)

    def get_success_url(self, result: WeatherReport) -> str:
        """Return the URL of the next project; after the last one that of its weather."""
        return reverse("pmo:weather:weather_round") if self.has_next else self.get_back_url()
