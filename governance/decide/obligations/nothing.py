"""“Nothing to report” as evidence: of which responsibilities, for a period, and never three times running.

Elsewhere it says nothing, and is refused. The triggers read the same pattern and the same codes.
"""

import re
from collections.abc import Iterable
from datetime import date

#: Codes of the responsibilities of which it is evidence: sessions, business and technical risks, difficulties in use.
MAY_REPORT_NOTHING = frozenset({"MOA-11", "PO-14", "AMOA-13", "BM-06", "MOE-05", "DEST-07", "PFMET-01", "PFBR-01"})
#: A text that says nothing else, in both languages. The same expression for Python and PostgreSQL.
PATTERN = r"^\s*(nothing to report|rien à signaler|ntr|ras|r\.a\.s)\s*[.!]*\s*$"
#: Periods running of which it is not evidence.
RUNNING = 3
_NOTHING = re.compile(PATTERN, re.IGNORECASE)
_WEEK, _MONTH, _YEAR = (re.compile(form) for form in (r"[0-9]{4}-W[0-9]{2}", r"[0-9]{4}-Q?[0-9]{1,2}", r"[0-9]{4}-Y"))


def is_nothing(note: str) -> bool:
    """Return whether a text says that there is nothing to report, and nothing else."""
    return bool(_NOTHING.match(note))


def number_period(key: str) -> tuple[str, int] | None:
    """Return the length of a period and its place among those of this length; None for another occasion."""
    year, _sign, period = key.partition("-")
    if _WEEK.fullmatch(key):
        return "W", date.fromisocalendar(int(year), int(period[1:]), 1).toordinal() // 7
    if _YEAR.fullmatch(key):
        return "Y", int(year)
    if _MONTH.fullmatch(key):
        return ("Q", int(year) * 4 + int(period[1:])) if period[0] == "Q" else ("M", int(year) * 12 + int(period))
    return None


def is_too_often(key: str, others: Iterable[str]) -> bool:
    """Return whether a period would be the third running with nothing to report; `others` are keys that had nothing."""
    here = number_period(key)
    if here is None:
        return True
    length, number = here
    known = {here, *(period for period in map(number_period, others) if period)}
    windows = (range(number - before, number - before + RUNNING) for before in range(RUNNING))
    return any(all((length, place) in known for place in window) for window in windows)
