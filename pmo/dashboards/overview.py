"""Overview of a dashboard, loaded once for page, exports and monthly review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.charts import list_months
from pmo.dashboards import charts as pictures
from pmo.dashboards import figures
from pmo.dashboards.drilldown import checkpoints
from pmo.dashboards.heatmaps import heat_lines, weather_lines
from pmo.dashboards.obligations import by_role
from pmo.dashboards.scope import Scope, behind
from pmo.dashboards.snapshots import trend
from pmo.risks.queries import count_heat, exposure_by_adviser, list_month_ends

MONTHS = 12
#: Months of the exposure chart.
EXPOSURES = 6
DAY = timedelta(days=1)


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
class Row:
    """Project in the table of a dashboard; `to` maps its figures to the URLs of their lists."""

    line: figures.Line
    to: Mapping[str, str]


def row_of(scope: Scope, line: figures.Line) -> Row:
    """Return the row of a project."""
    listed: dict[str, tuple[str, dict[str, Any]]] = {
        "pending": ("pending", {}),
        "late": ("pending", {"late": 1}),
        "held": ("roles", {"state": "held"}),
        "roles": ("roles", {}),
        "overdue": ("overdue", {}),
        "red": ("risks", {"red": 1}),
        "covered": ("musts", {"covered": 1}),
        "musts": ("musts", {}),
    }
    to = {name: behind(scope, listing, project=line.project.code, **said) for name, (listing, said) in listed.items()}
    return Row(line, to)


@dataclass(frozen=True)
class Board:
    """Data of the overview: project figures, pending proposals, decisions, charts."""

    scope: Scope
    lines: list[figures.Line]
    waiting: figures.Waiting
    taken: figures.Month
    drawn: list[pictures.Picture]

    def sum(self, name: str) -> int:
        """Sum one figure over the projects."""
        return figures.total(self.lines, name)

    def numbers(self) -> list[Number]:
        """Return the key figures."""
        scope, late, taken = self.scope, self.sum("late"), self.taken.decisions
        return [
            Number(
                _("Decisions pending"),
                sum(self.waiting.ages),
                behind(scope, "pending"),
                parts=[Part(late, _("late"), behind(scope, "pending", late=1), bad=True)],
            ),
            Number(
                _("Median time to decide"),
                pictures.in_days(self.taken.median),
                "",
                parts=[Part(taken, ngettext("decision taken", "decisions taken", taken), behind(scope, "decided"))],
                note=_("goal %(days)s") % {"days": pictures.in_days(figures.GOAL_DAYS)},
            ),
            self._roles_held(),
            Number(_("Conditions overdue"), self.sum("overdue"), behind(scope, "overdue")),
            Number(
                _("Musts without a test"),
                self.sum("uncovered"),
                behind(scope, "musts", uncovered=1),
                of=self.sum("musts"),
                of_href=behind(scope, "musts"),
            ),
        ]

    def _roles_held(self) -> Number:
        seats = [line.seats for line in self.lines]
        held, needed = sum(one.held for one in seats), sum(len(one.states) for one in seats)
        vacant, ending = (sum(len(one.of(state)) for one in seats) for state in ("vacant", "ending"))
        to = {state: behind(self.scope, "roles", state=state) for state in ("held", "vacant", "ending")}
        return Number(
            _("Roles held"),
            held,
            to["held"],
            of=needed,
            of_href=behind(self.scope, "roles"),
            parts=[
                Part(vacant, ngettext("vacant role", "vacant roles", vacant), to["vacant"], bad=True),
                Part(ending, ngettext("role ends within 60 days", "roles end within 60 days", ending), to["ending"]),
            ],
        )


def consolidated(scope: Scope) -> Board:
    """Return the overview with the charts of every dashboard, for the PDF and the monthly review."""
    board = read(scope)
    return replace(
        board,
        drawn=[
            *board.drawn,
            pictures.promised(scope, by_role(scope)),
            pictures.standards(scope, checkpoints(scope)),
            pictures.heat(heat_lines(scope, count_heat(scope.projects, residual=True))),
            exposure(scope),
            pictures.weather(weather_lines(scope)),
            pictures.covered(scope, board.lines),
            pictures.advisers(scope, figures.followed(scope.projects, scope.since)),
        ],
    )


def exposure(scope: Scope) -> pictures.Picture:
    """Chart the exposure over the last months and today. Three queries."""
    days = list_month_ends(scope.today, EXPOSURES)
    return pictures.taken_off(exposure_by_adviser(scope.projects, days), scope.today)


def read(scope: Scope) -> Board:
    """Load the overview. Six queries."""
    now = timezone.now()
    lines = figures.lines(scope.projects, now, scope.since)
    waiting = figures.waiting(scope.projects, now)
    months = figures.by_month(scope.projects, list_months(scope.today, MONTHS))
    kept = trend(scope.projects, ("pending", "late", "overdue"), scope.since)
    drawn = [
        pictures.faster(scope, months),
        pictures.aging(scope, waiting),
        pictures.who_waits(scope, waiting),
        pictures.roles_held(scope, lines),
        pictures.backlog(scope, kept),
    ]
    taken = figures.overall(scope.projects, scope.since, scope.today + DAY)
    return Board(scope, lines, waiting, taken, drawn)
