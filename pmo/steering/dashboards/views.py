"""Dashboards of projects, programmes and portfolios, the lists behind their figures, and exports."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.access import reader
from core.pages.lists.exports import export, is_export
from core.pages.lists.pages import BaseListing, build_page
from governance.desk.inbox.queries import read_progress
from governance.desk.inbox.reader import list_permitted_projects
from pmo.registers.risks.queries import count_heat_and_red
from pmo.registers.weather.queries import list_last_months
from pmo.standards.conformity.enums import FAILED, Standing
from pmo.standards.conformity.queries import CheckpointStanding
from pmo.standards.waivers.queries import ends_within
from pmo.steering.dashboards import chart, decision_charts, exports, figures, register_charts, role_charts
from pmo.steering.dashboards.drilldown import LISTINGS
from pmo.steering.dashboards.duties import progress_of_night
from pmo.steering.dashboards.figure_rows import ENDS_SOON, GAPS, list_standings
from pmo.steering.dashboards.figures import goal_days
from pmo.steering.dashboards.filter_labels import list_labels
from pmo.steering.dashboards.heatmaps import WEATHERS, build_heat_map, list_weather
from pmo.steering.dashboards.nodes import Asked, load_nodes
from pmo.steering.dashboards.obligation_listing import build_obligation_listing
from pmo.steering.dashboards.obligations import count_by_role, list_with_red
from pmo.steering.dashboards.overview import Number, load_consolidated, load_exposure, load_overview
from pmo.steering.dashboards.scope import PERIODS, Scope, list_url
from pmo.steering.dashboards.today import load_today
from pmo.steering.dashboards.workload import list_loads, list_weeks
from pmo.steering.levels.figures import Loaded, build_group
from pmo.steering.levels.roll_up import build_roll_up
from pmo.steering.levels.state import build_state
from projects.enums import Level, Workspace
from projects.models import Project
from projects.seats.mandates.seats import seats_of
from projects.shortcuts import get_project_or_404
from projects.workspaces import SwitchedOff
from roles.models import User

#: Most rows of a table of the page. Exports hold all of them.
LISTED = 60


@require_GET
def dashboard(request: HttpRequest, code: str) -> HttpResponse:
    """Show pending decisions, time to decide and held roles; of a group first what to act on, and its projects."""
    scope = Scope.of(request, get_project_or_404(request, code))
    kind = request.GET.get("export")
    if kind == "pdf":
        return exports.export_dashboard(kind, load_consolidated(scope))
    board = load_overview(scope)
    projects = [line.project for line in board.lines]
    obligations, red = list_with_red(board.scope, projects) if scope.is_group else ([], [])
    nodes = load_nodes(board.scope, board.lines, obligations) if scope.is_group else []
    if kind in exports.TABLES:
        return exports.export_dashboard(kind, board, nodes)
    context = _frame(scope, board.choices())
    context |= {"board": board, "numbers": board.numbers(), "pictures": board.drawn}
    if scope.is_group:
        asked = Asked.read(request.GET)
        wanted = asked.apply(nodes)
        context |= {
            **_describe_level(board.scope, projects),
            "today": load_today(reader(request), board.scope, board.lines, obligations, red),
            "asked": asked,
            "alarms": asked.count_alarms(nodes),
            "nodes": wanted[:LISTED],
            "found": len(wanted),
            "goal": goal_days(),
        }
    return render(request, "pmo/steering/dashboards/dashboard.html", context)


def _describe_level(scope: Scope, projects: Sequence[Project]) -> dict[str, Any]:
    """Return the money of a group from its loaded projects, and the state of a portfolio; none while filtered."""
    if scope.query.keys() & {"within", "owner"} or scope.root not in projects:
        return {"state": None, "money": None}
    group = build_group(scope.root, Loaded(projects), scope.today)
    is_portfolio = scope.root.level == Level.PORTFOLIO
    return {"state": build_state(group) if is_portfolio else None, "money": build_roll_up(group)}


@require_GET
def dashboard_standards(request: HttpRequest, code: str) -> HttpResponse:
    """Show conformity with standards, and waivers in force."""
    scope = Scope.of(request, get_project_or_404(request, code))
    rows, waivers = list_standings(scope), LISTINGS["waivers"].rows(scope, {})
    drawn, listing = [register_charts.chart_standards(scope, rows)], LISTINGS["waivers"].build(waivers, QueryDict(), [])
    if request.GET.get("export") in exports.TABLES:
        return exports.export_charts(request.GET["export"], scope, drawn)
    granted = waivers.aggregate(n=Count("pk"), ending=Count("pk", filter=ends_within(scope.today, ENDS_SOON)))
    numbers = [
        *_conformity(scope, rows),
        Number(_("Waivers in force"), granted["n"], list_url(scope, "waivers")),
        Number(_("Waivers ending within 30 days"), granted["ending"], list_url(scope, "waivers", ending=1)),
    ]
    return render(
        request,
        "pmo/steering/dashboards/dashboard_standards.html",
        _frame(scope)
        | {
            "pictures": drawn,
            "numbers": numbers,
            "waivers": [listing.render_row(row) for row in waivers[:LISTED]],
            "heads": [column.label for column in listing.shown],
        },
    )


def _conformity(scope: Scope, rows: Sequence[tuple[Project, CheckpointStanding]]) -> list[Number]:
    """Count the due checkpoints that conform, fail or are unanswered."""
    counts = Counter(row.standing for _project, row in rows)
    results = [
        (_("Conform"), counts[Standing.CONFORM], Standing.CONFORM.value),
        (_("Gaps"), sum(counts[standing] for standing in FAILED), GAPS),
        (_("Unanswered"), counts[Standing.UNANSWERED], Standing.UNANSWERED.value),
    ]
    whole = list_url(scope, "checkpoints")
    return [
        Number(name, count, list_url(scope, "checkpoints", result=result), of=len(rows), of_href=whole)
        for name, count, result in results
    ]


@require_GET
def dashboard_risks(request: HttpRequest, code: str) -> HttpResponse:
    """Show open risks, exposure and weather."""
    scope = Scope.of(request, get_project_or_404(request, code))
    counts, weather = (
        count_heat_and_red(scope.using(Workspace.RISKS), residual=True, on=scope.today),
        list_weather(scope),
    )
    grid = build_heat_map(scope, {cell: n for cell, (n, _red) in counts.items()})
    drawn = [register_charts.chart_heat(grid), load_exposure(scope), register_charts.chart_weather(weather)]
    if request.GET.get("export") in exports.TABLES:
        return exports.export_charts(request.GET["export"], scope, drawn)
    red = sum(red for _n, red in counts.values())
    numbers = [
        Number(_("Open risks"), grid.total, list_url(scope, "risks")),
        Number(_("Red and not accepted"), red, list_url(scope, "risks", red=1)),
    ]
    return render(
        request,
        "pmo/steering/dashboards/dashboard_risks.html",
        _frame(scope)
        | {
            "exposure": drawn[1],
            "numbers": numbers,
            "heat": grid,
            "stands": drawn[0],
            "sky": drawn[2],
            "weather": weather[:LISTED],
            "projects": len(weather),
            "months": list_last_months(WEATHERS, scope.today),
        },
    )


@require_GET
def dashboard_advice(request: HttpRequest, code: str) -> HttpResponse:
    """Show obligations, coverage of requirements and, up to any day, how the advising roles were heard."""
    scope = Scope.of(request, get_project_or_404(request, code)).counted_up_to(request.GET.get("as_of", ""))
    coverage = figures.list_coverage(scope.projects)
    keys = [line.project.pk for line in coverage]
    scope = scope.limited_to(keys)
    drawn = [
        _chart_duties(scope, reader(request)),
        role_charts.chart_obligations(scope, count_by_role(scope, keys)),
        *([role_charts.chart_coverage(scope, coverage)] if scope.shows(Workspace.REQUIREMENTS) else []),
        decision_charts.chart_advice(scope, figures.count_hearings(scope.projects, scope.since, scope.last_day)),
    ]
    if request.GET.get("export") in exports.TABLES:
        return exports.export_charts(request.GET["export"], scope, drawn)
    return render(
        request,
        "pmo/steering/dashboards/dashboard_advice.html",
        _frame(scope) | {"pictures": drawn, "up_to": scope.last_day},
    )


def _chart_duties(scope: Scope, user: User) -> chart.Chart:
    """Chart the obligations by role: of a project as they are now, of a group as they were last night."""
    if scope.is_group:
        return role_charts.chart_duties(progress_of_night(scope.projects))
    return role_charts.chart_duties(read_progress(user, scope.root), scope.root)


@require_GET
def dashboard_list(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Show the rows behind a figure, or export them."""
    scope, figure = Scope.of(request, get_project_or_404(request, code)), LISTINGS.get(name)
    if figure is None:
        raise Http404
    if figure.workspace and not scope.shows(figure.workspace):
        raise SwitchedOff(scope.root, figure.workspace)
    scope, chosen = scope.of_one(request.GET.get("project", "")), figure.parse_filters(request.GET)
    scope = scope.counted_up_to(request.GET.get("as_of", "")) if figure.of_period else scope
    listing = figure.build(figure.rows(scope, chosen), request.GET, list_labels(scope, figure, chosen))
    if is_export(listing):
        return _export(scope, listing, str(figure.title))
    context = {"project": scope.root, "scope": scope, "figure": figure, "page": build_page(listing)}
    context["only"] = ", ".join(label for _name, label in listing.chips)
    return render(request, "pmo/steering/dashboards/dashboard_list.html", context)


