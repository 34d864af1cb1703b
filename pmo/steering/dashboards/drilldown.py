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

from core.erasure import display_text
from core.lists.columns import Column, Text, rank, show
from core.lists.pages import SIZES, BaseListing, ComputedListing, Listing
from core.references import reference
from governance.enums import Outcome, Position, ProposalState
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
    value: Read,
    sort: Any = None,
    *,
    url: Read | None = None,
    mark: Read | None = None,
    **more: Any,
) -> Column:
    """Build a column that stays on a telephone, linked to `url`, with a highlighted word after its value."""

    def render(row: Any) -> str:
        shown = show(value(row))
        if url:
            shown = format_html('<a href="{}">{}</a>', url(row), shown)
        word = mark(row) if mark else ""
        return format_html('{} <span class="bad strong">{}</span>', shown, word) if word else shown

    return Column(name, label, value, sort, render, card=True, **more)


def _read_itself(row: Any) -> Any:
    return row


def _name(label: Text, code: str, sort: Any = None, of: Read = _read_itself, mark: Read | None = None) -> Column:
    """Build the column that names a row by the `code` of an object, and leads to the page of that object."""
    read = attrgetter(code)
    return _column(
        "name", label, lambda row: read(of(row)), sort, url=lambda row: of(row).get_absolute_url(), mark=mark, head=True
    )


def _text(name: str, label: Text, value: Read, sort: Any = None) -> Column:
    return _column(name, label, lambda row: display_text(value(row)), sort)


def _project(sort: str | None = None, of: Read = attrgetter("project")) -> Column:
    return _column(
        "project",
        gettext_lazy("Project"),
        lambda row: of(row).code,
        sort,
        url=lambda row: of(row).get_absolute_url(),
        css="nowrap",
    )


def _day(name: str, label: Text, value: Read, sort: Any, *, mark: Read | None = None, usual: bool = True) -> Column:
    return _column(name, label, value, sort, mark=mark, usual=usual, css="nowrap")


def _of_decision(of: Read, path: str | None = None, mark: Read | None = None) -> list[Column]:
    """Build the columns of a decision `of` the row; `path` leads to it in a query, None in a computed row."""
    in_query = path is not None
    return [
        _name(DECISION, "reference", _reference_of(path) if path is not None else None, of, mark),
        _text("subject", SUBJECT, lambda row: of(row).revision.title, f"{path}revision__title" if in_query else None),
        _project(f"{path}project__code" if in_query else None, lambda row: of(row).project),
    ]


def _reference_of(path: str) -> Any:
    return reference("D", f"{path}number", f"{path}project__prefix")


