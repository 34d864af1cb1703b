"""Figures of the dashboards. Each figure equals the length of the list behind it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    CharField,
    Count,
    DateField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import TruncMonth
from django.utils import timezone

from core.sql.array_lookup import in_array
from core.sql.compiled_sql import AT, Columns, Day, Instant, Parameter, compile_columns, fill_columns
from core.words.days import midnight
from governance import workflow
from governance.decide.decisions.contradictions import CONTRADICTED, SETTLED, TAKES_A_SIDE
from governance.decide.decisions.models import Unheard
from governance.enums import ProposalState, Settled
from governance.models import Condition, Decision, Opinion, Proposal
from pmo import business_side
from pmo.registers.risks.models import Risk
from projects.enums import AT_REST, Workspace
from projects.models import Mandate, Project
from projects.organisation_settings.queries import organisation
from projects.seats.launch.checklist import is_required_at
from projects.seats.mandates.vacancies import vacant_from

#: Number of waiting classes.
AGES = 4
DAY = timedelta(days=1)


def goal_days() -> int:
    """Return the goal in days from submission to answer; twice that is very late."""
    return organisation().answer_days


def list_age_bounds() -> tuple[int, int, int]:
    """Return the upper bounds of the waiting classes, in days; the last class is open."""
    goal = goal_days()
    return goal // 2, goal, 2 * goal


# Filters: queryset → rows that count.


def filter_pending(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Filter to proposals submitted and not answered."""
    return proposals.filter(state__in=workflow.BEFORE_THE_OWNER)


def filter_late(proposals: QuerySet[Proposal], today: Day) -> QuerySet[Proposal]:
    """Filter to pending proposals past their day to decide by; none of a project at rest is late."""
    return filter_pending(proposals).filter(current__decide_by__lt=today).exclude(project__state__in=AT_REST)


def filter_aged(proposals: QuerySet[Proposal], place: int, now: datetime) -> QuerySet[Proposal]:
    """Filter to pending proposals in the waiting class `place`, in whole days (list_age_bounds)."""
    return filter_pending(proposals).alias(age=_age_class(now)).filter(age=place)


def filter_awaited(proposals: QuerySet[Proposal], role: str) -> QuerySet[Proposal]:
    """Filter to pending proposals that wait for the opinion of `role`, or for the owner when it is empty."""
    pending = filter_pending(proposals)
    if not role:
        return pending.filter(state=ProposalState.READY_FOR_DECISION)
    return pending.filter(state__in=workflow.BEING_ADVISED, awaited_roles__contains=[role])


def list_decisions(projects: QuerySet[Project], since: date, until: date) -> QuerySet[Decision]:
    """Return the decisions taken from `since` to `until`, days of the reader."""
    return Decision.objects.filter(
        in_array("project", projects.values("pk")),
        acted_at__gte=midnight(since),
        acted_at__lt=midnight(until + DAY),
    )


def list_opinions(projects: QuerySet[Project], since: date, until: date) -> QuerySet[Opinion]:
    """Return the opinions on the revisions that were decided from `since` to `until`."""
    return Opinion.objects.filter(
        in_array("revision__decision__project", projects.values("pk")),
        revision__decision__acted_at__gte=midnight(since),
        revision__decision__acted_at__lt=midnight(until + DAY),
    )


def list_settled_opinions(projects: QuerySet[Project], since: date, until: date) -> QuerySet[Opinion]:
    """Return the opinions for or against that were answered with yes or no in that period."""
    return list_opinions(projects, since, until).filter(SETTLED, TAKES_A_SIDE)


#: Gates passed without an entry criterion, on the word of the owner.
PASSED_WITHOUT = Q(settled__contains=[{"fate": str(Settled.WITHOUT)}])

# Figures of one project.


