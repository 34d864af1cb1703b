"""Missed obligations of a role: periods of a responsibility that are late, as one line, settled together."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import ngettext, ngettext_lazy

from governance.decide.obligations.enums import Standing
from governance.decide.obligations.queries import Obligation, load_obligations, sort_by_date
from projects.models import Project
from roles.enums import Recurrence

#: Periods of one rhythm that are missed, and those of several.
MISSED: dict[str, Any] = {
    Recurrence.WEEKLY: ngettext_lazy("%(n)s week missed since %(first)s", "%(n)s weeks missed since %(first)s", "n"),
    Recurrence.MONTHLY: ngettext_lazy("%(n)s month missed since %(first)s", "%(n)s months missed since %(first)s", "n"),
    Recurrence.QUARTERLY: ngettext_lazy(
        "%(n)s quarter missed since %(first)s", "%(n)s quarters missed since %(first)s", "n"
    ),
    Recurrence.YEARLY: ngettext_lazy(
        "%(n)s year missed since the %(first)s", "%(n)s years missed since the %(first)s", "n"
    ),
}
SEVERAL_MISSED = ngettext_lazy("%(n)s period missed, %(first)s first", "%(n)s periods missed, %(first)s first", "n")


def list_missed(project: Project, role: str, duty: str = "", rhythm: str = "") -> list[Obligation]:
    """List the late obligations that a role may fulfil by hand, by date. One query.

    `duty` is the code of one responsibility, `rhythm` that of a point (`find_point`); empty for all of them.
    """
    return sort_by_date(
        row
        for row in load_obligations(project)
        if row.role == role and is_missed(row) and duty in {"", row.duty.code} and rhythm in {"", find_point(row)}
    )


def find_point(row: Obligation) -> str:
    """Return the rhythm of the point where an obligation is looked at: a year with the quarters."""
    rhythm = row.rhythm
    return Recurrence.QUARTERLY if rhythm == Recurrence.YEARLY else rhythm


def is_missed(row: Obligation) -> bool:
    """Return whether an obligation is late and no act of the product proves it any more."""
    return row.standing == Standing.LATE and not row.is_by_act


def find_together(rows: Sequence[Obligation], act: str) -> str:
    """Return the page where missed obligations of a role and a point are settled: `catch_up` or `excuse_missed`."""
    first = rows[0]
    address = reverse(f"governance:obligations:obligation_{act}", args=[first.project.code, first.role])
    is_one = len({row.duty.code for row in rows}) == 1
    narrowed = {"duty": first.duty.code} if is_one else {"rhythm": find_point(first)}
    return f"{address}?{urlencode(narrowed)}"


def describe_occasions(rows: Sequence[Obligation]) -> str:
    """Return the periods missed since the first one; else the first occasion and how many others are open."""
    first = rows[0]
    late = {row.key: row.rhythm for row in rows if row.standing == Standing.LATE}
    rhythms = set(late.values())
    if len(late) > 1 and rhythms <= MISSED.keys():
        words = MISSED[rhythms.pop()] if len(rhythms) == 1 else SEVERAL_MISSED
        return str(words % {"n": len(late), "first": first.occasion_label})
    left = len({row.key for row in rows} - {first.key})
    if not left:
        return first.occasion_label
    words = ngettext("%(occasion)s and %(n)s other", "%(occasion)s and %(n)s others", left)
    return words % {"occasion": first.occasion_label, "n": left}


def name_missed(rows: Iterable[Obligation]) -> list[tuple[str, str]]:
    """List missed obligations as choices of a form, with their responsibility where there are several."""
    listed = list(rows)
    is_one = len({row.duty.code for row in listed}) == 1
    return [(row.place, row.occasion_label if is_one else f"{row} · {row.occasion_label}") for row in listed]
