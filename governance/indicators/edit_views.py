"""The acts on indicators: a form and one call of a service each; a table of values is confirmed first."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from governance.indicators import services
from governance.indicators.forms import IndicatorForm, IndicatorReadingForm, ReadingsForm
from governance.indicators.importing import Checked, check
from governance.one_form import UNPROCESSABLE, Words, one_form, posted
from governance.planned_form import planned, visible_row
from governance.refusals.views import Conflict, conflict
from governance.visible import visible_project
from projects.models import Indicator, Project
from roles.access import ensure, reader


@require_http_methods(["GET", "POST"])
def steering_indicator_new(request: HttpRequest, code: str) -> HttpResponse:
    """Describe one more indicator."""
    return _indicator(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def steering_indicator_edit(request: HttpRequest, steering_id: int) -> HttpResponse:
    """Change an indicator, or retire it."""
    row = visible_row(request, Indicator, steering_id)
    return _indicator(request, row.project, row)


def _indicator(request: HttpRequest, project: Project, row: Indicator | None) -> HttpResponse:
    ensure(request.user, "governance.follow_indicators", project)
    words = Words(
        _("Change indicator %(code)s") % {"code": row.code} if row else _("Follow an indicator"),
        _("What it measures, which way is better, and from which value on it is green, amber or red."),
        _("Record the indicator"), _("The indicator is recorded."), *_place(project),
    )  # fmt: skip
    return planned(request, project, IndicatorForm, row, words, services.write_indicator)


@require_POST
def steering_catalogue(request: HttpRequest, code: str) -> HttpResponse:
    """Add the default indicators that the project does not have."""
    project = visible_project(request, code)
    ensure(request.user, "governance.follow_indicators", project)
    try:
        rows = services.add_catalogue(actor=reader(request), project=project)
    except services.KnownAlready:
        title, text = _("The project has them all"), _("Every indicator of the catalogue is there already.")
        return conflict(request, Conflict(title, text, _place(project)[1], _("Read the indicators")))
    told = ngettext("%(n)s indicator is added.", "%(n)s indicators are added.", len(rows))
    messages.success(request, told % {"n": len(rows)})
    return redirect(_place(project)[1])


@require_POST
def steering_compute(request: HttpRequest, code: str) -> HttpResponse:
    """Note today's values of the computed indicators."""
    project = visible_project(request, code)
    ensure(request.user, "governance.follow_indicators", project)
    try:
        rows = services.record_computed(actor=reader(request), project=project)
    except services.NothingToCompute:
        title, text = _("There is nothing to note"), _("Today's values are noted already, or nothing can be computed.")
        return conflict(request, Conflict(title, text, _place(project)[1], _("Read the indicators")))
    told = ngettext("%(n)s value is noted.", "%(n)s values are noted.", len(rows))
    messages.success(request, told % {"n": len(rows)})
    return redirect(_place(project)[1])


@require_http_methods(["GET", "POST"])
def steering_reading_add(request: HttpRequest, steering_id: int) -> HttpResponse:
    """Note what an indicator showed."""
    row = visible_row(request, Indicator, steering_id)
    ensure(request.user, "governance.follow_indicators", row)
    words = Words(
        _("Note a value of %(code)s") % {"code": row.code},
        _("A correction is another value of the same day; the last one counts, and both are kept."),
        _("Record the value"), _("The value is recorded."), *_place(row.project), quote=row.name,
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        return services.add_indicator_reading(actor=reader(request), indicator=row, **typed)

    return one_form(request, row.project, IndicatorReadingForm(posted(request)), words, run)


@require_http_methods(["GET", "POST"])
def steering_import(request: HttpRequest, code: str) -> HttpResponse:
    """Read a table of values, show every line with what is wrong with it, and write them once that is confirmed."""
    project = visible_project(request, code)
    ensure(request.user, "governance.follow_indicators", project)
    form = ReadingsForm(posted(request), request.FILES if request.method == "POST" else None)
    if not form.is_valid():
        return _import_page(request, project, form, None)
    found = check(project, form.rows)
    if found.problems or request.POST.get("step") != "record":
        return _import_page(request, project, ReadingsForm(), found)
    try:
        rows = services.import_readings(actor=reader(request), project=project, readings=found.readings)
    except ValidationError as error:
        form.add_error(None, error)
        return _import_page(request, project, form, None)
    told = ngettext("%(n)s value is noted.", "%(n)s values are noted.", len(rows))
    messages.success(request, told % {"n": len(rows)})
    return redirect(_place(project)[1])


def _import_page(request: HttpRequest, project: Project, form: ReadingsForm, found: Checked | None) -> HttpResponse:
    context = {"project": project, "form": form, "found": found}
    status = UNPROCESSABLE if form.errors or (found and found.problems) else 200
    return render(request, "governance/steering_import.html", context, status=status)


def _place(project: Project) -> tuple[str, str]:
    return _("Indicators"), reverse("governance:steering_indicators", args=[project.code])
