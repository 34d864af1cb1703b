"""Filter of the earlier decisions, kept in the query string, and their pages. Invalid values are ignored."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import QueryDict

from governance.decide.kinds.registry import kinds
from governance.enums import Outcome
from governance.record.earlier_decisions.models import EarlierDecision
from projects.models import Project

SIZE = 50
LONGEST_WORDS = 200
#: Value of `sort` that lists the oldest decision first.
OLDEST = "oldest"


@dataclass(frozen=True)
class Filter:
    """Filter of the list; the default matches every row, the newest first."""

    q: str = ""
    kind: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""

    @classmethod
    def from_query_string(cls, address: QueryDict) -> "Filter":
        """Parse the query string."""
        kind, outcome = address.get("kind", ""), address.get("outcome", "")
        return cls(
            q=" ".join(address.get("q", "").replace("\x00", " ").split())[:LONGEST_WORDS],
            kind=kind if kind in {known.code for known in kinds()} else "",
            outcome=outcome if outcome in Outcome.values else "",
            since=_read_day(address.get("since", "")),
            until=_read_day(address.get("until", "")),
            sort=OLDEST if address.get("sort") == OLDEST else "",
        )

    @property
    def is_narrow(self) -> bool:
        """Return whether the filter excludes anything."""
        return any((self.q, self.kind, self.outcome, self.since, self.until))

    def rows(self, project: Project) -> QuerySet[EarlierDecision]:
        """List the matching rows of `project` by date."""
        rows: QuerySet[EarlierDecision] = project.earlier_decisions.all()
        if self.q:
            rows = rows.filter(
                Q(number__icontains=self.q)
                | Q(title__icontains=self.q)
                | Q(reasons__icontains=self.q)
                | Q(signatory__icontains=self.q)
                | Q(file__icontains=self.q)
            )
        wanted = {
            "kind": self.kind,
            "outcome": self.outcome,
            "decided_on__gte": self.since,
            "decided_on__lte": self.until,
        }
        rows = rows.filter(**{name: value for name, value in wanted.items() if value})
        return rows.order_by(*(("decided_on", "pk") if self.sort else ("-decided_on", "-pk")))


@dataclass(frozen=True)
class Rows:
    """Page of the list; `next_key` starts the next page, empty on the last one."""

    rows: list[EarlierDecision]
    next_key: str


def get_page(chosen: Filter, project: Project, after: str) -> Rows:
    """Return the page after the key `after`, a day and a primary key; an invalid key means the first page."""
    rows, day, key = chosen.rows(project), _read_day(after[:10]), after[11:]
    if day and key.isascii() and key.isdecimal() and len(key) < 10:
        beyond = "gt" if chosen.sort else "lt"
        rows = rows.filter(Q(**{f"decided_on__{beyond}": day}) | Q(decided_on=day, **{f"pk__{beyond}": int(key)}))
    found = list(rows[: SIZE + 1])
    shown = found[:SIZE]
    return Rows(shown, f"{shown[-1].decided_on}-{shown[-1].pk}" if len(found) > SIZE else "")


def _read_day(text: str) -> str:
    """Return a day in ISO form; empty when it is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
