"""Labels of the active filters, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from core.words.dates import long_day
from pmo.standards.conformity.enums import Standing
from pmo.steering.dashboards.chart import format_long_month
from pmo.steering.dashboards.decision_charts import age_labels
from pmo.steering.dashboards.drilldown import FigureList
from pmo.steering.dashboards.figure_rows import GAPS, IMPOSSIBLE, OWNER, UNMET
from pmo.steering.dashboards.scope import PERIOD, Scope

#: Label of a filter value, by filter.
WORDS: dict[str, Callable[[str], str]] = {
    "late": lambda value: _("late"),
    "age": lambda value: age_labels()[int(value)],
    "for": lambda value: _("pending with %(role)s") % {"role": _("Owner") if value == OWNER else value},
    "month": lambda value: format_long_month(date.fromisoformat(f"{value}-01")),
    "without": lambda value: _("passed without a criterion"),
    "role": str,
    "heard": lambda value: _("opinions received"),
    "case": lambda value: _("opinion impossible") if value == IMPOSSIBLE else _("opinion not received"),
    "short": lambda value: _("vacant for less than 7 days"),
    "followed": lambda value: _("followed") if value == "yes" else _("not followed"),
    "state": lambda value: {"vacant": _("Vacant"), "ending": _("Ends within 60 days"), "held": _("Filled")}[value],
    "covered": lambda value: _("covered by a test"),
    "uncovered": lambda value: _("without a test"),
    "standard": str,
    "result": lambda value: (
        {GAPS: _("gap"), UNMET: _("not met or unanswered")}.get(value) or str(Standing(value).label)
    ),
    "ending": lambda value: _("ending within 30 days"),
    "red": lambda value: _("red and not accepted"),
    "likelihood": lambda value: _("likelihood %(n)s") % {"n": value},
    "by": lambda value: _("last rated by %(role)s") % {"role": value},
    "impact": lambda value: _("impact %(n)s") % {"n": value},
}


def scope_labels(scope: Scope, *, period: bool) -> list[tuple[str, str]]:
    """Return (parameter, label) of the scope and, with `period`, of its period; empty without filters."""
    labels = []
    choices = scope.choices() if scope.within or scope.owner else {}
    if scope.within:
        labels.append(("within", choices["within"].get(scope.within, scope.within)))
    if scope.owner:
        labels.append(("owner", choices["owner"].get(scope.owner, _("another owner"))))
    if scope.only:
        labels.append(("project", scope.only))
    if period and scope.period != PERIOD:
        labels.append(("period", _("the last %(n)d days") % {"n": scope.period}))
    if period and scope.as_of:
        labels.append(("as_of", _("up to %(day)s") % {"day": long_day(scope.as_of)}))
    return labels


def list_labels(scope: Scope, listing: FigureList, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (parameter, label) of the scope and of the list."""
    period = listing.of_period and "month" not in chosen
    return [*scope_labels(scope, period=period), *((name, WORDS[name](value)) for name, value in chosen.items())]
