"""Queries of the risk register for pages and dashboards. Query counts do not depend on the number of projects.

A level is likelihood × impact; the residual level falls back to the initial one. Open risks may still happen
(pmo.registers.risks.enums.OPEN). Exposure counts threats only: an opportunity neither adds to it nor reduces it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, Window
from django.db.models.functions import Coalesce, NullIf, RowNumber
from django.utils import timezone
from django.utils.translation import get_language

from core.access import Person
from core.record.erasure import MARK
from governance.models import Decision, Effect
from pmo.registers.risks.effects import risk_term
from pmo.registers.risks.enums import DEFAULT, OPEN, Band, Grades, IssueState, Rated, RiskStatus
from pmo.registers.risks.models import (
    Risk,
    RiskAcceptance,
    RiskRating,
    RiskScale,
    band_of,
    grades_in_force,
    overdue_on,
    red_and_unaccepted,
    unaccepted_on,
)
from projects.models import Project
from projects.organisation_settings.queries import day_of, zone

#: Limit of ratings on a page.
MOST_RATINGS = 50
Cell = tuple[int, int]
Counts = tuple[int, int]


def count_heat(projects: QuerySet[Project], residual: bool = False) -> dict[Cell, int]:
    """Count the open risks at each (likelihood, impact). One query."""
    return {cell: n for cell, (n, _red) in count_heat_and_red(projects, residual).items()}


def count_heat_and_red(
    projects: QuerySet[Project], residual: bool = False, on: date | None = None
) -> dict[Cell, Counts]:
    """Count the open risks at each (likelihood, impact), and those red and unaccepted on `on`. One query."""
    names = ("residual_likelihood", "residual_impact") if residual else ("likelihood", "impact")
    at = {
        "at_likelihood": Coalesce(F(names[0]), F("likelihood")),
        "at_impact": Coalesce(F(names[1]), F("impact")),
    }
    rows: Any = Risk.objects.open().with_levels().filter(project__in=projects).annotate(**at).order_by()
    red = Count("pk", filter=red_and_unaccepted(on or timezone.localdate()))
    counted = rows.values_list("at_likelihood", "at_impact").annotate(n=Count("pk"), red=red)
    return {(likelihood, impact): (n, red) for likelihood, impact, n, red in counted}


def list_threats_at(projects: QuerySet[Project], at: datetime) -> Any:
    """Return the threats that were open at `at`, annotated with `level_then` and `residual_then`."""
    past = Risk.history.model.objects.filter(id=OuterRef("pk"), history_date__lte=at)
    status = past.order_by("-history_date", "-history_id").values("status")[:1]
    initial, residual = (_ratings_until(kind, at) for kind in (Rated.INITIAL, Rated.RESIDUAL))
    rows = Risk.objects.threats().filter(project__in=projects, raised_at__lte=at).annotate(status_then=Subquery(status))
    return rows.filter(status_then__in=OPEN).annotate(
        level_then=Subquery(initial.values("product")[:1], output_field=IntegerField()),
        residual_then=Coalesce(Subquery(residual.values("product")[:1], output_field=IntegerField()), F("level_then")),
    )


def _ratings_until(kind: str, at: datetime) -> Any:
    """Return the ratings of this kind of the outer risk up to `at`, newest first."""
    rows = RiskRating.objects.filter(risk=OuterRef("pk"), kind=kind, acted_at__lte=at).order_by("-acted_at", "-pk")
    return rows.annotate(product=F("likelihood") * F("impact"))


def sum_exposure(projects: QuerySet[Project], at: datetime) -> tuple[int, int]:
    """Sum the initial and residual levels of the threats open at `at`. One query."""
    sums = list_threats_at(projects, at).aggregate(initial=Sum("level_then"), residual=Sum("residual_then"))
    return sums["initial"] or 0, sums["residual"] or 0


@dataclass(frozen=True)
class Exposure:
    """Sums of the initial and residual levels of the threats of a role at the end of a day, and their number."""

    month: date
    role: str
    initial: int
    residual: int
    threats: int

    @property
    def taken_off(self) -> int:
        """Return the reduction of the exposure."""
        return self.initial - self.residual


def exposure_by_adviser(projects: QuerySet[Project], months: Sequence[date]) -> list[Exposure]:
    """Return the exposure by role at the end of each of these days, in order.

    A risk counts for the role of its last residual rating, else for the role that raised it. Roles without an open risk
    have no row. Two queries, for any number of days and projects.
    """
    ratings = _group_by_risk(
        RiskRating.objects.filter(project__in=projects).order_by("acted_at", "pk"),
        "risk_id",
        "acted_at",
        "kind",
        "likelihood",
        "impact",
        "role",
    )
    past = Risk.history.model.objects.filter(project__in=projects).order_by("history_date", "history_id")
    versions = _group_by_risk(past, "id", "history_date", "status", "raised_by_role", "opportunity")
    rows = []
    for month in months:
        end = datetime.combine(month + timedelta(days=1), time(), zone())
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for risk, known in versions.items():
            version, is_opportunity = _last_before(known, end), known[-1][3]
            if version is not None and version[1] in OPEN and not is_opportunity:
                by, initial, residual = _weigh(ratings[risk], end)
                for place, number in enumerate((initial, residual, 1)):
                    sums[by or version[2]][place] += number
        rows += [Exposure(month, role, *sums[role]) for role in sorted(sums)]
    return rows


def filter_exposed(risks: QuerySet[Risk], role: str) -> QuerySet[Risk]:
    """Leave the threats that `exposure_by_adviser` counts for a role now."""
    residual = RiskRating.objects.filter(risk=OuterRef("pk"), kind=Rated.RESIDUAL).order_by("-acted_at", "-pk")
    by = Coalesce(NullIf(Subquery(residual.values("role")[:1]), Value("")), F("raised_by_role"))
    return risks.filter(opportunity=False).alias(exposed_by=by).filter(exposed_by=role)


def _weigh(ratings: Sequence[tuple[Any, ...]], end: datetime) -> tuple[str, int, int]:
    """Return the role of the last residual rating before `end` (or ""), and both levels."""
    initial = _last_before((row for row in ratings if row[1] == Rated.INITIAL), end)
    residual = _last_before((row for row in ratings if row[1] == Rated.RESIDUAL), end)
    at_first = initial[2] * initial[3] if initial else 0
    return (residual[4], at_first, residual[2] * residual[3]) if residual else ("", at_first, at_first)


def _group_by_risk(rows: Any, key: str, *names: str) -> dict[int, list[tuple[Any, ...]]]:
    """Group the values of the rows by risk, oldest first."""
    by_risk: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for number, *values in rows.values_list(key, *names):
        by_risk[number].append(tuple(values))
    return by_risk


def _last_before(rows: Iterable[tuple[Any, ...]], end: datetime) -> tuple[Any, ...] | None:
    """Return the last of these rows before `end`."""
    last = None
    for row in rows:
        if row[0] < end:
            last = row
    return last


def list_unaccepted_red(project: Project, at: datetime) -> QuerySet[Risk]:
    """List the threats open, red by their residual level and unaccepted at `at`.

    Expired acceptances do not count, nor do those undone by a higher rating.
    """
    latest, first = (
        _ratings_until(kind, at).values(red=Coalesce(F("scale__red_from"), Value(DEFAULT.red_from)))[:1]
        for kind in (Rated.RESIDUAL, Rated.INITIAL)
    )
    past = Risk.history.model.objects.filter(id=OuterRef("pk"), history_date__lte=at)
    held = past.order_by("-history_date", "-history_id").values("acceptance_id")[:1]
    valid = RiskAcceptance.objects.filter(valid_until__gte=day_of(at)).values("pk")
    rows = list_threats_at(Project.objects.filter(pk=project.pk), at).annotate(
        red_from=Coalesce(Subquery(latest), Subquery(first)), accepted_then=Subquery(held)
    )
    red = rows.filter(residual_then__gte=F("red_from")).exclude(
        status_then=RiskStatus.ACCEPTED, accepted_then__in=valid
    )
    risks: QuerySet[Risk] = red.order_by("-residual_then", "pk")
    return risks


@dataclass(frozen=True)
class Figures:
    """Figures of the register: open risks by current band, and problems (pmo.registers.risks.filters).

    `initial` and `residual` are sums of the levels of open threats.
    """

    total: int
    open: int
    green: int
    amber: int
    red: int
    unaccepted: int
    expired: int
    overdue: int
    initial: int
    residual: int
    roles: list[str]


def count_figures(project: Project, today: date) -> Figures:
    """Count the figures of the register of a project. One query."""
    rows: Any = project.risks.with_levels()
    is_open = Q(status__in=OPEN)
    threat = is_open & Q(opportunity=False)
    counts = rows.aggregate(
        total=Count("pk"),
        open=Count("pk", filter=is_open),
        **{band: Count("pk", filter=is_open & Q(band_now=band)) for band in ("green", "amber", "red")},
        unaccepted=Count("pk", filter=is_open & unaccepted_on(today)),
        expired=Count("pk", filter=Q(acceptance__valid_until__lt=today)),
        overdue=Count("pk", filter=is_open & overdue_on(today)),
        initial=Coalesce(Sum("level_initial", filter=threat), Value(0)),
        residual=Coalesce(Sum("level_now", filter=threat), Value(0)),
        roles=ArrayAgg("raised_by_role", distinct=True, default=Value([])),
    )
    return Figures(**counts)


def list_acceptances(risk: Risk, most: int) -> list[tuple[RiskAcceptance, Decision | None]]:
    """List the acceptances of this risk with their decisions, newest first."""
    accepted = list(risk.acceptances.select_related("scale").order_by("-pk")[:most])
    effects = Effect.objects.filter(
        subject=RiskAcceptance._meta.label_lower, subject_id__in=[acceptance.pk for acceptance in accepted]
    ).exclude(after="")
    decisions = {effect.subject_id: effect.decision for effect in effects.select_related("decision__project")}
    return [(acceptance, decisions.get(acceptance.pk)) for acceptance in accepted]


@dataclass(frozen=True)
class HeatCell:
    """Cell of the heat map: count, level, and tone of its band on the scale in force (1, 2 or 3)."""

    impact: int
    count: int
    level: int
    tone: int


@dataclass(frozen=True)
class HeatMap:
    """Heat map of a project: a line per likelihood, highest first, and a column per impact.

    `others` counts risks rated on another scale than the one in force.
    """

    lines: list[tuple[int, str, list[HeatCell]]]
    impacts: list[tuple[int, str]]
    total: int
    others: int


def build_heat_map(project: Project, residual: bool) -> HeatMap:
    """Build the heat map of the open risks, in the words of the scale in force. Three queries."""
    counts, scale = count_heat(Project.objects.filter(pk=project.pk), residual), RiskScale.objects.in_force_for(project)
    grades = grades_in_force(scale)
    size = max([grades.size, *(max(cell) for cell in counts)])
    likelihoods, impacts = (_grade_words(grades, name, size) for name in ("likelihood", "impact"))
    tones = {Band.GREEN: 1, Band.AMBER: 2, Band.RED: 3}

    def cell(likelihood: int, impact: int) -> HeatCell:
        level = likelihood * impact
        return HeatCell(impact, counts.get((likelihood, impact), 0), level, tones[band_of(level, grades)])

    lines = [(number, word, [cell(number, impact) for impact, _ in impacts]) for number, word in reversed(likelihoods)]
    others = project.risks.open().exclude(scale=scale) if scale else project.risks.open().exclude(scale=None)
    return HeatMap(lines, impacts, sum(counts.values()), others.count())


def _grade_words(grades: Grades, name: str, size: int) -> list[tuple[int, str]]:
    """Return the grades with words in the reader's language; a grade beyond the scale has none."""
    french = (get_language() or "").startswith("fr")
    words = getattr(grades, f"{name}_{'fr' if french else 'en'}")
    return [(number, words[number - 1] if number <= len(words) else "") for number in range(1, size + 1)]


