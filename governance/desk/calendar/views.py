"""My calendar: a month, its days as a list, or the roadmap of a year, over all projects of the reader."""

from collections import Counter
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from core.access import reader
from governance.desk.calendar.models import CalendarFeed
from governance.desk.calendar.months import (
    YEAR,
    draw_roadmap,
    lay_out,
    list_days,
    list_weeks,
    read_month,
    shift_month,
    span_month,
)
from governance.desk.calendar.queries import list_entries, list_kinds, list_projects
from governance.desk.calendar.services import build_feed_url
from projects.models import Project
from projects.organisation_settings.queries import today

MONTH, LIST, ROADMAP = "", "list", "year"
VIEWS = {
    MONTH: pgettext_lazy("calendar", "Month"),
    LIST: pgettext_lazy("calendar", "List"),
    ROADMAP: pgettext_lazy("calendar", "Roadmap of the year"),
}


@require_GET
def my_calendar(request: HttpRequest) -> HttpResponse:
    """Show the month of the query string, the current one by default, as it is filtered there."""
    user, month = reader(request), read_month(request.GET.get("month", ""))
    view = request.GET.get("view", "") if request.GET.get("view") in VIEWS else MONTH
    projects = list_projects(user)
    code = request.GET.get("project", "")
    chosen = _list_below(code, projects) if any(project.code == code for project in projects.values()) else projects
    kinds = [kind for kind in list_kinds() if kind.is_planned or view != ROADMAP]
    listed = list_entries(user, _find_span(view, month), chosen, [kind.name for kind in kinds])
    if chosen is not projects:
        listed = [entry for entry in listed if entry.project]
    counts = Counter(entry.kind.name for entry in listed)
    kind = request.GET.get("kind", "") if request.GET.get("kind") in {one.name for one in kinds} else ""
    entries = [entry for entry in listed if kind in {"", entry.kind.name}]
    known = CalendarFeed.objects.filter(person=user).select_related("person").first()
    step = YEAR if view == ROADMAP else 1
    context = {
        "view": view,
        "views": VIEWS.items(),
        "month": month,
        "before": shift_month(month, -step),
        "after": shift_month(month, step),
        "today": today(),
        "kinds": [(one, counts[one.name]) for one in kinds if counts[one.name] or one.name == kind],
        "kind": kind,
        "whole": len(listed),
        "code": code if chosen is not projects else "",
        "projects": projects.values(),
        "total": len(entries),
        "feed": known,
        "feed_url": request.build_absolute_uri(build_feed_url(known)) if known else "",
        **_lay_out(view, month, entries, chosen),
    }
    return render(request, "governance/desk/calendar/calendar.html", context)


def _list_below(code: str, projects: dict[int, Project]) -> dict[int, Project]:
    """Return the project of this code with those that are part of it."""
    top = next(pk for pk, project in projects.items() if project.code == code)

    def is_below(project: Project) -> bool:
        parent = projects.get(project.parent_id or 0)
        return project.pk == top or project.parent_id == top or (parent is not None and parent.parent_id == top)

    return {pk: project for pk, project in projects.items() if is_below(project)}


def _find_span(view: str, month: date) -> tuple[date, date]:
    if view == ROADMAP:
        return date(month.year, 1, 1), date(month.year, 12, 31)
    if view == LIST:
        return span_month(month)
    weeks = list_weeks(month)
    return weeks[0][0], weeks[-1][-1]


def _lay_out(view: str, month: date, entries: list[Any], projects: dict[int, Project]) -> dict[str, Any]:
    """Return what the template of a view shows."""
    if view == ROADMAP:
        year = [date(month.year, number, 1) for number in range(1, YEAR + 1)]
        return {"months": year, "roads": draw_roadmap(projects, entries)}
    if view == LIST:
        return {"by_day": list_days(span_month(month), entries)}
    return {"heads": list_weeks(month)[0], "days": lay_out(month, entries)}
