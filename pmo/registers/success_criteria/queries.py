"""Queries of the success criteria page: criteria, measures, sets with their approval."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Prefetch

from governance.models import Effect
from pmo.registers.success_criteria.enums import CriterionState, Met
from pmo.registers.success_criteria.models import CriterionMeasure, SuccessCriteriaSet, SuccessCriterion
from projects.models import Project
from roles.models import User

MOST, MOST_MEASURES, MOST_SETS = 100, 20, 20


@dataclass(frozen=True)
class CriterionLine:
    """Criterion with its measures, newest first, and the reader's permissions."""

    criterion: SuccessCriterion
    measures: list[CriterionMeasure]
    may: Mapping[str, bool] = field(default_factory=dict)
    is_own: bool = False

    @property
    def last(self) -> CriterionMeasure | None:
        """Return the last measure, which counts."""
        return self.measures[0] if self.measures else None

    @property
    def may_measure(self) -> bool:
        """Tell whether the reader may record a measure; only approved criteria are measured."""
        return self.criterion.is_measured and (self.is_own or self.may.get("measure_criterion", False))

    @property
    def may_reword(self) -> bool:
        """Tell whether the reader may change the wording: the proposing role, until approval."""
        act = "propose_benefit" if self.criterion.is_benefit else "propose_criterion"
        return not self.criterion.is_measured and self.may.get(act, False)

    @property
    def may_drop(self) -> bool:
        """Tell whether the reader may drop it; approved criteria cannot be dropped."""
        return not self.criterion.is_measured and self.may.get("freeze_criteria", False)

    @property
    def has_acts(self) -> bool:
        """Tell whether the reader may act on it."""
        return self.may_measure or self.may_reword or self.may_drop

    @property
    def is_met(self) -> bool:
        """Tell whether the last measure reaches the target."""
        return self.last is not None and self.last.met == Met.YES


def list_lines(
    project: Project, may: Mapping[str, bool] | None = None, owner: User | None = None
) -> list[CriterionLine]:
    """List the criteria that are not dropped, by number, with the permissions `may` of the reader. Two queries.

    `owner` is the reader who measures their own benefits.
    """
    newest = CriterionMeasure.objects.select_related("measured_by").order_by("-measured_on", "-pk")[:MOST_MEASURES]
    rows = project.success_criteria.exclude(state=CriterionState.DROPPED).order_by("number")
    criteria = rows.prefetch_related(Prefetch("measures", newest, to_attr="newest"))[:MOST]
    own = owner.pk if owner else 0
    return [CriterionLine(row, row.newest, may or {}, row.owner_id == own) for row in criteria]


@dataclass(frozen=True)
class SetLine:
    """Frozen set with the effect that approved it; None when not approved, or undone."""

    frozen: SuccessCriteriaSet
    approval: Effect | None


def list_sets(project: Project) -> list[SetLine]:
    """List the frozen sets, newest first. Two queries."""
    frozen = list(project.criteria_sets.select_related("made_by").order_by("-number")[:MOST_SETS])
    effects = Effect.objects.filter(
        subject=SuccessCriteriaSet._meta.label_lower,
        field="criteria",
        subject_id__in=[criteria_set.pk for criteria_set in frozen],
    )
    last = {effect.subject_id: effect for effect in effects.select_related("decision__project").order_by("pk")}
    return [SetLine(criteria_set, _approval_or_none(last.get(criteria_set.pk))) for criteria_set in frozen]


def _approval_or_none(effect: Effect | None) -> Effect | None:
    return effect if effect and effect.after else None