def _export(scope: Scope, listing: BaseListing, title: str) -> HttpResponse:
    return export(listing, title=title, of=f"{scope.root.code} · {scope.root.title}", stem=scope.root.code)


@require_GET
def obligation_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the open obligations, or export them."""
    scope = Scope.of(request, get_project_or_404(request, code))
    listing, asked = build_obligation_listing(request, scope, _list_reminding(request))
    if is_export(listing):
        return _export(scope, listing, _("Obligations"))
    context = {"project": scope.root, "scope": scope, "asked": asked, "page": build_page(listing)}
    return render(request, "pmo/steering/dashboards/obligation_list.html", context)


@require_GET
def workload(request: HttpRequest, code: str) -> HttpResponse:
    """Show what each person has to do, by week, on the projects that the reader sees."""
    scope = Scope.of(request, get_project_or_404(request, code))
    context = {"project": scope.root, "scope": scope, "weeks": list_weeks(scope.today), "loads": list_loads(scope)}
    return render(request, "pmo/steering/dashboards/workload.html", context)


def _list_reminding(request: HttpRequest) -> frozenset[str]:
    """Return the codes of the projects on which the reader may remind others."""
    permitted = list_permitted_projects(reader(request), "pmo.remind")
    return frozenset(seat.code for seat in seats_of(reader(request)) if seat.project_id in permitted)


def _frame(scope: Scope, choices: dict[str, dict[str, str]] | None = None) -> dict[str, Any]:
    """Return the context shared by the pages of a dashboard; `choices` are those of its filters, once known."""
    return {
        "project": scope.root,
        "scope": scope,
        "periods": [(days, _period(days)) for days in PERIODS],
        "choices": scope.choices() if choices is None else choices,
        "tables": exports.TABLES,
        "up_to": None,
    }


def _period(days: int) -> str:
    return _("1 year") if days > 300 else _("%(n)d days") % {"n": days}
