"""Lists behind the figures of a dashboard: each holds exactly the rows that were counted."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.pages.lists.columns import Column, Text, show
from core.pages.lists.pages import SIZES, BaseListing, ComputedListing, Listing
from core.record.erasure import display_text
from core.sql.references import reference
from pmo import business_side
from pmo.steering.dashboards import figure_rows, figures
from pmo.steering.dashboards.figure_rows import IMPOSSIBLE, OWNER, RESULTS, SEATS, WAIVED
from pmo.steering.dashboards.scope import Scope
from projects.enums import Workspace

type Read = Callable[[Any], Any]


@dataclass(frozen=True)
class FigureList:
    """List behind a figure: its columns, its order, and `rows`, which returns the filtered rows.

    `rows` returns a queryset or a list. `filters` maps query parameters, beside those of the scope, to the pattern of
    their values. `of_period`: restricted to the period of the scope. `workspace`: the one that its rows belong to.
    """

    title: Text
    rows: Callable[[Scope, Mapping[str, str]], Any]
    none: Text
    sort: str
    columns: Sequence[Column]
    filters: Mapping[str, str] = field(default_factory=dict)
    of_period: bool = False
    workspace: Workspace | None = None

    def parse_filters(self, query: Mapping[str, str]) -> dict[str, str]:
        """Return the valid filters of the query string."""
        return {name: query[name] for name, form in self.filters.items() if re.fullmatch(form, query.get(name, ""))}

    def build(self, rows: Any, query: QueryDict, chips: Sequence[tuple[str, str]]) -> BaseListing:
        """Build the list of these rows that the query string asks for; `chips` are the labels of its filters."""
        shared: dict[str, Any] = {"columns": self.columns, "query": query, "sort": self.sort, "chips": chips}
        if isinstance(rows, QuerySet):
            return Listing(rows=rows, among=rows, size=SIZES[-1], **shared)
        return ComputedListing(rows=rows, size=SIZES[-1], **shared)


def _column(
    name: str,
    label: Text,
    value: Read | str,
    sort: Any = None,
    *,
    url: Read | None = None,
    mark: Read | None = None,
    **more: Any,
) -> Column:
    """Build a column that stays on a telephone, linked to `url`, with a highlighted word after its value.

    A `value` that is the path of a field is sorted by it.
    """
    read = _read(value) if isinstance(value, str) else value

    def write(row: Any) -> Any:
        return display_text(found) if isinstance(found := read(row), str) else found

    def render(row: Any) -> str:
        shown = show(write(row))
        if url:
            shown = format_html('<a href="{}">{}</a>', url(row), shown)
        word = mark(row) if mark else ""
        return format_html('{} <span class="bad strong">{}</span>', shown, word) if word else shown

    return Column(name, label, write, sort or (value if isinstance(value, str) else None), render, card=True, **more)


def _read(path: str) -> Read:
    """Return what reads the field at `path` of a row."""
    return attrgetter(path.replace("__", "."))


def _name(label: Text, path: str, sort: Any = None, *, of: str = "", mark: Read | None = None) -> Column:
    """Build the column that names a row, and leads to the page of the object at `of`."""
    url = _read(f"{of}get_absolute_url")
    return _column("name", label, f"{of}{path}", sort, url=lambda row: url(row)(), mark=mark, head=True)


def _project(of: str = "") -> Column:
    """Build the column of the project of the object at `of`."""
    url = _read(f"{of}project__get_absolute_url")
    label = gettext_lazy("Project")
    return _column("project", label, f"{of}project__code", url=lambda row: url(row)(), css="nowrap")


def _display(name: str, label: Text, of: str = "") -> Column:
    """Build the column of a choice of the object at `of`, in words."""
    read = _read(f"{of}get_{name}_display")
    return _column(name, label, lambda row: str(read(row)()), f"{of}{name}")


def _decision(of: str, sort: Any = None, mark: Read | None = None) -> list[Column]:
    """Build the columns that name the decision at `of`."""
    return [
        _name(DECISION, "reference", sort, of=of, mark=mark),
        _column("subject", SUBJECT, f"{of}revision__title"),
        _project(of),
    ]


def _decided(of: str, *, usual: bool = False) -> Column:
    """Build the column of the day of the decision at `of`."""
    read = _read(f"{of}acted_at")
    label = gettext_lazy("Decided")
    return _column(
        "decided", label, lambda row: timezone.localdate(read(row)), f"{of}acted_at", usual=usual, css="nowrap"
    )


def _reference_of(of: str) -> Any:
    return reference("D", f"{of}number", f"{of}project__prefix")


def _write_days(days: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _mark_late(row: Any) -> str:
    return _("late") if row.current.decide_by < timezone.localdate() else ""


def _mark_short(is_short: bool) -> str:
    return _("Vacant for less than 7 days") if is_short else ""


#: A code that is unique within its project.
BY_CODE = Concat("project__code", Value(" "), "code")
#: An age is sorted by the time back to any fixed instant.
FIXED = Value(datetime(2000, 1, 1, tzinfo=UTC))
DECISION, SUBJECT, ROLE_HEAD = gettext_lazy("Decision"), gettext_lazy("Subject"), gettext_lazy("Role")
STATE, OUTCOME, OPINION = gettext_lazy("State"), gettext_lazy("Outcome"), gettext_lazy("Opinion")
YES, ROLE = "1", "[A-Z0-9-]{1,30}"
MONTH = "20[0-9]{2}-(0[1-9]|1[0-2])"
#: Columns of an opinion that was asked for, given or not.
ASKED = [
    *_decision("decision__"),
    _column("role", ROLE_HEAD, "role"),
    _column("opinion", OPINION, "words", mark=lambda row: _mark_short(row.is_short)),
]

LISTINGS: dict[str, FigureList] = {
    "pending": FigureList(
        gettext_lazy("Decisions pending"),
        figure_rows.list_pending,
        gettext_lazy("No decision is pending here."),
        "-waited",
        # What is pending was submitted: it has a revision and a day to decide by.
        [
            _name(gettext_lazy("Proposal"), "reference", reference("P", "number")),
            _column("subject", SUBJECT, "current__title"),
            _project(),
            _display("state", STATE),
            _column(
                "waited",
                gettext_lazy("Pending for"),
                lambda row: _write_days((timezone.now() - row.current.acted_at).days),
                ExpressionWrapper(FIXED - F("current__acted_at"), DurationField()),
            ),
            _column("due", gettext_lazy("To decide by"), "current__decide_by", mark=_mark_late, css="nowrap"),
        ],
        {"late": YES, "age": f"[0-{figures.AGES - 1}]", "for": f"{OWNER}|{ROLE}"},
    ),
    "decided": FigureList(
        gettext_lazy("Decisions taken"),
        figure_rows.list_decided,
        gettext_lazy("No decision was taken in this period."),
        "-decided",
        [
            *_decision("", _reference_of(""), lambda row: _mark_short(row.follows_a_short_vacancy)),
            _display("outcome", OUTCOME),
            _decided("", usual=True),
            _column(
                "taken",
                gettext_lazy("Time to decide"),
                lambda row: _write_days((row.acted_at - row.revision.acted_at).days),
                ExpressionWrapper(F("acted_at") - F("revision__acted_at"), DurationField()),
            ),
        ],
        {"month": MONTH, "without": YES},
        of_period=True,
    ),
    "opinions": FigureList(
        gettext_lazy("Opinions and answers"),
        figure_rows.list_opinions,
        gettext_lazy("No opinion was followed or set aside in this period."),
        "-decided",
        [
            *_decision("revision__decision__", _reference_of("revision__decision__")),
            _column("role", ROLE_HEAD, "role"),
            _display("position", gettext_lazy("Position")),
            _display("outcome", OUTCOME, "revision__decision__"),
            _decided("revision__decision__"),
        ],
        {"role": ROLE, "followed": "yes|no", "heard": YES},
        of_period=True,
    ),
    "asked": FigureList(
        gettext_lazy("Opinions asked for"),
        figure_rows.list_asked,
        gettext_lazy("No opinion was asked for a decision of this period."),
        "-decided",
        [*ASKED, _display("outcome", OUTCOME, "decision__"), _decided("decision__")],
        {"role": ROLE},
        of_period=True,
    ),
    "unheard": FigureList(
        gettext_lazy("Decisions without an opinion"),
        figure_rows.list_unheard,
        gettext_lazy("No decision was taken without an opinion in this period."),
        "-decided",
        [*ASKED, _column("reasons", gettext_lazy("Reasons of the owner"), "missing__words"), _decided("decision__")],
        {"role": ROLE, "case": f"{WAIVED}|{IMPOSSIBLE}", "short": YES},
        of_period=True,
    ),
    "overdue": FigureList(
        gettext_lazy("Conditions overdue"),
        figure_rows.list_overdue,
        gettext_lazy("No condition is overdue."),
        "due",
        [
            _name(DECISION, "reference", _reference_of("decision__"), of="decision__"),
            _column("condition", gettext_lazy("Condition"), "text"),
            _project("decision__"),
            _column("role", ROLE_HEAD, "role"),
            _column("due", gettext_lazy("Due"), "due_on", mark=lambda row: _("late"), css="nowrap"),
        ],
    ),
    "roles": FigureList(
        gettext_lazy("Roles"),
        figure_rows.list_roles,
        gettext_lazy("No roles match this filter."),
        "project",
        [_name(ROLE_HEAD, "role"), _project(), _column("state", STATE, "words")],
        {"state": "|".join(SEATS)},
    ),
    "checkpoints": FigureList(
        gettext_lazy("Checkpoints"),
        figure_rows.list_checkpoints,
        gettext_lazy("No checkpoints match this filter."),
        "project",
        [
            _name(gettext_lazy("Checkpoint"), "row__name"),
            _column("asks", gettext_lazy("What it asks"), "row__checkpoint__text"),
            _project(),
            _column("result", gettext_lazy("Result"), lambda row: str(row.row.standing.label)),
        ],
        {"standard": "[A-Z0-9-]{1,20}", "result": "|".join(RESULTS)},
        workspace=Workspace.STANDARDS,
    ),
    "waivers": FigureList(
        gettext_lazy("Waivers in force"),
        figure_rows.list_waivers,
        gettext_lazy("No waiver is in force."),
        "ends",
        [
            _name(gettext_lazy("Waiver"), "reference", reference("W", "number")),
            _column("standard", gettext_lazy("Standard"), attrgetter("title"), "version__standard__code"),
            _project(),
            _column("ends", gettext_lazy("Last day"), "ends_on", css="nowrap"),
            _column(
                "measure",
                gettext_lazy("Compensating measure"),
                attrgetter("compensating_measure"),
                KeyTextTransform("measure", "revision__terms"),
            ),
        ],
        {"ending": YES},
        workspace=Workspace.STANDARDS,
    ),
    "risks": FigureList(
        gettext_lazy("Open risks"),
        figure_rows.list_risks,
        gettext_lazy("No open risks match this filter."),
        "-residual",
        [
            _name(gettext_lazy("Risk"), "code", BY_CODE),
            _column("subject", SUBJECT, "title"),
            _project(),
            _display("status", gettext_lazy("Status")),
            _column("initial", gettext_lazy("Initial level"), attrgetter("level"), "level_initial"),
            _column("residual", gettext_lazy("Residual level"), attrgetter("residual_level"), "level_now"),
            _column("band", gettext_lazy("Band"), lambda row: str(row.residual_band.label), "level_now"),
        ],
        {"red": YES, "likelihood": "[1-5]", "impact": "[1-5]", "by": ROLE},
        workspace=Workspace.RISKS,
    ),
}
if business_side.IS_INSTALLED:
    LISTINGS["musts"] = FigureList(
        gettext_lazy("Must-have requirements"),
        figure_rows.list_musts,
        gettext_lazy("No must-have requirements here."),
        "name",
        [
            _name(gettext_lazy("Code"), "code", BY_CODE),
            _column("subject", SUBJECT, "title"),
            _project(),
            _display("state", STATE),
        ],
        {"covered": YES, "uncovered": YES},
        workspace=Workspace.REQUIREMENTS,
    )
