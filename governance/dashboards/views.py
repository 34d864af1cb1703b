"""The dashboards of a project, a programme and a portfolio, the lists behind their numbers, and their files."""

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from governance import figures
from governance.charts import months_back
from governance.conformity_checks.enums import FAILED, Standing
from governance.dashboards import exports, pictures
from governance.dashboards.behind import ENDS_SOON, GAPS, LISTINGS, checkpoints, entries
from governance.dashboards.board import DAY, EXPOSURES, Number, consolidated, read
from governance.dashboards.grids import heat_lines, weather_lines
from governance.dashboards.obligations import by_role, obligations
from governance.dashboards.scope import PERIODS, Scope, behind
from governance.risks.reading import exposure_by_adviser, heat_and_red
from governance.visible import visible_project
from governance.waivers.reading import ends_within
from governance.weather.reading import last_months
from projects.enums import Level

#: The most projects the table names, and the most rows a list shows; the files hold all of them.
LISTED, SHOWN = 60, 200
#: Months the weather is told of.
WEATHERS = 6


@require_GET
def dashboard(request: HttpRequest, code: str) -> HttpResponse:
    """What waits, how fast decisions are taken, and whether every role is held."""
    scope = Scope.of(request, visible_project(request, code))
    if request.GET.get("export") in exports.FORMATS:
        kind = request.GET["export"]
        return exports.dashboard(kind, consolidated(scope) if kind == "pdf" else read(scope))
    board = read(scope)
    return render(request, "governance/dashboard.html", _frame(scope) | {
        "board": board, "numbers": board.numbers(), "pictures": board.drawn, "lines": _sorted(board.lines)[:LISTED],
    })  # fmt: skip


@require_GET
def dashboard_standards(request: HttpRequest, code: str) -> HttpResponse:
    """Which standards are followed, and which waivers are in force."""
    scope = Scope.of(request, visible_project(request, code))
    rows = checkpoints(scope)
    counts = Counter(row.standing for _project, row in rows)
    waivers = LISTINGS["waivers"].rows(scope, {})
    granted = waivers.aggregate(n=Count("pk"), ending=Count("pk", filter=ends_within(scope.today, ENDS_SOON)))
    numbers = [
        _number(_("Conform"), counts[Standing.CONFORM], scope, len(rows), "checkpoints", result=Standing.CONFORM.value),
        _number(_("Gaps"), sum(counts[one] for one in FAILED), scope, len(rows), "checkpoints", result=GAPS),
        _number(_("Unanswered"), counts[Standing.UNANSWERED], scope, len(rows), "checkpoints",
                result=Standing.UNANSWERED.value),
        _number(_("Waivers in force"), granted["n"], scope, None, "waivers"),
        _number(_("Waivers ending within 30 days"), granted["ending"], scope, None, "waivers", ending=1),
    ]  # fmt: skip
    return render(request, "governance/dashboard_standards.html", _frame(scope) | {
        "pictures": [pictures.standards(scope, rows)], "numbers": numbers,
        "waivers": entries(LISTINGS["waivers"], waivers[:LISTED]), "heads": LISTINGS["waivers"].heads,
    })  # fmt: skip


@require_GET
def dashboard_risks(request: HttpRequest, code: str) -> HttpResponse:
    """Where the open risks stand, how much was taken off the owner, and the weather of the projects."""
    scope = Scope.of(request, visible_project(request, code))
    ends = [*(month - DAY for month in months_back(scope.today, EXPOSURES)[1:]), scope.today]
    drawn = pictures.taken_off(exposure_by_adviser(scope.projects, ends), scope.today)
    counts = heat_and_red(scope.projects, residual=True, on=scope.today)
    map_ = {cell: n for cell, (n, _red) in counts.items()}
    numbers = [
        _number(_("Open risks"), sum(map_.values()), scope, None, "risks"),
        _number(_("Red and not accepted"), sum(red for _n, red in counts.values()), scope, None, "risks", red=1),
    ]
    return render(request, "governance/dashboard_risks.html", _frame(scope) | {
        "pictures": [drawn], "numbers": numbers, "heat": heat_lines(scope, map_), "weather": weather_lines(scope),
        "months": last_months(WEATHERS, scope.today),
    })  # fmt: skip


@require_GET
def dashboard_advice(request: HttpRequest, code: str) -> HttpResponse:
    """What is still to be done, whether requirements are covered and advisers followed."""
    scope = Scope.of(request, visible_project(request, code))
    lines = figures.lines(scope.projects, timezone.now(), scope.since)
    drawn = [
        pictures.promised(scope, by_role(obligations(scope), scope.today)), pictures.covered(scope, lines),
        pictures.advisers(scope, figures.followed(scope.projects, scope.since)),
    ]  # fmt: skip
    return render(request, "governance/dashboard_advice.html", _frame(scope) | {"pictures": drawn})


def _number(name: str, value: int, scope: Scope, of: int | None, listing: str, **said: Any) -> Number:
    return Number(name, value, behind(scope, listing, **said), of=of)


@require_GET
def dashboard_list(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The rows behind one number, or all of them as a file."""
    scope, listing = Scope.of(request, visible_project(request, code)), LISTINGS.get(name)
    if listing is None:
        raise Http404
    said = listing.chosen(request.GET)
    rows = listing.rows(scope, said)
    if request.GET.get("export") in exports.TABLES:
        return exports.listing(request.GET["export"], scope, listing, entries(listing, rows))
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    return render(request, "governance/dashboard_list.html", _frame(scope) | {
        "listing": listing, "entries": entries(listing, rows[:SHOWN]), "count": count, "shown": SHOWN, "said": said,
    })  # fmt: skip


def _sorted(lines: list[figures.Line]) -> list[figures.Line]:
    """Those that wait longest first; the portfolio and its programmes lead."""
    order: list[str] = [Level.PORTFOLIO, Level.PROGRAMME, Level.PROJECT]
    return sorted(lines, key=lambda line: (order.index(line.project.level), -(line.oldest or -1), line.project.code))


def _frame(scope: Scope) -> dict[str, Any]:
    """What every page of a dashboard has around its content."""
    return {
        "project": scope.root, "scope": scope, "periods": [(days, _period(days)) for days in PERIODS],
        "programmes": scope.programmes(), "owners": scope.owners(),
        "formats": exports.FORMATS, "tables": exports.TABLES,
    }  # fmt: skip


def _period(days: int) -> str:
    return _("1 year") if days > 300 else _("%(n)d days") % {"n": days}
