"""The overview of a dashboard, read once for its page, its files and the monthly review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.charts import months_back
from pmo.dashboards import charts as pictures
from pmo.dashboards import figures
from pmo.dashboards.drilldown import checkpoints
from pmo.dashboards.heatmaps import heat_lines, weather_lines
from pmo.dashboards.obligations import by_role
from pmo.dashboards.scope import Scope, behind
from pmo.dashboards.snapshots import trend
from pmo.risks.queries import exposure_by_adviser, heat, last_months

MONTHS = 12
#: Months the exposure to risks is told of.
EXPOSURES = 6
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    """A further number beside a key figure, its word and the list behind it; a `bad` one asks for an act."""

    count: int
    word: str
    href: str
    bad: bool = False

    def __str__(self) -> str:
        return f"{self.count} {self.word}"


@dataclass(frozen=True)
class Number:
    """A key figure and its whole, each with the list behind it, and what is to be said beside it."""

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
        """What is said beside it, on one line."""
        return ", ".join([*map(str, self.shown), *filter(None, [self.note])])

    @property
    def shown(self) -> list[Part]:
        """The parts that are not nothing."""
        return [part for part in self.parts if part.count]


@dataclass(frozen=True)
class Row:
    """A project in the table of a dashboard, with the lists behind its numbers by their names in the template."""

    line: figures.Line
    to: Mapping[str, str]


def row_of(scope: Scope, line: figures.Line) -> Row:
    """The row of one project."""
    listed: dict[str, tuple[str, dict[str, Any]]] = {
        "pending": ("pending", {}), "late": ("pending", {"late": 1}), "held": ("roles", {"state": "held"}),
        "roles": ("roles", {}), "overdue": ("overdue", {}), "red": ("risks", {"red": 1}),
        "covered": ("musts", {"covered": 1}), "musts": ("musts", {}),
    }  # fmt: skip
    to = {name: behind(scope, listing, project=line.project.code, **said) for name, (listing, said) in listed.items()}
    return Row(line, to)


@dataclass(frozen=True)
class Board:
    """What the overview shows, read once: the lines of the projects, what waits, what was decided."""

    scope: Scope
    lines: list[figures.Line]
    waiting: figures.Waiting
    taken: figures.Month
    drawn: list[pictures.Picture]

    def sum(self, name: str) -> int:
        """One figure over the projects."""
        return figures.total(self.lines, name)

    def numbers(self) -> list[Number]:
        """The key figures."""
        scope, late, taken = self.scope, self.sum("late"), self.taken.decisions
        return [
            Number(
                _("Decisions pending"), sum(self.waiting.ages), behind(scope, "pending"),
                parts=[Part(late, _("late"), behind(scope, "pending", late=1), bad=True)],
            ),
            Number(
                _("Median time to decide"), pictures.in_days(self.taken.median), "",
                parts=[Part(taken, ngettext("decision taken", "decisions taken", taken), behind(scope, "decided"))],
                note=_("goal %(days)s") % {"days": pictures.in_days(figures.GOAL_DAYS)},
            ),
            self._roles_held(),
            Number(_("Conditions overdue"), self.sum("overdue"), behind(scope, "overdue")),
            Number(
                _("Musts without a test"), self.sum("uncovered"), behind(scope, "musts", uncovered=1),
                of=self.sum("musts"), of_href=behind(scope, "musts"),
            ),
        ]  # fmt: skip

    def _roles_held(self) -> Number:
        seats = [line.seats for line in self.lines]
        held, needed = sum(one.held for one in seats), sum(len(one.states) for one in seats)
        vacant, ending = (sum(len(one.of(state)) for one in seats) for state in ("vacant", "ending"))
        to = {state: behind(self.scope, "roles", state=state) for state in ("held", "vacant", "ending")}
        return Number(
            _("Roles held"), held, to["held"], of=needed, of_href=behind(self.scope, "roles"),
            parts=[
                Part(vacant, ngettext("vacant role", "vacant roles", vacant), to["vacant"], bad=True),
                Part(ending, ngettext("role ends within 60 days", "roles end within 60 days", ending), to["ending"]),
            ],
        )  # fmt: skip


def consolidated(scope: Scope) -> Board:
    """Everything a dashboard says, for its file and the monthly review: the overview, then standards, risks, weather,
    coverage and advice."""
    board = read(scope)
    return replace(board, drawn=[
        *board.drawn, pictures.promised(scope, by_role(scope)),
        pictures.standards(scope, checkpoints(scope)),
        pictures.heat(heat_lines(scope, heat(scope.projects, residual=True))), exposure(scope),
        pictures.weather(weather_lines(scope)), pictures.covered(scope, board.lines),
        pictures.advisers(scope, figures.followed(scope.projects, scope.since)),
    ])  # fmt: skip


def exposure(scope: Scope) -> pictures.Picture:
    """How much risk was taken off the owner, over the last months and today. Three queries."""
    days = last_months(scope.today, EXPOSURES)
    return pictures.taken_off(exposure_by_adviser(scope.projects, days), scope.today)


def read(scope: Scope) -> Board:
    """The overview. Six queries."""
    now = timezone.now()
    lines = figures.lines(scope.projects, now, scope.since)
    waiting = figures.waiting(scope.projects, now)
    months = figures.by_month(scope.projects, months_back(scope.today, MONTHS))
    kept = trend(scope.projects, ("pending", "late", "overdue"), scope.since)
    drawn = [
        pictures.faster(scope, months), pictures.aging(scope, waiting), pictures.who_waits(scope, waiting),
        pictures.roles_held(scope, lines), pictures.backlog(scope, kept),
    ]  # fmt: skip
    taken = figures.overall(scope.projects, scope.since, scope.today + DAY)
    return Board(scope, lines, waiting, taken, drawn)