def scale_words(scale: RiskScale | None) -> list[tuple[int, str, str]]:
    """Return the grades of the scale with words for likelihood and impact, lowest first."""
    grades = grades_in_force(scale)
    likelihoods, impacts = (_grade_words(grades, name, grades.size) for name in ("likelihood", "impact"))
    return [(number, word, impacts[number - 1][1]) for number, word in likelihoods]


def list_newest_ratings(risk: Risk) -> list[Any]:
    """List the newest ratings, `MOST_RATINGS` at most, with their `place` among all, from 1."""
    placed = risk.ratings.annotate(place=Window(RowNumber(), order_by="pk"))
    return list(placed.select_related("by", "scale").order_by("-pk")[:MOST_RATINGS])


def current_term(risk: Risk, ratings: list[Any]) -> str:
    """Return the term that names this risk now; `ratings` are the newest ones."""
    return risk_term(risk, ratings[0].place if ratings else 0)


def count_issue_states(project: Project) -> list[tuple[IssueState, int]]:
    """Count the issues of the project by state."""
    counts = dict(project.issues.order_by().values_list("state").annotate(n=Count("pk")))
    return [(state, counts.get(state, 0)) for state in IssueState]


def end_of_month(day: date) -> date:
    """Return the last day of the month of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def list_month_ends(today: date, number: int) -> list[date]:
    """Return the ends of the last months, and today for the current one."""
    days, day = [today], today.replace(day=1) - timedelta(days=1)
    while len(days) < number:
        days.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return days[::-1]


def list_sources(project: Project, reader: Person) -> list[Project]:
    """List the other projects with risks that the reader may read, by code."""
    others = Project.objects.visible_to(reader).exclude(pk=project.pk)
    return list(others.filter(Exists(Risk.objects.filter(project=OuterRef("pk")))).order_by("code"))


def list_to_copy(source: Project, most: int) -> list[Risk]:
    """List the risks of a project that a register may copy, highest first: neither rejected nor erased ones."""
    risks: Any = source.risks.exclude(status=RiskStatus.REJECTED).with_levels().select_related("scale")
    shown = risks.order_by("-level_now", "pk")[:most]
    return [risk for risk in shown if not any(MARK.search(getattr(risk, name)) for name in Risk.ERASABLE)]
