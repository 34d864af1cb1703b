"""The overview of a dashboard, read once for its page, its files and the monthly review."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance import figures
from governance.charts import months_back
from governance.dashboards import pictures
from governance.dashboards.scope import Scope
from governance.dashboards.taking import monthly, trend

MONTHS = 12


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
                _("Decisions pending"), sum(self.waiting.ages), pictures.behind(scope, "pending"),
                bad=self.sum("late"), bad_word=_("late"), bad_href=pictures.behind(scope, "pending", late=1),
            ),
            Number(
                _("Median time to decide"), pictures.in_days(self.taken.median), pictures.behind(scope, "decided"),
                note=_("%(n)d decisions, goal %(goal)s") % {"n": self.taken.decisions, "goal": goal},
            ),
            Number(
                _("Roles held"), held, pictures.behind(scope, "roles", state="held"), of=needed,
                bad=needed - held, bad_word=ngettext("vacant", "vacant", needed - held),
                bad_href=pictures.behind(scope, "roles", state="vacant"),
                note=_("%(n)d end within 60 days") % {"n": ending},
            ),
            Number(_("Conditions overdue"), self.sum("overdue"), pictures.behind(scope, "overdue")),
            Number(
                _("Musts without a test"), self.sum("uncovered"), pictures.behind(scope, "musts", uncovered=1),
                of=self.sum("musts"),
            ),
        ]  # fmt: skip


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
    taken = figures.overall(scope.projects, scope.since, scope.today + timedelta(days=1))
    return Board(scope, lines, waiting, taken, drawn)
