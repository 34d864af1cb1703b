"""Effects of decisions on success criteria. Called inside the act of the decision."""

from collections.abc import Collection

from pmo.registers.success_criteria.enums import CriterionState
from pmo.registers.success_criteria.models import SuccessCriteriaSet, SuccessCriterion


def approve_set(frozen: SuccessCriteriaSet) -> None:
    """Approve the criteria of the set; drop approved ones that it leaves out."""
    for criterion in _lock_criteria(frozen.project_id):
        named = criterion.number in frozen.numbers
        if named and criterion.state == CriterionState.PROPOSED:
            _set_state(criterion, CriterionState.APPROVED)
        elif not named and criterion.state == CriterionState.APPROVED:
            _set_state(criterion, CriterionState.DROPPED)


def undo_approval(frozen: SuccessCriteriaSet, kept_numbers: Collection[int] = ()) -> None:
    """Undo the approval of a set: its criteria are proposed again, except the numbers in `kept_numbers`.

    `kept_numbers` are approved by another decision as well. Criteria dropped by the approval stay dropped.
    """
    for criterion in _lock_criteria(frozen.project_id):
        mine = criterion.number in frozen.numbers and criterion.number not in kept_numbers
        if mine and criterion.state == CriterionState.APPROVED:
            _set_state(criterion, CriterionState.PROPOSED)


def has_changed(frozen: SuccessCriteriaSet) -> bool:
    """Tell whether a criterion of the set was changed or dropped since."""
    criteria = frozen.project.success_criteria.select_related("owner", "delivered_by")
    rows = {row.number: row for row in criteria.filter(number__in=frozen.numbers)}
    return any(
        rows[int(plain["number"])].plain() != plain or rows[int(plain["number"])].state == CriterionState.DROPPED
        for plain in frozen.content
    )


def end_benefit(project_id: int, number: int, becomes: str) -> SuccessCriterion:
    """Declare an approved benefit obtained, or give it up."""
    [benefit] = [row for row in _lock_criteria(project_id) if row.number == number]
    _set_state(benefit, CriterionState(becomes))
    return benefit


def undo_end(number: int, became: str) -> SuccessCriterion:
    """Approve a benefit again, given by its primary key, unless it is no longer what a decision made of it."""
    benefit = SuccessCriterion.objects.select_for_update(of=("self",)).get(pk=number)
    if benefit.state == became:
        _set_state(benefit, CriterionState.APPROVED)
    return benefit


def _lock_criteria(project_id: int) -> list[SuccessCriterion]:
    rows = SuccessCriterion.objects.filter(project=project_id).order_by("pk")
    return list(rows.select_for_update(of=("self",)))


def _set_state(criterion: SuccessCriterion, state: CriterionState) -> None:
    criterion.state = state
    criterion.save()
