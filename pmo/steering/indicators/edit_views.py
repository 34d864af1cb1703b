"""Pages that change indicators; an imported table is confirmed before it is written."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.access import ensure, reader
from core.pages.form_views import UNPROCESSABLE, Text, post_data
from core.pages.refusals.views import Conflict, conflict
from pmo.steering.indicators import services
from pmo.steering.indicators.forms import IndicatorForm, IndicatorReadingForm, ReadingsForm
from pmo.steering.indicators.imports import Checked, check_rows
from pmo.steering.indicators.models import Indicator, IndicatorReading
from projects.form_views import RowActView, RowFormView
from projects.models import Project
from projects.shortcuts import get_project_or_404


class IndicatorFormView(RowFormView):
    """Add an indicator, change it or retire it."""

    model = Indicator
    pk_url_kwarg = "steering_id"
    permission = "pmo.follow_indicators"
    back_label = _("Indicators")
    back_url_name = "pmo:indicators:steering_indicators"
    form_class = IndicatorForm
    service = services.write_indicator
    new_title = _("Follow an indicator")
    lede = _("Describe what the indicator measures, then enter the values where it turns amber and red.")
    button = _("Save the indicator")
    done = _("The indicator is saved.")

    def get_title(self) -> Text:
        """Return the title; that of a change contains the code."""
        return _("Edit indicator %(code)s") % {"code": self.row.code} if self.row else self.new_title


class IndicatorReadingFormView(RowActView):
    """Add a reading of an indicator."""

    model = Indicator
    pk_url_kwarg = "steering_id"
    permission = "pmo.follow_indicators"
    back_label = _("Indicators")
    back_url_name = "pmo:indicators:steering_indicators"
    form_class = IndicatorReadingForm
    lede = _("To correct a value, add another one for the same day. The last one counts. Both are kept.")
    button = _("Add the value")
    done = _("The value is added.")

    def get_title(self) -> Text:
        return _("Add a value of %(code)s") % {"code": self.row.code}

    def get_quote(self) -> Text:
        name: str = self.row.name
        return name

    def act(self, data: dict[str, Any]) -> IndicatorReading:
        return services.add_indicator_reading(actor=self.actor, indicator=self.row, **data)


@require_POST
def steering_catalogue(request: HttpRequest, code: str) -> HttpResponse:
    """Add the default indicators that the project lacks."""
    project = get_project_or_404(request, code)
    ensure(request.user, "pmo.follow_indicators", project)
    try:
        rows = services.add_catalogue(actor=reader(request), project=project)
    except services.KnownAlready:
        title, text = _("The project has them all"), _("Every indicator of the catalogue is there already.")
        return conflict(request, Conflict(title, text, _indicators_url(project), _("Read the indicators")))
    message = ngettext("%(n)s indicator is added.", "%(n)s indicators are added.", len(rows))
    messages.success(request, message % {"n": len(rows)})
    return redirect(_indicators_url(project))


@require_POST
def steering_compute(request: HttpRequest, code: str) -> HttpResponse:
    """Record today's values of the computed indicators."""
    project = get_project_or_404(request, code)
    ensure(request.user, "pmo.follow_indicators", project)
    try:
        rows = services.record_computed(actor=reader(request), project=project)
    except services.NothingToCompute:
        title, text = _("There is nothing to add"), _("Today's values are already saved, or nothing can be computed.")
        return conflict(request, Conflict(title, text, _indicators_url(project), _("Read the indicators")))
    message = ngettext("%(n)s value is saved.", "%(n)s values are saved.", len(rows))
    messages.success(request, message % {"n": len(rows)})
    return redirect(_indicators_url(project))


@require_http_methods(["GET", "POST"])
def steering_import(request: HttpRequest, code: str) -> HttpResponse:
    """Check an uploaded table line by line, and record it after confirmation."""
    project = get_project_or_404(request, code)
    ensure(request.user, "pmo.follow_indicators", project)
    form = ReadingsForm(post_data(request), request.FILES if request.method == "POST" else None)
    if not form.is_valid():
        return _import_page(request, project, form, None)
    checked = check_rows(project, form.rows)
    if checked.problems or request.POST.get("step") != "record":
        return _import_page(request, project, ReadingsForm(), checked)
    try:
        rows = services.import_readings(actor=reader(request), project=project, readings=checked.readings)
    except ValidationError as error:
        form.add_error(None, error)
        return _import_page(request, project, form, None)
    message = ngettext("%(n)s value is saved.", "%(n)s values are saved.", len(rows))
    messages.success(request, message % {"n": len(rows)})
    return redirect(_indicators_url(project))


def _import_page(request: HttpRequest, project: Project, form: ReadingsForm, checked: Checked | None) -> HttpResponse:
    context = {"project": project, "form": form, "found": checked}
    status = UNPROCESSABLE if form.errors or (checked and checked.problems) else 200
    return render(request, "pmo/steering/indicators/steering_import.html", context, status=status)


def _indicators_url(project: Project) -> str:
    return reverse("pmo:indicators:steering_indicators", args=[project.code])