class Median(Aggregate):
    """Median of a group (PERCENTILE_CONT)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


#: Time from submission of the revision to its answer.
TAKEN = ExpressionWrapper(F("acted_at") - F("revision__acted_at"), output_field=DurationField())
MEDIAN = Median(TAKEN, output_field=DurationField())


@dataclass(frozen=True)
class Seats:
    """State of each mandatory role by code: `held`, `ending` (vacant within 60 days) or `vacant`.

    A project that has ended needs nobody in its roles.
    """

    states: dict[str, str]

    @property
    def held(self) -> int:
        """Count the roles held today."""
        return sum(state != "vacant" for state in self.states.values())

    def of(self, state: str) -> list[str]:
        """List the codes of the roles in this state."""
        return [code for code, role_state in self.states.items() if role_state == state]


@dataclass(frozen=True)
class Line:
    """Figures of one project. `oldest` and `median` are in days; `owner` is the name of the owner in office, by key.

    `red` counts risks that are red and unaccepted. `initial` and `residual` are sums of the levels of open threats.
    """

    project: Project
    owner: str
    owner_key: str
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
        """Count the musts covered by a test."""
        return self.musts - self.uncovered

    def figures(self) -> dict[str, int]:
        """Return the figures of the nightly snapshot."""
        return {
            "pending": self.pending,
            "late": self.late,
            "roles": len(self.seats.states),
            "held": self.seats.held,
            "overdue": self.overdue,
            "musts": self.musts,
            "covered": self.covered,
            "red": self.red,
            "initial": self.initial,
            "residual": self.residual,
        }


def list_lines(projects: QuerySet[Project], now: datetime, since: date) -> list[Line]:
    """Return the figures of each project at `now`, with decisions since that day, by code. One query."""
    values = {"at": now, "day": timezone.localdate(now), "since": midnight(since)}
    columns = _annotate_mandatory_roles() | fill_columns(_compile_figures(), **values)
    rows = projects.select_related("parent").annotate(**columns)
    return [_build_line(row, now) for row in rows.order_by("code")]


@dataclass(frozen=True)
class Coverage:
    """Must-have requirements of one project, and those of them without a test."""

    project: Project
    musts: int
    uncovered: int

    @property
    def covered(self) -> int:
        """Count the musts covered by a test."""
        return self.musts - self.uncovered


def list_coverage(projects: QuerySet[Project]) -> list[Coverage]:
    """Count the must-have requirements of each project, by code. One query."""
    rows: Any = projects.annotate(**_annotate_musts()).only("code", "workspaces").order_by("code")
    asked = Workspace.REQUIREMENTS
    return [Coverage(row, _count(row, "musts_", asked), _count(row, "uncovered_", asked)) for row in rows]


@cache
def _compile_figures() -> Columns:
    """Compile the figures of a project, and the roles held, as columns; they do not ask for its workspaces.

    Gains 8 ms of 34 on the dashboard of a project.
    """
    day, since = Parameter("day", DateField()), Parameter("since", DateTimeField())
    return compile_columns(Project.objects.annotate(**_annotate_counts(AT, day, since), **_annotate_held_roles(AT)))


def _annotate_counts(now: Instant, today: Day, since: Instant) -> dict[str, Any]:
    """Annotate the figures of one project."""
    project, count = OuterRef("pk"), Count("pk")
    proposals = Proposal.objects.filter(project=project)
    pending = filter_pending(proposals).order_by("current__acted_at")
    decisions = Decision.objects.filter(project=project, acted_at__gte=since)
    risks = Risk.objects.filter(project=project)
    threats = risks.open().threats().with_levels()
    owner = Mandate.objects.during(now).deciding().filter(project=project, holder__is_active=True)
    return {
        "pending_": _aggregate(pending, count),
        "late_": _aggregate(filter_late(proposals, today), count),
        "since_": Subquery(pending.values("current__acted_at")[:1]),
        "median_": _aggregate(decisions, MEDIAN),
        "overdue_": _aggregate(Condition.objects.filter(decision__project=project).overdue(today), count),
        "red_": _aggregate(risks.red_and_unaccepted(today), count),
        "initial_": _aggregate(threats, Sum("level_initial")),
        "residual_": _aggregate(threats, Sum("level_now")),
        "owner_": Subquery(owner.values("holder__name")[:1]),
        "owner_key_": Subquery(owner.values("holder__key")[:1]),
        **_annotate_musts(),
    }


def _annotate_musts() -> dict[str, Any]:
    """Annotate the musts of one project, and those without a test."""
    musts = business_side.musts_of(OuterRef("pk"))
    return {f"{name}_": _aggregate(rows, Count("pk")) for name, rows in musts.items()}


def _aggregate(rows: QuerySet[Any, Any], aggregate: Aggregate) -> Subquery:
    """Return an aggregate over the rows of one project; NULL when there are none."""
    return Subquery(rows.order_by().values(one=Value(1)).annotate(n=aggregate).values("n"))


def _annotate_mandatory_roles() -> dict[str, Any]:
    """Annotate the mandatory roles: codes and authorities."""
    path = '$.roles[*] ? (@.mandatory == "true")'
    return {"codes_": _evaluate_path(f"{path}.code"), "authorities_": _evaluate_path(f"{path}.authority")}


def _annotate_held_roles(now: Instant) -> dict[str, Any]:
    """Annotate the roles held at `now` or later: codes and periods, in one order."""
    held = Mandate.objects.not_over(now).filter(project=OuterRef("pk"), holder__is_active=True).order_by("pk")
    return {"held_": ArraySubquery(held.values("role__code")), "periods_": ArraySubquery(held.values("period"))}


def _evaluate_path(path: str) -> Any:
    """Evaluate a JSON path on the roles in force, as an array."""
    return Func(
        "matrix__content",
        Value(path),
        function="jsonb_path_query_array",
        template="ARRAY(SELECT jsonb_array_elements_text(%(function)s(%(expressions)s::jsonpath)))",
        output_field=ArrayField(CharField()),
    )


def _build_seats(row: Any, now: datetime) -> Seats:
    if row.is_over:
        return Seats({})
    mandatory = zip(row.codes_, row.authorities_, strict=True)
    needed = [code for code, authority in mandatory if is_required_at(row.level, authority)]
    held: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for code, period in zip(row.held_, row.periods_, strict=True):
        held.setdefault(code, []).append((period.lower, period.upper))
    return Seats({code: _seat_state(held.get(code, []), now) for code in needed})


def _seat_state(periods: list[tuple[datetime, datetime | None]], now: datetime) -> str:
    if not any(start <= now for start, _end in periods):
        return "vacant"
    return "ending" if vacant_from(periods, now) else "held"


def _build_line(row: Any, now: datetime) -> Line:
    return Line(
        project=row,
        owner=row.owner_ or "",
        owner_key=str(row.owner_key_ or ""),
        pending=row.pending_ or 0,
        late=row.late_ or 0,
        oldest=(now - row.since_).days if row.since_ else None,
        median=to_days(row.median_),
        seats=_build_seats(row, now),
        overdue=row.overdue_ or 0,
        musts=_count(row, "musts_", Workspace.REQUIREMENTS),
        uncovered=_count(row, "uncovered_", Workspace.REQUIREMENTS),
        red=_count(row, "red_", Workspace.RISKS),
        initial=_count(row, "initial_", Workspace.RISKS),
        residual=_count(row, "residual_", Workspace.RISKS),
    )


def _count(row: Any, name: str, workspace: Workspace) -> int:
    """Return a figure of a workspace; 0 where it is switched off or not installed."""
    return (getattr(row, name, 0) or 0) if row.has(workspace) else 0


def to_days(taken: timedelta | None) -> float | None:
    """Convert a duration to days, to one decimal."""
    return None if taken is None else round(taken.total_seconds() / 86_400, 1)


# Figures of all projects together.


@dataclass(frozen=True)
class Month:
    """Decisions of a month: number, median days to decide, and gates passed without an entry criterion."""

    month: date
    median: float | None
    decisions: int
    unmet: int = 0


def count_decisions(
    projects: QuerySet[Project], months: Sequence[date], since: date, until: date
) -> tuple[list[Month], Month]:
    """Return the decisions of each of these months, and those from `since` to `until` as one month. One query."""
    counts = {"median": MEDIAN, "n": Count("pk"), "unmet": Count("pk", filter=PASSED_WITHOUT)}
    taken = list_decisions(projects, months[0], until).order_by()
    monthly = taken.values(month=TruncMonth("acted_at")).annotate(**counts)
    overall = list_decisions(projects, since, until).order_by()
    rows: Any = monthly.union(overall.values(month=Value(None, DateTimeField())).annotate(**counts), all=True)
    found = {
        row["month"] and timezone.localdate(row["month"]): (to_days(row["median"]), row["n"], row["unmet"])
        for row in rows
    }
    return [Month(month, *found.get(month, (None, 0))) for month in months], Month(since, *found[None])


@dataclass(frozen=True)
class Waiting:
    """Pending proposals by waiting class (`ages`, see list_age_bounds) and by awaited role.

    In `roles`, the empty code stands for the owner. A proposal may wait for two opinions.
    """

    ages: list[int]
    roles: dict[str, int]


def count_waiting(projects: QuerySet[Project], now: datetime) -> Waiting:
    """Count the pending proposals. One query."""
    proposals = filter_pending(Proposal.objects.filter(project__in=projects))
    rows: Any = proposals.order_by().values("state", "awaited_roles", age=_age_class(now)).annotate(n=Count("pk"))
    ages, roles = [0] * AGES, Counter[str]()
    for row in rows:
        ages[row["age"]] += row["n"]
        awaited = [""] if row["state"] == ProposalState.READY_FOR_DECISION else row["awaited_roles"]
        roles.update(dict.fromkeys(awaited, row["n"]))
    return Waiting(ages, dict(sorted(roles.items())))


def _age_class(now: datetime) -> Func:
    """Return the place of the waiting class, from 0: the number of bounds that the age has reached."""
    bounds = [timedelta(days=days) for days in list_age_bounds()]
    age = Value(now, DateTimeField()) - F("current__acted_at")
    reached = Value(bounds, ArrayField(DurationField()))
    return Func(age, reached, function="width_bucket", output_field=IntegerField())


@dataclass(frozen=True)
class Hearing:
    """Part of one advising role in the decisions of a period.

    `heard` counts its opinions on the decided revisions; those are followed, not followed, or left open by the answer.
    `waived` and `impossible` count the decisions taken without its opinion, `short` those of them that fell within
    seven days of the start of a vacancy.
    """

    role: str
    heard: int = 0
    followed: int = 0
    not_followed: int = 0
    waived: int = 0
    impossible: int = 0
    short: int = 0

    @property
    def asked(self) -> int:
        """Count the decisions that asked for its opinion."""
        return self.heard + self.waived + self.impossible


def count_hearings(projects: QuerySet[Project], since: date, until: date) -> list[Hearing]:
    """Count how each advising role was heard in the decisions from `since` to `until`. Two queries."""
    settled = SETTLED & TAKES_A_SIDE
    groups: Any = (
        list_opinions(projects, since, until)
        .order_by("role")
        .values("role")
        .annotate(
            n=Count("pk"),
            yes=Count("pk", filter=settled & ~CONTRADICTED),
            no=Count("pk", filter=settled & CONTRADICTED),
        )
    )
    hearings = {group["role"]: Hearing(group["role"], group["n"], group["yes"], group["no"]) for group in groups}
    for _decision, missing in list_unheard(projects, since, until):
        hearing = hearings.get(missing.role, Hearing(missing.role))
        impossible = missing.unavailable is not None
        hearings[missing.role] = replace(
            hearing,
            waived=hearing.waived + (not impossible),
            impossible=hearing.impossible + impossible,
            short=hearing.short + missing.is_short,
        )
    return [hearings[role] for role in sorted(hearings)]


def list_unheard(projects: QuerySet[Project], since: date, until: date) -> list[tuple[Decision, Unheard]]:
    """List the opinions missing from the decisions of a period, the latest decision first. One query."""
    taken = list_decisions(projects, since, until).exclude(waived={})
    rows = taken.select_related("project", "proposal", "revision").order_by("-acted_at", "-pk")
    return [(decision, missing) for decision in rows for missing in decision.unheard]


def sum_figure(lines: Iterable[Line], name: str) -> int:
    """Sum one figure over the projects."""
    return sum(getattr(line, name) for line in lines)
