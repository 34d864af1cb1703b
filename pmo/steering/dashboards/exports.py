"""Exports: projects and the data of the charts as CSV or XLSX, dashboard as PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core.dates import long_day
from core.file_limits import count_file
from core.lists.exports import answer_table
from core.pdf import typeset
from pmo.steering.dashboards.charts import Chart, format_days
from pmo.steering.dashboards.figures import Line
from pmo.steering.dashboards.filter_labels import scope_labels
from pmo.steering.dashboards.nodes import Node
from pmo.steering.dashboards.overview import Board
from pmo.steering.dashboards.scope import Scope

TEMPLATE = Path(__file__).with_name("dashboard.typ")
#: Formats of lists.
TABLES = ("csv", "xlsx")


def list_headings() -> list[str]:
    """Return the column headings of the table of projects."""
    return [
        _("Code"),
        _("Project"),
        pgettext("project", "Level"),
        _("State"),
        _("Owner"),
        _("Pending"),
        _("Late"),
        _("Oldest"),
        _("Median"),
        _("Roles filled"),
        _("Mandatory roles"),
        _("Conditions overdue"),
        _("Red risks"),
        _("Must-have"),
        _("Without a test"),
    ]


def list_cells(line: Line) -> list[str]:
    """Return the cells of a project."""
    return [
        line.project.code,
        line.project.title,
        str(line.project.get_level_display()),
        str(line.project.get_state_display()),
        line.owner,
        str(line.pending),
        str(line.late),
        "" if line.oldest is None else format_days(line.oldest),
        "" if line.median is None else format_days(line.median),
        str(line.seats.held),
        str(len(line.seats.states)),
        str(line.overdue),
        str(line.red),
        str(line.musts),
        str(line.uncovered),
    ]


def _list_node_headings() -> list[str]:
    """Return the headings of what a group says of each of its projects beside `list_headings`."""
    return [
        _("Weather"),
        _("Trend"),
        _("Next gate"),
        _("Checkpoints not met or unanswered"),
        _("Slip in days"),
        _("Forecast in % of the budget"),
        _("Late conditions and actions"),
        _("Weather published"),
    ]


def _list_node_cells(node: Node) -> list[str]:
    sky, trend = (node.weather.sky, node.weather.trend) if node.weather else (None, None)
    return [
        str(sky.label) if sky else "",
        str(trend.label) if trend else "",
        node.gate or "",
        str(node.gaps),
        "" if node.slip is None else str(node.slip),
        "" if node.budget is None else number_format(node.budget),
        str(node.late),
        node.published.isoformat() if node.published else "",
    ]


def export_dashboard(kind: str, board: Board, nodes: Sequence[Node] = ()) -> HttpResponse:
    """Return the overview as a file, in the reader's language; `nodes` are the rows of a group."""
    now, title = timezone.now(), _("Dashboard")
    name = _build_name(board.scope, title)
    if kind not in TABLES:
        header = content_disposition_header(as_attachment=True, filename=f"{name}.pdf")
        content = render_pdf(build_content(board, now, title), now)
        return HttpResponse(content, "application/pdf", headers={"Content-Disposition": header})
    headings, rows = list_headings(), [list_cells(line) for line in board.lines]
    if nodes:
        headings += _list_node_headings()
        rows = [list_cells(node.line) + _list_node_cells(node) for node in nodes]
    return answer_table(kind, name, title, headings, rows, _about(board.scope, now))


def export_charts(kind: str, scope: Scope, drawn: Sequence[Chart]) -> HttpResponse:
    """Return the data of the charts as a table, one line per value."""
    title, heads = _("Data of the charts"), [_("Question"), _("Row"), _("Column"), _("Value")]
    rows = [row for picture in drawn for row in picture.values()]
    return answer_table(kind, _build_name(scope, title), title, heads, rows, _about(scope, timezone.now()))


def _build_name(scope: Scope, title: str) -> str:
    return f"{scope.root.code}-{slugify(title)}-{scope.today:%Y-%m-%d}"


def build_content(
    board: Board, at: datetime, heading: str, questions: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Return a dashboard as plain values in the active language: key figures, charts, projects.

    `questions` ({"project", "text", "owner", "on"}), by owner, belong to a monthly review.
    """
    scope = board.scope
    return {
        "language": get_language() or "en",
        "heading": heading,
        "title": scope.root.title,
        "code": scope.root.code,
        "as_of": _("As of %(day)s") % {"day": long_day(at)},
        "numbers": [{"name": number.name, "value": str(number), "beside": number.beside} for number in board.numbers()],
        "questions_heading": _("Questions for the owners"),
        "questions": [dict(question) for question in questions],
        "nobody": _("No owner in office"),
        "pictures": [
            {
                "question": picture.question,
                "conclusion": " ".join(filter(None, [picture.conclusion, picture.note])),
                "head": [str(head) for head in picture.heads],
                "rows": [[cell.text for cell in row] for row in picture.rows],
                "drawing": _drawing(picture),
            }
            for picture in board.drawn
        ],
        "projects_heading": _("Projects"),
        "head": list_headings()[:1] + list_headings()[4:],
        "rows": [list_cells(line)[:1] + list_cells(line)[4:] for line in board.lines],
    }


def _drawing(picture: Chart) -> dict[str, Any] | None:
    """Return the layout of the drawing (core.charts); None for a chart with a table alone."""
    for kind in ("line", "bars", "dots"):
        if drawn := getattr(picture, kind):
            keys = [{"mark": key.mark, "word": key.word} for key in picture.legend]
            return {"kind": kind, "height": picture.height, "goal": picture.goal, "keys": keys} | asdict(drawn)
    return None


def render_pdf(board: Mapping[str, Any], at: datetime) -> bytes:
    """Typeset the built content as A4 pages. Deterministic: the same content and `at` give the same bytes."""
    count_file()
    return typeset(TEMPLATE, "board", board, at)


def _about(scope: Scope, at: datetime) -> list[tuple[str, str]]:
    about = [(_("Project"), f"{scope.root.code} · {scope.root.title}"), (_("As of"), long_day(at))]
    filters = [label for _name, label in scope_labels(scope, period=True)]
    return [*about, (_("Only"), ", ".join(filters))] if filters else about
