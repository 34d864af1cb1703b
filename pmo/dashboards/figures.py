"""The figures of a dashboard, counted from the rows themselves: each number is the length of the list behind it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    CharField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import TruncMonth
from django.utils import timezone

from core.subqueries import counted, summed
from governance import workflow
from governance.enums import DISAGREES, Position, ProposalState
from governance.models import Condition, Decision, Opinion, Proposal
from pmo import business_side
from pmo.risks.models import Risk
from projects.launch.checklist import matters_at
from projects.mandates.vacancies import vacant_from
from projects.models import Mandate, Project

#: Days within which a proposal should be answered after its submission; past twice that it is very late.
GOAL_DAYS = 10
#: Upper bounds of the classes of waiting, in days; what waits longer is in the last one.
AGES = (5, GOAL_DAYS, 2 * GOAL_DAYS)


# — what is counted: rows → those that count —


def pending(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Submitted and not answered yet."""
    return proposals.filter(state__in=workflow.BEFORE_THE_OWNER)


def late(proposals: QuerySet[Proposal], today: date) -> QuerySet[Proposal]:
    """Pending after the latest date for deciding."""
    return pending(proposals).filter(current__decide_by__lt=today)


def aged(proposals: QuerySet[Proposal], place: int, now: datetime) -> QuerySet[Proposal]:
    """Pending since as long as the class at `place` of AGES says (the last one is open), by whole days."""
    return pending(proposals).filter(_age(place, now))


def waiting_for(proposals: QuerySet[Proposal], role: str) -> QuerySet[Proposal]:
    """Pending ones that wait for this role: its opinion, or the decision of the owner when `role` is empty."""
    found = pending(proposals)
    if not role:
        return found.filter(state=ProposalState.READY_FOR_DECISION)
    return found.filter(state__in=workflow.BEING_ADVISED, awaited_roles__contains=[role])


#: Where the answer of the owner goes against an opinion.
AGAINST = Q(
    *(Q(revision__decision__outcome=outcome, position=position) for outcome, position in DISAGREES.items()),
    _connector=Q.OR,
)


def settled(projects: QuerySet[Project], since: date) -> QuerySet[Opinion]:
    """The opinions that were answered since that day with yes or no, and that said yes or no themselves."""
    answered = Opinion.objects.filter(
        revision__decision__project__in=projects, revision__decision__acted_at__date__gte=since,
        revision__decision__outcome__in=list(DISAGREES),
    )  # fmt: skip
    return answered.exclude(position=Position.NO_OPINION)


# — each project —


