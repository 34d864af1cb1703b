"""Exports: projects and the data of the charts as CSV or XLSX, dashboard as PDF."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from core.files.limits import count_file
from core.files.pdf import typeset
from core.pages.lists.columns import Text
from core.pages.lists.exports import answer_table
from core.words.dates import long_day
from pmo.steering.dashboards.chart import Chart, format_days
from pmo.steering.dashboards.figures import Line
from pmo.steering.dashboards.filter_labels import scope_labels
from pmo.steering.dashboards.nodes import Node
from pmo.steering.dashboards.overview import Board
from pmo.steering.dashboards.scope import Scope

TEMPLATE = Path(__file__).with_name("dashboard.typ")
#: Formats of lists.
TABLES = ("csv", "xlsx")


#: Head and cell of each column of the table of projects.
OF_LINE: tuple[tuple[Text, Callable[[Line], Any]], ...] = (
    (gettext_lazy("Code"), lambda line: line.project.code),
    (gettext_lazy("Project"), lambda line: line.project.title),
    (pgettext_lazy("project", "Level"), lambda line: line.project.get_level_display()),
    (gettext_lazy("State"), lambda line: line.project.get_state_display()),
    (gettext_lazy("Owner"), lambda line: line.owner),
    (gettext_lazy("Pending"), lambda line: line.pending),
    (gettext_lazy("Late"), lambda line: line.late),
    (gettext_lazy("Oldest"), lambda line: None if line.oldest is None else format_days(line.oldest)),
    (gettext_lazy("Median"), lambda line: None if line.median is None else format_days(line.median)),
    (gettext_lazy("Roles filled"), lambda line: line.seats.held),
    (gettext_lazy("Mandatory roles"), lambda line: len(line.seats.states)),
    (gettext_lazy("Conditions overdue"), lambda line: line.overdue),
    (gettext_lazy("Red risks"), lambda line: line.red),
    (gettext_lazy("Must-have"), lambda line: line.musts),
    (gettext_lazy("Without a test"), lambda line: line.uncovered),
)
#: Those that a group adds.
OF_NODE: tuple[tuple[Text, Callable[[Node], Any]], ...] = (
    (gettext_lazy("Weather"), lambda node: node.weather and node.weather.sky and node.weather.sky.label),
    (gettext_lazy("Trend"), lambda node: node.weather and node.weather.trend and node.weather.trend.label),
    (gettext_lazy("Next gate"), lambda node: node.gate and node.gate.code),
    (gettext_lazy("Checkpoints not met or unanswered"), lambda node: node.gaps),
    (gettext_lazy("Slip in days"), lambda node: node.slip),
    (
        gettext_lazy("Forecast in % of the budget"),
        lambda node: None if node.budget is None else number_format(node.budget),
    ),
    (gettext_lazy("Late conditions and actions"), lambda node: node.late),
    (gettext_lazy("Weather published"), lambda node: node.published),
)


def _list_heads(columns: Sequence[tuple[Text, Any]]) -> list[str]:
    return [str(head) for head, _read in columns]


def _list_cells(columns: Sequence[tuple[Text, Callable[[Any], Any]]], row: Any) -> list[str]:
    """Return the cells of a row; None is an empty one."""
    return ["" if value is None else str(value) for value in (read(row) for _head, read in columns)]


def export_dashboard(kind: str, board: Board, nodes: Sequence[Node] = ()) -> HttpResponse:
    """Return the overview as a file, in the reader's language; `nodes` are the rows of a group."""
    now, title = timezone.now(), _("Dashboard")
    name = _build_name(board.scope, title)
    if kind not in TABLES:
        header = content_disposition_header(as_attachment=True, filename=f"{name}.pdf")
        content = render_pdf(build_content(board, now, title), now)
        return HttpResponse(content, "application/pdf", headers={"Content-Disposition": header})
    heads, rows = _list_heads(OF_LINE), [_list_cells(OF_LINE, line) for line in board.lines]
    if nodes:
        heads += _list_heads(OF_NODE)
        rows = [_list_cells(OF_LINE, node.line) + _list_cells(OF_NODE, node) for node in nodes]
    return answer_table(kind, name, title, heads, rows, _about(board.scope, now))


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
    scope, shown = board.scope, (OF_LINE[0], *OF_LINE[4:])
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
        "head": _list_heads(shown),
        "rows": [_list_cells(shown, line) for line in board.lines],
    }


def _drawing(picture: Chart) -> dict[str, Any] | None:
    """Return the layout of the drawing (core.pages.charts); None for a chart with a table alone."""
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
