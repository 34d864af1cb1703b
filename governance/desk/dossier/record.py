"""The decisions on a proposal, with what the reader of its dossier may do on them and on their conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from core.access import can
from core.sql.array_lookup import in_array
from governance.decide.decisions.models import Condition, Decision, SealBreak
from governance.decide.decisions.watches import ChangedItem
from governance.decide.evidence.changes import Change, list_changes
from governance.decide.proposals.models import Proposal
from governance.enums import Act, ConditionState
from governance.life.second_look.queries import is_due
from governance.record.acknowledgements.queries import with_reading
from projects.models import DocumentVersion
from projects.organisation_settings.queries import today

#: Most decisions on the page.
MOST = 20


@dataclass(frozen=True)
class ShownDecision:
    """A decision, and its conditions with the acts that are open to the reader."""

    decision: Any
    conditions: list[tuple[Condition, list[str]]]
    may_read: bool
    may_look: bool
    may_review: bool


@dataclass(frozen=True)
class Record:
    """The decisions, the latest first, and what was replaced or changed since they sealed it.

    `current` answers the current revision. `changed` are sealed documents, `changed_items` other sealed items; each
    with its decision.
    """

    shown: list[ShownDecision]
    current: Decision | None
    changed: list[tuple[ShownDecision, Change]]
    changed_items: list[tuple[ShownDecision, SealBreak, ChangedItem]]

    @property
    def decisions(self) -> list[Any]:
        """List the decisions."""
        return [shown.decision for shown in self.shown]


def list_decisions(user: Any, proposal: Proposal) -> list[Any]:
    """List the newest decisions on a proposal with their conditions and effects, and who has read them."""
    decisions: list[Any] = list(_list_newest(proposal, user))
    for decision in decisions:
        decision.proposal = proposal
    prefetch_related_objects([decision for decision in decisions if decision.approves], "effects")
    return decisions


def build_record(user: Any, proposal: Proposal, decisions: Sequence[Any], versions: list[DocumentVersion]) -> Record:
    """Build the record of these decisions, whose documents are `versions`."""
    shown = {decision.pk: _show(user, proposal, decision) for decision in decisions}
    return Record(
        list(shown.values()),
        next((decision for decision in decisions if decision.revision_id == proposal.current_id), None),
        [(shown[change.decision.pk], change) for change in list_changes(decisions, versions)],
        [(shown[decision.pk], change, item) for decision, change, item in _list_changed_items(decisions)],
    )


def _show(user: Any, proposal: Proposal, decision: Any) -> ShownDecision:
    return ShownDecision(
        decision,
        [(condition, _list_settling_acts(user, proposal, condition)) for condition in decision.conditions.all()],
        may_read=can(user, "governance.acknowledge", decision),
        may_look=is_due(decision, today()) and can(user, "governance.look_back", decision),
        may_review=decision.needs_review and can(user, "governance.review_decision", decision),
    )


def _list_newest(proposal: Proposal, user: Any) -> QuerySet[Decision]:
    """List the newest decisions on a proposal, the last one first. They are chosen before the joins, not after."""
    newest = Decision.objects.filter(proposal=proposal.pk).order_by("-number").values("pk")[:MOST]
    records = Decision.objects.filter(in_array("pk", newest)).with_conditions().select_related("disputed")
    read: QuerySet[Decision] = with_reading(records, user).order_by("-number")
    return read


def _list_changed_items(decisions: Sequence[Any]) -> list[tuple[Decision, SealBreak, ChangedItem]]:
    """List the newest change of each item, other than documents, that `decisions` sealed, latest first."""
    newest = {(decision.pk, change.item): (decision, change) for decision in decisions for change in decision.changes}
    described = [(decision, change, change.changed_item) for decision, change in newest.values()]
    rows = [(decision, change, item) for decision, change, item in described if item]
    return sorted(rows, key=lambda row: row[1].acted_at, reverse=True)


def _list_settling_acts(user: Any, proposal: Proposal, condition: Condition) -> list[str]:
    """List the acts `user` may do on a condition now: prove, lift or waive it."""
    if condition.state != ConditionState.OPEN:
        return []
    return [
        act.value
        for act in (Act.PROVE, Act.LIFT, Act.WAIVE)
        if proposal.allows(act) and can(user, f"governance.{act}", condition)
    ]
