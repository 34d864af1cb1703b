"""Charts of decisions and opinions: how fast, how old, whom they wait for, how often advice is followed."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.pages import charts
from core.words.dates import long_day
from pmo.steering.dashboards.chart import (
    Cell,
    Chart,
    Key,
    format_days,
    format_long_month,
    format_short_month,
    linked_count,
)
from pmo.steering.dashboards.figure_rows import IMPOSSIBLE, OWNER, WAIVED
from pmo.steering.dashboards.figures import Hearing, Month, Waiting, goal_days, list_age_bounds
from pmo.steering.dashboards.scope import Scope, list_url


def chart_decision_times(scope: Scope, months: Sequence[Month]) -> Chart:
    """Chart: are decisions getting faster?"""
    drawn = charts.line([(format_short_month(m.month), m.median) for m in months], _("days"), goal_days())
    rows = [
        (
            Cell(format_long_month(m.month)),
            Cell(format_days(m.median)),
            linked_count(m.decisions, scope, "decided", month=f"{m.month:%Y-%m}"),
        )
        for m in months
    ]
    return Chart(
        "faster",
        _("Are decisions getting faster?"),
        _("Median days from submission to decision, by month"),
        _conclude_decision_times([m for m in months if m.decisions]),
        (_("Month"), _("Median"), _("Decisions")),
        rows,
        line=drawn,
        goal=_("goal %(days)s") % {"days": format_days(goal_days())},
    )


def _conclude_decision_times(months: Sequence[Month]) -> str:
    """Return the conclusion for months with decisions; a single month is no trend."""
    if not months:
        return _("No decision was taken in these months.")
    first, last = months[0], months[-1]
    params = {
        "first": format_days(first.median),
        "start": format_long_month(first.month),
        "last": format_days(last.median),
        "end": format_long_month(last.month),
        "goal": format_days(goal_days()),
    }
    if first == last:
        return _("Median time to decide: %(last)s in %(end)s. The goal is %(goal)s.") % params
    return _("Median time to decide: %(first)s in %(start)s, %(last)s in %(end)s. The goal is %(goal)s.") % params


def age_labels() -> list[str]:
    """Return the labels of the waiting classes."""
    bounds = list_age_bounds()
    between = [_("%(a)d to %(b)d days") % {"a": a, "b": b} for a, b in pairwise(bounds)]
    first = ngettext("Under %(n)d day", "Under %(n)d days", bounds[0])
    return [first % {"n": bounds[0]}, *between, _("%(n)d days or more") % {"n": bounds[-1]}]


def chart_ages(scope: Scope, waiting: Waiting) -> Chart:
    """Chart: what has been waiting, and how long?"""
    labels = age_labels()
    marks = ("pending", "pending", "deferred", "rejected")
    total = sum(waiting.ages)
    over = sum(waiting.ages[2:])
    conclusion = (
        _("No decision is pending.")
        if not total
        else ngettext(
            "%(n)d decision is pending, %(over)d past the goal.",
            "%(n)d decisions are pending, %(over)d past the goal.",
            total,
        )
        % {"n": total, "over": over}
    )
    rows = [
        (Cell(label), linked_count(n, scope, "pending", age=place))
        for place, (label, n) in enumerate(zip(labels, waiting.ages, strict=True))
    ]
    drawn = [
        charts.Row(label.text, [(mark, n)], str(n), cell.href)
        for (label, cell), mark, n in zip(rows, marks, waiting.ages, strict=True)
    ]
    return Chart(
        "aging",
        _("What is pending, and since when?"),
        _("Pending decisions by days since submission"),
        conclusion,
        (_("Pending for"), _("Decisions")),
        rows,
        bars=charts.bars(drawn),
        legend=(
            Key("pending", _("within the goal")),
            Key("deferred", _("past the goal")),
            Key("rejected", _("past twice the goal")),
        ),
    )


def chart_awaited_roles(scope: Scope, waiting: Waiting) -> Chart:
    """Chart: whose turn is it?"""
    rows_of = [(role, n) for role, n in waiting.roles.items() if n]
    names = {role: role or _("Owner") for role, _n in rows_of}
    top = max(rows_of, key=lambda pair: pair[1], default=None)
    conclusion = (
        _("No role needs to act.")
        if top is None
        else ngettext("%(role)s: %(n)d pending decision.", "%(role)s: %(n)d pending decisions.", top[1])
        % {"n": top[1], "role": names[top[0]]}
    )
    rows = [(Cell(names[role]), linked_count(n, scope, "pending", **{"for": role or OWNER})) for role, n in rows_of]
    drawn = [
        charts.Row(name.text, [("pending", n)], str(n), cell.href)
        for (name, cell), (_role, n) in zip(rows, rows_of, strict=True)
    ]
    return Chart(
        "who",
        _("Who needs to act?"),
        _("Pending decisions by the role that must act: an opinion, or the owner’s decision"),
        conclusion,
        (_("Role"), _("Decisions")),
        rows,
        bars=charts.bars(drawn),
    )


def chart_backlog(scope: Scope, days: Sequence[Mapping[str, Any]]) -> Chart:
    """Chart of the nightly snapshots: is the pile getting smaller?"""
    values = [(format_short_month(row["day"]), float(row["pending"])) for row in days]
    conclusion = _("Figures are kept every night. The trend starts on the second night.")
    if len(days) > 1:
        conclusion = _("%(first)s pending on %(start)s, %(last)s on %(end)s.") % {
            "first": days[0]["pending"],
            "start": long_day(days[0]["day"]),
            "last": days[-1]["pending"],
            "end": long_day(days[-1]["day"]),
        }
    rows = [
        (Cell(long_day(row["day"])), Cell(str(row["pending"])), Cell(str(row["late"])), Cell(str(row["overdue"])))
        for row in days
    ]
    return Chart(
        "backlog",
        _("Are fewer decisions pending?"),
        _("Pending decisions, night by night"),
        conclusion,
        (_("Day"), _("Pending"), _("Late"), _("Conditions overdue")),
        rows,
        line=charts.line(values, ""),
    )


def chart_advice(scope: Scope, hearings: Sequence[Hearing]) -> Chart:
    """Chart: how often is each advising role heard and followed?"""
    drawn = [
        charts.Row(
            role.role,
            [
                ("approved", role.followed),
                ("rejected", role.not_followed),
                ("na", role.heard - role.followed - role.not_followed),
                ("deferred", role.waived),
                ("pending", role.impossible),
            ],
            f"{role.heard}/{role.asked}",
            list_url(scope, "asked", role=role.role),
        )
        for role in hearings
    ]
    sentences = [
        _("%(role)s heard %(heard)d times of %(asked)d, followed %(yes)d of %(answered)d")
        % {
            "role": role.role,
            "heard": role.heard,
            "asked": role.asked,
            "yes": role.followed,
            "answered": role.followed + role.not_followed,
        }
        for role in hearings
    ]
    rows = [
        (
            Cell(role.role),
            linked_count(role.heard, scope, "opinions", role=role.role, heard=1),
            linked_count(role.followed, scope, "opinions", role=role.role, followed="yes"),
            linked_count(role.not_followed, scope, "opinions", role=role.role, followed="no"),
            linked_count(role.waived, scope, "unheard", role=role.role, case=WAIVED),
            linked_count(role.impossible, scope, "unheard", role=role.role, case=IMPOSSIBLE),
            linked_count(role.short, scope, "unheard", role=role.role, short=1),
        )
        for role in hearings
    ]
    return Chart(
        "advisers",
        _("How often is each advising role heard and followed?"),
        _("Decisions from %(since)s to %(day)s") % {"since": long_day(scope.since), "day": long_day(scope.last_day)},
        f"{'; '.join(sentences)}." if sentences else _("No opinion was asked for a decision of this period."),
        (
            _("Role"),
            _("Heard"),
            _("Followed"),
            _("Not followed"),
            _("Not received"),
            _("Impossible"),
            _("Vacant < 7 days"),
        ),
        rows,
        bars=charts.bars(drawn, shares=True),
        legend=(
            Key("approved", _("followed")),
            Key("rejected", _("not followed")),
            Key("na", _("heard, answer open")),
            Key("deferred", _("not received")),
            Key("pending", _("impossible")),
        ),
        note=_(
            "A deferral or a request for rework neither agrees nor disagrees: it counts as neither "
            "followed nor not followed."
        ),
    )
