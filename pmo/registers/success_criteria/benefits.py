"""Benefits across levels: those of a project and below, counted and summed once, and those that are claimed twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from pmo.registers.success_criteria.enums import MEASURED, CriterionKind, CriterionState, Met
from pmo.registers.success_criteria.models import CriterionMeasure, SuccessCriterion
from projects.models import Project


def list_benefits(project: Project) -> QuerySet[SuccessCriterion]:
    """Return the benefits of a project and of those below it that nobody left out."""
    below = Q(project=project.pk) | Q(project__parent=project.pk) | Q(project__parent__parent=project.pk)
    return SuccessCriterion.objects.filter(below, kind=CriterionKind.BENEFIT).exclude(state=CriterionState.DROPPED)


def list_family(project: Project) -> QuerySet[Project]:
    """Return the projects under the same top as a project, itself included."""
    parent = project.parent
    top = (parent.parent_id or parent.pk) if parent else project.pk
    return Project.objects.filter(Q(pk=top) | Q(parent=top) | Q(parent__parent=top))


def find_claims(project: Project, content: Iterable[dict[str, str]]) -> dict[int, SuccessCriterion]:
    """Return the approved benefit elsewhere in the family that says the same as each proposed one of a set, by number.

    They say the same in the same words, whatever the case: pmo.registers.success_criteria.guards reads them likewise.
    """
    proposed = set(project.success_criteria.filter(state=CriterionState.PROPOSED).values_list("number", flat=True))
    others = SuccessCriterion.objects.filter(
        project__in=list_family(project).values("pk"), kind=CriterionKind.BENEFIT, state__in=MEASURED
    ).exclude(project=project)
    found = {}
    for row in content:
        if row["kind"] == CriterionKind.BENEFIT and int(row["number"]) in proposed:
            claim = others.filter(text__iexact=row["text"]).select_related("project__parent").order_by("pk").first()
            if claim:
                found[int(row["number"])] = claim
    return found


@dataclass(frozen=True)
class BenefitSum:
    """Targets of one unit and one year, with what the last measures reached: `measured` of `count` have one."""

    unit: str
    year: int
    count: int
    target: Decimal
    measured: int
    reached: Decimal


@dataclass(frozen=True)
class BenefitCounts:
    """Approved benefits, each counted once: those met, partly, not met and not measured."""

    met: int
    partly: int
    unmet: int
    unmeasured: int

    @property
    def total(self) -> int:
        """Return how many are approved."""
        return self.met + self.partly + self.unmet + self.unmeasured


@dataclass(frozen=True)
class BenefitFigures(BenefitCounts):
    """Approved benefits, each counted once, with their sums."""

    sums: Sequence[BenefitSum]


def with_last_measure(benefits: QuerySet[SuccessCriterion]) -> QuerySet[Any]:
    """Filter to the approved ones, the first claimed first, and annotate the result and value of the last measure."""
    measures = CriterionMeasure.objects.filter(criterion=OuterRef("pk")).order_by("-measured_on", "-pk")
    rows = benefits.filter(state__in=MEASURED).order_by("pk")
    return rows.annotate(
        last_met=Subquery(measures.values("met")[:1]), last_value=Subquery(measures.values("value")[:1])
    )


def group_claims(rows: Iterable[Any]) -> list[list[Any]]:
    """Group the benefits that say the same, the first claimed first: one that is claimed twice counts there."""
    claims: dict[str, list[Any]] = {}
    for row in rows:
        claims.setdefault(row.text.upper(), []).append(row)
    return list(claims.values())


def count_results(rows: Iterable[Any]) -> BenefitCounts:
    """Count benefits loaded `with_last_measure` by the result of the last measure."""
    results = [claims[0].last_met for claims in group_claims(rows)]
    return BenefitCounts(*(results.count(result) for result in (Met.YES, Met.PARTLY, Met.NO, None)))


def compute_figures(project: Project) -> BenefitFigures:
    """Sum the approved benefits of a project and of those below it. Only those of one unit and year are added."""
    rows = list(with_last_measure(list_benefits(project)))
    counts = count_results(rows)
    sums = _add_up(claims[0] for claims in group_claims(rows))
    return BenefitFigures(counts.met, counts.partly, counts.unmet, counts.unmeasured, sums)


def _add_up(rows: Iterable[Any]) -> list[BenefitSum]:
    groups: dict[tuple[str, int], list[tuple[Decimal, Decimal | None]]] = {}
    for row in rows:
        target = read_figure(row.target)
        if target is not None and row.target_on:
            reached = read_figure(row.last_value or "")
            groups.setdefault((row.unit, row.target_on.year), []).append((target, reached))
    return [
        BenefitSum(
            unit,
            year,
            len(figures),
            sum((target for target, _reached in figures), Decimal()),
            sum(reached is not None for _target, reached in figures),
            sum((reached for _target, reached in figures if reached is not None), Decimal()),
        )
        for (unit, year), figures in sorted(groups.items())
    ]


def read_figure(text: str) -> Decimal | None:
    """Return the number that a target or a value is, written in either language; None for words."""
    plain = "".join(text.split()).replace(",", ".")
    try:
        figure = Decimal(plain)
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None
