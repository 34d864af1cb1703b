"""Money of a programme or portfolio: its budget and shares, and what is committed and forecast below."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.templatetags.ui import euros
from governance.place.shares.figures import read_figures
from pmo.registers.budget.queries import sum_below
from pmo.steering.dashboards.overview import Number
from pmo.steering.dashboards.scope import Scope
from projects.enums import Workspace
from projects.organisation_settings.queries import day_of

NOT_KNOWN = "—"


def list_money(scope: Scope) -> list[Number]:
    """List the figures of the whole group, whatever its filters. What is missing is said, and is not zero."""
    figures, address = read_figures(scope.root), reverse("governance:place:place", args=[scope.root.code])
    shares = [line for line in figures.lines if not line.is_own]
    given = sum(bool(line.now) for line in shares)
    budget, left = (NOT_KNOWN if amount is None else euros(amount) for amount in (figures.budget, figures.left))
    without = _("no budget is decided") if figures.budget is None else ""
    numbers = [
        Number(pgettext("of a portfolio", "Budget"), budget, address, note=without),
        Number(_("Shares"), euros(figures.shared), address, note=_say_how_many(given, len(shares))),
        Number(pgettext("of a budget", "Not allocated"), left, address, note=without),
    ]
    if not scope.shows(Workspace.STEERING):
        return numbers
    below = sum_below(scope.root)
    note = _say_how_many(below.read, below.projects)
    if below.oldest:
        age = (scope.today - day_of(below.oldest)).days
        note += ", " + ngettext("oldest figures %(n)s day ago", "oldest figures %(n)s days ago", age) % {"n": age}
    sums = ((_("Committed"), below.committed), (_("Forecast at completion"), below.forecast))
    return numbers + [Number(name, euros(total) if below.read else NOT_KNOWN, "", note=note) for name, total in sums]


def _say_how_many(some: int, whole: int) -> str:
    return ngettext("%(n)s of %(m)s project", "%(n)s of %(m)s projects", whole) % {"n": some, "m": whole}
