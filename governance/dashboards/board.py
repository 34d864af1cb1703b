"""The overview of a dashboard, read once for its page, its files and the monthly review."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance import figures
from governance.charts import months_back
from governance.dashboards import pictures
from governance.dashboards.behind import checkpoints
from governance.dashboards.grids import weather_lines
from governance.dashboards.obligations import by_role, obligations
from governance.dashboards.scope import Scope, behind
from governance.dashboards.taking import monthly, trend
from governance.risks.reading import exposure_by_adviser

MONTHS = 12
#: Months the exposure to risks is told of.
EXPOSURES = 6
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Number:
    """A key figure with the list behind it; `of` is its whole, `bad` how much of it asks for an act, in a word."""

    name: str
    value: int | str
    href: str
    of: int | None = None
    bad: int = 0
    bad_word: str = ""
    bad_href: str = ""
    note: str = ""

    def __str__(self) -> str:
        of = "" if self.of is None else f" / {self.of}"
        return f"{self.value}{of}" + (f", {self.bad} {self.bad_word}" if self.bad else "")


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
        scope, held = self.scope, sum(line.seats.held for line in self.lines)
        needed = sum(len(line.seats.states) for line in self.lines)
        ending = sum(len(line.seats.of("ending")) for line in self.lines)
        goal = pictures.in_days(figures.GOAL_DAYS)
        return [
            Number(
                _("Decisions pending"), sum(self.waiting.ages), behind(scope, "pending"),
                bad=self.sum("late"), bad_word=_("late"), bad_href=behind(scope, "pending", late=1),
            ),
            Number(
                _("Median time to decide"), pictures.in_days(self.taken.median), behind(scope, "decided"),
                note=_("%(n)d decisions, goal %(goal)s") % {"n": self.taken.decisions, "goal": goal},
            ),
            Number(
                _("Roles held"), held, behind(scope, "roles", state="held"), of=needed,
                bad=needed - held, bad_word=ngettext("vacant role", "vacant roles", needed - held),
                bad_href=behind(scope, "roles", state="vacant"),
                note=_("%(n)d end within 60 days") % {"n": ending},
            ),
            Number(_("Conditions overdue"), self.sum("overdue"), behind(scope, "overdue")),
            Number(
                _("Musts without a test"), self.sum("uncovered"), behind(scope, "musts", uncovered=1),
                of=self.sum("musts"),
            ),
        ]  # fmt: skip


def consolidated(scope: Scope) -> Board:
    """Everything a dashboard says, for its file and the monthly review: the overview, then standards, risks, weather,
    coverage and advice."""
    board = read(scope)
    ends = [*(month - DAY for month in months_back(scope.today, EXPOSURES)[1:]), scope.today]
    return replace(board, drawn=[
        *board.drawn, pictures.promised(scope, by_role(obligations(scope), scope.today)),
        pictures.standards(scope, checkpoints(scope)),
        pictures.taken_off(exposure_by_adviser(scope.projects, ends), scope.today),
        pictures.weather(weather_lines(scope)),
        pictures.covered(scope, board.lines), pictures.advisers(scope, figures.followed(scope.projects, scope.since)),
    ])  # fmt: skip


def read(scope: Scope) -> Board:
    """The overview. Six queries."""
    now = timezone.now()
    lines = figures.lines(scope.projects, now, scope.since)
    waiting = figures.waiting(scope.projects, now)
    months = figures.by_month(scope.projects, months_back(scope.today, MONTHS))
    kept = monthly(trend(scope.projects, ("pending", "late", "overdue"), scope.since))
    drawn = [
        pictures.faster(scope, months), pictures.aging(scope, waiting), pictures.who_waits(scope, waiting),
        pictures.roles_held(scope, lines), pictures.backlog(scope, kept),
    ]  # fmt: skip
    taken = figures.overall(scope.projects, scope.since, scope.today + DAY)
    return Board(scope, lines, waiting, taken, drawn)