class Median(Aggregate):
    """The middle of the values of a group."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


#: How long the owner took: from the submission of the revision to its answer.
TAKEN = ExpressionWrapper(F("acted_at") - F("revision__acted_at"), output_field=DurationField())
MEDIAN = Median(TAKEN, output_field=DurationField())


@dataclass(frozen=True)
class Seats:
    """The roles a project must have, by their code: `held`, `ending` (vacant within 60 days) or `vacant`."""

    states: dict[str, str]

    @property
    def held(self) -> int:
        """How many are held today."""
        return sum(state != "vacant" for state in self.states.values())

    def of(self, state: str) -> list[str]:
        """The codes of those in this state."""
        return [code for code, found in self.states.items() if found == state]


@dataclass(frozen=True)
class Line:
    """The figures of one project. `oldest` and `median` are in days; `owner` is the name of who decides today.

    `red` risks are red and not accepted; `initial` and `residual` are sums of the levels of open threats.
    """

    project: Project
    owner: str
    pending: int
    late: int
    oldest: int | None
    median: float | None
    seats: Seats
    overdue: int
    musts: int
    uncovered: int
    red: int
    initial: int
    residual: int

    @property
    def covered(self) -> int:
        """The musts that a test covers."""
        return self.musts - self.uncovered

    def figures(self) -> dict[str, int]:
        """Those that are kept every night."""
        return {
            "pending": self.pending, "late": self.late, "roles": len(self.seats.states), "held": self.seats.held,
            "overdue": self.overdue, "musts": self.musts, "covered": self.covered, "red": self.red,
            "initial": self.initial, "residual": self.residual,
        }  # fmt: skip


def lines(projects: QuerySet[Project], now: datetime, since: date) -> list[Line]:
    """Return the figures of each project at `now`, its decisions since that day, by code. Two queries."""
    held = Mandate.objects.not_over(now).filter(holder__is_active=True).select_related("role").order_by()
    rows = projects.select_related("parent").annotate(**_counts(now, since), **_needed())
    held = held.only("project", "period", "role__code")
    return [_line(row, now) for row in rows.order_by("code").prefetch_related(Prefetch("mandates", held, "held_"))]


def _counts(now: datetime, since: date) -> dict[str, Any]:
    mine, today = {"project": OuterRef("pk")}, timezone.localdate(now)
    proposals = Proposal.objects.filter(**mine)
    decisions = Decision.objects.filter(**mine, acted_at__date__gte=since).order_by()
    conditions = Condition.objects.filter(decision__project=OuterRef("pk")).order_by()
    oldest = pending(proposals).order_by("current__acted_at")
    owner = Mandate.objects.during(now).deciding().filter(**mine, holder__is_active=True)
    threats = Risk.objects.filter(**mine).open().threats().with_levels()
    return {
        "pending_": counted(pending(proposals)),
        "late_": counted(late(proposals, today)),
        "since_": Subquery(oldest.values("current__acted_at")[:1]),
        "median_": Subquery(decisions.values("project").annotate(m=MEDIAN).values("m")),
        "overdue_": counted(conditions.overdue(today), "decision__project"),
        "red_": counted(Risk.objects.filter(**mine).red_and_unaccepted(today)),
        "initial_": summed(threats, "level_initial"),
        "residual_": summed(threats, "level_now"),
        "musts_": business_side.count_musts(),
        "uncovered_": business_side.count_uncovered(),
        "owner_": Subquery(owner.values("holder__name")[:1]),
    }


def _needed() -> dict[str, Any]:
    """The roles a project must have, by their code, and their authority."""
    asked = '$.roles[*] ? (@.mandatory == "true")'
    return {"codes_": _path(f"{asked}.code"), "authorities_": _path(f"{asked}.authority")}


def _path(path: str) -> Any:
    """What a JSON path finds in the roles in force, as an array."""
    return Func(
        "matrix__content", Value(path), function="jsonb_path_query_array",
        template="ARRAY(SELECT jsonb_array_elements_text(%(function)s(%(expressions)s::jsonpath)))",
        output_field=ArrayField(CharField()),
    )  # fmt: skip


def _states(row: Any, now: datetime) -> Seats:
    mandatory = zip(row.codes_, row.authorities_, strict=True)
    needed = [code for code, authority in mandatory if matters_at(row.level, authority)]
    held: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for mandate in row.held_:
        held.setdefault(mandate.role.code, []).append((mandate.starts_at, mandate.ends_at))
    return Seats({code: _state(held.get(code, []), now) for code in needed})


def _state(periods: list[tuple[datetime, datetime | None]], now: datetime) -> str:
    if not any(start <= now for start, _end in periods):
        return "vacant"
    return "ending" if vacant_from(periods, now) else "held"


def _line(row: Any, now: datetime) -> Line:
    return Line(
        project=row, owner=row.owner_ or "", pending=row.pending_, late=row.late_,
        oldest=(now - row.since_).days if row.since_ else None,
        median=days(row.median_), seats=_states(row, now), overdue=row.overdue_,
        musts=row.musts_, uncovered=row.uncovered_, red=row.red_, initial=row.initial_, residual=row.residual_,
    )  # fmt: skip


def days(taken: timedelta | None) -> float | None:
    """A duration in days, to one decimal."""
    return None if taken is None else round(taken.total_seconds() / 86_400, 1)


# — all of them together —


@dataclass(frozen=True)
class Month:
    """The decisions of a month: how many, and the median days they took."""

    month: date
    median: float | None
    decisions: int


def by_month(projects: QuerySet[Project], months: Sequence[date]) -> list[Month]:
    """How long decisions took in each of these months. One query."""
    taken = Decision.objects.filter(project__in=projects, acted_at__date__gte=months[0]).order_by()
    rows = taken.annotate(month=TruncMonth("acted_at")).values("month").annotate(median=MEDIAN, n=Count("pk"))
    found = {timezone.localdate(row["month"]): row for row in rows}
    return [
        Month(month, days(found[month]["median"]), found[month]["n"]) if month in found else Month(month, None, 0)
        for month in months
    ]


def overall(projects: QuerySet[Project], since: date, until: date) -> Month:
    """The decisions over `[since, until)`, as if it were one month. One query."""
    taken = Decision.objects.filter(project__in=projects, acted_at__date__gte=since, acted_at__date__lt=until)
    found = taken.order_by().aggregate(median=MEDIAN, n=Count("pk"))
    return Month(since, days(found["median"]), found["n"])


@dataclass(frozen=True)
class Waiting:
    """The pending proposals by how long they have waited (`ages`, see AGES) and by whom they wait for.

    `roles` counts under an empty code those that wait for the owner; one may wait for two opinions.
    """

    ages: list[int]
    roles: dict[str, int]


def waiting(projects: QuerySet[Project], now: datetime) -> Waiting:
    """What waits. One query."""
    proposals = pending(Proposal.objects.filter(project__in=projects))
    rows: Any = proposals.order_by().values("state", "awaited_roles").annotate(
        **{f"age{place}": Count("pk", filter=_age(place, now)) for place in range(len(AGES) + 1)}, n=Count("pk")
    )  # fmt: skip
    ages, roles = [0] * (len(AGES) + 1), Counter[str]()
    for row in rows:
        for place in range(len(AGES) + 1):
            ages[place] += row[f"age{place}"]
        asked = [""] if row["state"] == ProposalState.READY_FOR_DECISION else row["awaited_roles"]
        roles.update(dict.fromkeys(asked, row["n"]))
    return Waiting(ages, dict(sorted(roles.items())))


def _age(place: int, now: datetime) -> Q:
    said = Q()
    if place < len(AGES):
        said &= Q(current__acted_at__gt=now - timedelta(days=AGES[place]))
    return said & Q(current__acted_at__lte=now - timedelta(days=AGES[place - 1])) if place else said


@dataclass(frozen=True)
class Followed:
    """How the answers of the owner went with the opinions of a role; what an answer leaves open counts in neither."""

    role: str
    followed: int
    not_followed: int


def followed(projects: QuerySet[Project], since: date) -> list[Followed]:
    """How often each adviser role was followed since that day. One query."""
    groups: Any = settled(projects, since).order_by("role").values("role").annotate(
        yes=Count("pk", filter=~AGAINST), no=Count("pk", filter=AGAINST)
    )  # fmt: skip
    return [Followed(group["role"], group["yes"], group["no"]) for group in groups]


def total(found: Iterable[Line], name: str) -> int:
    """The sum of one figure over the projects."""
    return sum(getattr(line, name) for line in found)
