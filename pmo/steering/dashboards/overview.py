"""Overview of a dashboard, loaded once for page, exports and monthly review."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.pages.charts import list_months
from core.sql.compiled_sql import planned_for_all
from pmo.registers.risks.queries import count_heat, exposure_by_adviser, list_month_ends
from pmo.steering.dashboards import chart, decision_charts, figures, register_charts, role_charts
from pmo.steering.dashboards.figure_rows import list_standings
from pmo.steering.dashboards.heatmaps import build_heat_map, list_weather
from pmo.steering.dashboards.nodes import with_facts
from pmo.steering.dashboards.obligations import count_by_role
from pmo.steering.dashboards.scope import Scope, list_url, sort_choices
from pmo.steering.dashboards.snapshots import monthly_trend
from projects.enums import Level, Workspace

MONTHS = 12
#: Months of the exposure chart.
EXPOSURES = 6


@dataclass(frozen=True)
class Part:
    """Secondary figure with its word and link; `bad` ones call for action."""

    count: int
    word: str
    href: str
    bad: bool = False

    def __str__(self) -> str:
        return f"{self.count} {self.word}"


@dataclass(frozen=True)
class Number:
    """Key figure and its total, with links to their lists and secondary figures."""

    name: str
    value: int | str
    href: str
    of: int | None = None
    of_href: str = ""
    parts: Sequence[Part] = ()
    note: str = ""

    def __str__(self) -> str:
        return f"{self.value}" if self.of is None else f"{self.value} / {self.of}"

    @property
    def beside(self) -> str:
        """Return the secondary figures and the note, on one line."""
        return ", ".join([*map(str, self.shown), *filter(None, [self.note])])

    @property
    def shown(self) -> list[Part]:
        """Return the non-zero secondary figures."""
        return [part for part in self.parts if part.count]


@dataclass(frozen=True)
class Board:
    """Data of the overview: project figures, pending proposals, decisions, charts."""

    scope: Scope
    lines: list[figures.Line]
    waiting: figures.Waiting
    taken: figures.Month
    drawn: list[chart.Chart]

    def choices(self) -> dict[str, dict[str, str]]:
        """Return the choices of each filter: from the lines, or with one query when these are filtered."""
        if not self.scope.is_group or self.scope.query.keys() & {"within", "owner"}:
            return self.scope.choices()
        projects = [line.project for line in self.lines if self.scope.root.level == Level.PORTFOLIO]
        within = {project.code: project.title for project in projects if project.level == Level.PROGRAMME}
        owners = {line.owner_key: line.owner for line in self.lines if line.owner}
        return sort_choices({"within": within, "owner": owners})

    def sum(self, name: str) -> int:
        """Sum one figure over the projects."""
        return figures.sum_figure(self.lines, name)

    def numbers(self) -> list[Number]:
        """Return the key figures."""
        scope, late, taken, unmet = self.scope, self.sum("late"), self.taken.decisions, self.taken.unmet
        return [
            Number(
                _("Decisions pending"),
                sum(self.waiting.ages),
                list_url(scope, "pending"),
                parts=[Part(late, _("late"), list_url(scope, "pending", late=1), bad=True)],
            ),
            Number(
                _("Median time to decide"),
                chart.format_days(self.taken.median),
                "",
                parts=[
                    Part(taken, ngettext("decision taken", "decisions taken", taken), list_url(scope, "decided")),
                    Part(
                        unmet,
                        ngettext("gate passed without a criterion", "gates passed without a criterion", unmet),
                        list_url(scope, "decided", without=1),
                        bad=True,
                    ),
                ],
                note=_("goal %(days)s") % {"days": chart.format_days(figures.goal_days())},
            ),
            self._roles_held(),
            Number(_("Conditions overdue"), self.sum("overdue"), list_url(scope, "overdue")),
            *([self._uncovered()] if scope.shows(Workspace.REQUIREMENTS) else []),
        ]

    def _uncovered(self) -> Number:
        return Number(
            _("Must-have requirements without a test"),
            self.sum("uncovered"),
            list_url(self.scope, "musts", uncovered=1),
            of=self.sum("musts"),
            of_href=list_url(self.scope, "musts"),
        )

    def _roles_held(self) -> Number:
        seats = [line.seats for line in self.lines]
        held, needed = sum(seat.held for seat in seats), sum(len(seat.states) for seat in seats)
        vacant, ending = (sum(len(seat.of(state)) for seat in seats) for state in ("vacant", "ending"))
        to = {state: list_url(self.scope, "roles", state=state) for state in ("held", "vacant", "ending")}
        return Number(
            _("Roles"),
            held,
            to["held"],
            of=needed,
            of_href=list_url(self.scope, "roles"),
            parts=[
                Part(vacant, ngettext("vacant role", "vacant roles", vacant), to["vacant"], bad=True),
                Part(ending, ngettext("role ends within 60 days", "roles end within 60 days", ending), to["ending"]),
            ],
        )


def load_consolidated(scope: Scope) -> Board:
    """Return the overview with the charts of every dashboard, for the PDF and the monthly review."""
    board = load_overview(scope)
    scope = board.scope
    return replace(
        board,
        drawn=[
            *board.drawn,
            role_charts.chart_obligations(scope, count_by_role(scope)),
            *_chart_workspaces(scope, board),
            decision_charts.chart_advice(scope, figures.count_hearings(scope.projects, scope.since, scope.last_day)),
        ],
    )


def _chart_workspaces(scope: Scope, board: Board) -> Iterator[chart.Chart]:
    """Yield the charts of the workspaces that the scope shows."""
    if scope.shows(Workspace.STANDARDS):
        yield register_charts.chart_standards(scope, list_standings(scope))
    if scope.shows(Workspace.RISKS):
        yield register_charts.chart_heat(build_heat_map(scope, count_heat(scope.using(Workspace.RISKS), residual=True)))
        yield load_exposure(scope)
    if scope.shows(Workspace.STEERING):
        yield register_charts.chart_weather(list_weather(scope))
    if scope.shows(Workspace.REQUIREMENTS):
        yield role_charts.chart_coverage(scope, board.lines)


def load_exposure(scope: Scope) -> chart.Chart:
    """Chart the exposure over the last months and today. Three queries."""
    days = list_month_ends(scope.today, EXPOSURES)
    return register_charts.chart_exposure(scope, exposure_by_adviser(scope.using(Workspace.RISKS), days))


def load_overview(scope: Scope) -> Board:
    """Load the overview; that of a group is limited to the projects that were found. Four queries.

    Those on one project are planned once; those on hundreds are better planned for these.
    """
    if scope.is_group:
        return _load(scope)
    with planned_for_all():
        return _load(scope)


def _load(scope: Scope) -> Board:
    now = timezone.now()
    projects = with_facts(scope.projects, now) if scope.is_group else scope.projects
    lines = figures.list_lines(projects, now, scope.since)
    if scope.is_group:
        scope = scope.limited_to([line.project.pk for line in lines])
    waiting = figures.count_waiting(scope.projects, now)
    year = list_months(scope.today, MONTHS)
    months, taken = figures.count_decisions(scope.projects, year, scope.since, scope.today)
    snapshots = monthly_trend(scope.projects, ("pending", "late", "overdue"), scope.since)
    drawn = [
        decision_charts.chart_decision_times(scope, months),
        decision_charts.chart_ages(scope, waiting),
        decision_charts.chart_awaited_roles(scope, waiting),
        role_charts.chart_roles(scope, lines),
        decision_charts.chart_backlog(scope, snapshots),
    ]
    return Board(scope, lines, waiting, taken, drawn)