def _write_days(days: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _mark_late(row: Any) -> str:
    return _("late") if row.current.decide_by < timezone.localdate() else ""


def _mark_short(is_short: bool) -> str:
    return _("Vacant for less than 7 days") if is_short else ""


def _outcome(of: Read, sort: Any = None) -> Column:
    return _column("outcome", OUTCOME, lambda row: str(of(row).get_outcome_display()), sort)


def _decided(of: Read, sort: Any, *, usual: bool = False) -> Column:
    return _day("decided", gettext_lazy("Decided"), lambda row: timezone.localdate(of(row).acted_at), sort, usual=usual)


def _display(name: str) -> Read:
    """Return what writes a choice of the row in words."""
    return lambda row: str(getattr(row, f"get_{name}_display")())


#: A code that is unique within its project.
BY_CODE = Concat("project__code", Value(" "), "code")
#: An age is sorted by the time back to any fixed instant.
FIXED = Value(datetime(2000, 1, 1, tzinfo=UTC))
DECISION, SUBJECT, ROLE_HEAD = gettext_lazy("Decision"), gettext_lazy("Subject"), gettext_lazy("Role")
STATE, OUTCOME = gettext_lazy("State"), gettext_lazy("Outcome")
YES, ROLE = "1", "[A-Z0-9-]{1,30}"
MONTH = "20[0-9]{2}-(0[1-9]|1[0-2])"
_of_opinion, _of_asked = attrgetter("revision.decision"), attrgetter("decision")
_ASKED = [
    *_of_decision(_of_asked),
    _column("role", ROLE_HEAD, attrgetter("role")),
    _column("opinion", gettext_lazy("Opinion"), attrgetter("words"), mark=lambda row: _mark_short(row.is_short)),
]
_ASKED_LATELY = _decided(_of_asked, attrgetter("decision.acted_at"))

LISTINGS: dict[str, FigureList] = {
    "pending": FigureList(
        gettext_lazy("Decisions pending"),
        figure_rows.list_pending,
        gettext_lazy("No decision is pending here."),
        "-waited",
        # What is pending was submitted: it has a revision and a day to decide by.
        [
            _name(gettext_lazy("Proposal"), "reference", reference("P", "number")),
            _text("subject", SUBJECT, attrgetter("title"), "current__title"),
            _project("project__code"),
            _column("state", STATE, _display("state"), rank("state", ProposalState.values)),
            _column(
                "waited",
                gettext_lazy("Pending for"),
                lambda row: _write_days((timezone.now() - row.current.acted_at).days),
                ExpressionWrapper(FIXED - F("current__acted_at"), DurationField()),
            ),
            _day(
                "due",
                gettext_lazy("To decide by"),
                attrgetter("current.decide_by"),
                "current__decide_by",
                mark=_mark_late,
            ),
        ],
        {"late": YES, "age": f"[0-{figures.AGES - 1}]", "for": f"{OWNER}|{ROLE}"},
    ),
    "decided": FigureList(
        gettext_lazy("Decisions taken"),
        figure_rows.list_decided,
        gettext_lazy("No decision was taken in this period."),
        "-decided",
        [
            *_of_decision(_read_itself, "", lambda row: _mark_short(row.follows_a_short_vacancy)),
            _outcome(_read_itself, rank("outcome", Outcome.values)),
            _decided(_read_itself, "acted_at", usual=True),
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
            *_of_decision(_of_opinion, "revision__decision__"),
            _column("role", ROLE_HEAD, attrgetter("role"), "role"),
            _column("position", gettext_lazy("Position"), _display("position"), rank("position", Position.values)),
            _outcome(_of_opinion, rank("revision__decision__outcome", Outcome.values)),
            _decided(_of_opinion, "revision__decision__acted_at"),
        ],
        {"role": ROLE, "followed": "yes|no", "heard": YES},
        of_period=True,
    ),
    "asked": FigureList(
        gettext_lazy("Opinions asked for"),
        figure_rows.list_asked,
        gettext_lazy("No opinion was asked for a decision of this period."),
        "-decided",
        [*_ASKED, _outcome(_of_asked), _ASKED_LATELY],
        {"role": ROLE},
        of_period=True,
    ),
    "unheard": FigureList(
        gettext_lazy("Decisions without an opinion"),
        figure_rows.list_unheard,
        gettext_lazy("No decision was taken without an opinion in this period."),
        "-decided",
        [*_ASKED, _text("reasons", gettext_lazy("Reasons of the owner"), attrgetter("missing.words")), _ASKED_LATELY],
        {"role": ROLE, "case": f"{WAIVED}|{IMPOSSIBLE}", "short": YES},
        of_period=True,
    ),
    "overdue": FigureList(
        gettext_lazy("Conditions overdue"),
        figure_rows.list_overdue,
        gettext_lazy("No condition is overdue."),
        "due",
        [
            _name(DECISION, "reference", _reference_of("decision__"), _of_asked),
            _text("condition", gettext_lazy("Condition"), attrgetter("text"), "text"),
            _project("decision__project__code", attrgetter("decision.project")),
            _column("role", ROLE_HEAD, attrgetter("role"), "role"),
            _day("due", gettext_lazy("Due"), attrgetter("due_on"), "due_on", mark=lambda row: _("late")),
        ],
    ),
    "roles": FigureList(
        gettext_lazy("Roles"),
        figure_rows.list_roles,
        gettext_lazy("No roles match this filter."),
        "project",
        [_name(ROLE_HEAD, "role"), _project(), _column("state", STATE, attrgetter("words"))],
        {"state": "|".join(SEATS)},
    ),
    "checkpoints": FigureList(
        gettext_lazy("Checkpoints"),
        figure_rows.list_checkpoints,
        gettext_lazy("No checkpoints match this filter."),
        "project",
        [
            _name(gettext_lazy("Checkpoint"), "row.name"),
            _text("asks", gettext_lazy("What it asks"), attrgetter("row.checkpoint.text")),
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
            _text(
                "standard",
                gettext_lazy("Standard"),
                lambda row: f"{row.version.standard.code} · {row.version.title}",
                "version__standard__code",
            ),
            _project("project__code"),
            _day("ends", gettext_lazy("Last day"), attrgetter("ends_on"), "ends_on"),
            _text(
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
            _text("subject", SUBJECT, attrgetter("title"), "title"),
            _project("project__code"),
            _column("status", gettext_lazy("Status"), _display("status"), "status"),
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
            _text("subject", SUBJECT, attrgetter("title"), "title"),
            _project("project__code"),
            _column("state", STATE, _display("state"), "state"),
        ],
        {"covered": YES, "uncovered": YES},
        workspace=Workspace.REQUIREMENTS,
    )
