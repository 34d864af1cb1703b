"""The dashboards of a project, a programme and a portfolio, the lists behind their numbers, and their files."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from governance import figures
from governance.dashboards import exports, pictures
from governance.dashboards.behind import LISTINGS, entries
from governance.dashboards.board import read
from governance.dashboards.scope import PERIODS, Scope
from governance.visible import visible_project
from projects.enums import Level

#: The most projects the table names, and the most rows a list shows; the files hold all of them.
LISTED, SHOWN = 60, 200


@require_GET
def dashboard(request: HttpRequest, code: str) -> HttpResponse:
    """What waits, how fast decisions are taken, and whether every role is held."""
    scope = Scope.of(request, visible_project(request, code))
    board = read(scope)
    if request.GET.get("export") in exports.FORMATS:
        return exports.dashboard(request.GET["export"], board)
    return render(request, "governance/dashboard.html", _frame(scope) | {
        "board": board, "numbers": board.numbers(), "pictures": board.drawn, "lines": _sorted(board.lines)[:LISTED],
    })  # fmt: skip


@require_GET
def dashboard_quality(request: HttpRequest, code: str) -> HttpResponse:
    """Whether requirements are covered and advisers followed."""
    scope = Scope.of(request, visible_project(request, code))
    lines = figures.lines(scope.projects, timezone.now(), scope.since)
    drawn = [
        pictures.covered(scope, lines), pictures.advisers(scope, figures.followed(scope.projects, scope.since)),
    ]  # fmt: skip
    return render(request, "governance/dashboard_quality.html", _frame(scope) | {"pictures": drawn})


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
    shown = list(rows[: SHOWN + 1])
    count = len(shown) if len(shown) <= SHOWN else _count(rows)
    return render(request, "governance/dashboard_list.html", _frame(scope) | {
        "listing": listing, "entries": entries(listing, shown[:SHOWN]), "count": count, "shown": SHOWN, "said": said,
    })  # fmt: skip


def _count(rows: Any) -> int:
    return rows.count() if isinstance(rows, QuerySet) else len(rows)


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
