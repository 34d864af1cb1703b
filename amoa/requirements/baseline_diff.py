"""Compare the requirement baseline that a proposal names with the one in force before."""

from dataclasses import dataclass
from functools import cached_property

from amoa.requirements.baseline_comparison import Comparison
from amoa.requirements.baselines import RequirementDifference, build_term, compare_baselines, describe_differences
from amoa.requirements.models import BaselineInForce, RequirementBaseline
from core.record.sealing import parse_term
from governance.models import Decision, Effect, Proposal
from projects.models import Project

#: Number of differences shown with their texts.
MOST_DETAILED = 3


@dataclass(frozen=True)
class RequestedBaseline:
    """The baseline that a proposal names and the one in force before its decision, or None."""

    baseline: RequirementBaseline
    before: RequirementBaseline | None
    compared: Comparison

    @cached_property
    def first(self) -> list[RequirementDifference]:
        """Describe the first differences; empty when everything is new. Two queries."""
        return describe_differences(self.compared.rows[:MOST_DETAILED]) if self.before else []


def get_requested_baseline(row: Proposal | Decision) -> RequestedBaseline | None:
    """Return the baseline that a proposal or decision names; None when it is not one of its project.

    A proposal is read by the revision before the owner, else by its draft. At most three queries.
    """
    decision = row if isinstance(row, Decision) else row.answer
    content = row.content if isinstance(row, Decision) else row.current or row.draft
    term = content.terms.get("baseline", "")
    number, _hash = parse_term(term)
    if not number:
        return None
    before_number = _get_number_before(decision) if decision else _get_number_in_force(row.project)
    by_number = {
        baseline.number: baseline for baseline in row.project.baselines.filter(number__in={number, before_number or 0})
    }
    named, before = by_number.get(number), by_number.get(before_number or 0)
    if named is None or build_term(named) != term:
        return None
    return RequestedBaseline(named, before, compare_baselines(before, named))


def _get_number_in_force(project: Project) -> int | None:
    rows = BaselineInForce.objects.filter(project=project)
    return rows.values_list("baseline__number", flat=True).first()


def _get_number_before(decision: Decision) -> int | None:
    """Return the number of the baseline in force before the decision, read from earlier effects."""
    effects = Effect.objects.filter(
        subject=Project._meta.label_lower,
        subject_id=decision.project_id,
        field="baseline",
        recorded_at__lt=decision.recorded_at,
    )
    last = effects.order_by("-pk").values_list("after", flat=True).first()
    return int(last) if last else None
