"""Supersede a decision (annule et remplace): everything that hangs on it, and its fate (R6, ADR 22)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.acts import act_time
from governance import workflow
from governance.decide.decisions import effects
from governance.decide.decisions.dependents import Options, Replacement, dependents_of, item_key, list_items
from governance.decide.decisions.models import Condition, Decision, Effect
from governance.decide.kinds.registry import kind_of, part_of
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.decide.proposals.services import move
from governance.enums import Act, ConditionState, Fate, ProposalState
from projects.ledger.services import record
from projects.models import Project
from roles.models import User

__all__ = ["NotCarried", "find_gaps", "item_key", "list_dependents"]

type Item = models.Model

PROJECT = Project._meta.label_lower
#: Prefix of the keys of effects.
EFFECT = "effect-"
ALREADY_REPLACED = gettext_lazy(
    "Another decision has replaced that one meanwhile. Reject this one. Another proposal can replace the new decision."
)


class NotCarried(Exception):
    """The undo map is invalid; `gaps` maps an item key, or `""` for the whole, to a message."""

    def __init__(self, gaps: dict[str, str]) -> None:
        super().__init__(", ".join(gaps))
        self.gaps = gaps


def list_dependents(decision: Decision, by: Proposal | None = None) -> list[Item]:
    """List everything that hangs on `decision` when an approval of `by` replaces it: its undo map.

    These are the open conditions and the effects that still stand, with those kept from its predecessors; later
    decisions in force that rest on it, directly or through others; open proposals that rest on it or would replace it;
    and what the workspaces announce. While it waits for its own conditions, or has lapsed without effect, the effects
    that it would change or drop still count.
    """
    return list_items(decision.pk, by.pk if by else 0)


def find_options(item: Item, revision: ProposalRevision | None, items: Sequence[Item]) -> Options:
    """Return the fates that an item of the map may have when `revision` is approved."""
    return dependents_of(item).options(item, revision, items)


def find_gaps(
    items: Sequence[Item], fates: Mapping[str, Fate], revision: ProposalRevision, has_conditions: bool
) -> dict[str, str]:
    """Return a message for each item without a possible fate.

    `changed` is possible for an effect only where the new decision really changes it, and for a condition only where
    the new decision has one.
    """
    messages = {}
    for item in items:
        fate, options = fates.get(item_key(item)), find_options(item, revision, items)
        if fate is None:
            messages[item_key(item)] = _("Select what happens to it.")
        elif fate not in options.fates:
            messages[item_key(item)] = str(options.why) or _("Choose one of the outcomes listed.")
        elif isinstance(item, Condition) and fate == Fate.CHANGED and not has_conditions:
            messages[item_key(item)] = _("Write the new condition below, or keep or drop this one.")
    return messages


def find_effect_options(effect: Any, revision: ProposalRevision | None, items: Sequence[Item]) -> Options:
    """Return the fates of an effect: the new decision changes it, or it is kept, or undone where that is possible."""
    if revision and _changes(revision, effect):
        return Options((Fate.CHANGED,), _("This proposal changes it: choose “changed”."))
    part = part_of(effect)
    later = any(_follows(item, effect) for item in items)
    obstacle = "" if part is None or later else part.find_obstacle(effect, effect.decision.project)
    if obstacle:
        return Options((Fate.KEPT,), obstacle)
    return Options((Fate.KEPT, Fate.DROPPED), _("This proposal changes nothing there: keep it or drop it."))


def _follows(item: Item, effect: Effect) -> bool:
    """Return whether `item` is an effect of the map that overwrote `effect`: it is undone first."""
    return (
        isinstance(item, Effect)
        and (item.subject, item.subject_id, item.field) == (effect.subject, effect.subject_id, effect.field)
        and item.pk > effect.pk
        and item.before == effect.after
    )


def _changes(revision: ProposalRevision, effect: Effect) -> bool:
    """Return whether the revision changes the part of the project that the effect set."""
    if effect.subject == PROJECT and revision.terms.get(effect.field) == effect.after:
        return False
    return effect.field in kind_of(revision.proposal.kind).changed_by(revision)


def carry_over(decision: Decision, replaced: Decision, items: Sequence[Item], actor: User, role: str) -> None:
    """Waive the conditions among `items` that `decision` does not keep, and close the replaced proposal."""
    for item in items:
        fate = Fate(decision.carried[item_key(item)])
        if isinstance(item, Condition) and fate != Fate.KEPT:
            _waive(item, decision, actor, role, fate)
    former = Proposal.objects.select_for_update(of=("self",)).get(pk=replaced.proposal_id)
    move(former, workflow.follow(former.state, Act.SUPERSEDE, ProposalState.SUPERSEDED))
    record(
        Act.SUPERSEDE,
        former,
        role=role,
        project=decision.project,
        proposal_id=former.pk,
        detail=decision.reference,
        replaced=replaced.pk,
        by=decision.pk,
    )


def carry_out(items: Sequence[Item], replacement: Replacement) -> None:
    """Make the chosen fates of the other `items` true, once the replacement has its event.

    Effects wait until the decision takes effect.
    """
    for item in items:
        rows = dependents_of(item)
        if rows.carry_out:
            rows.carry_out(item, Fate(replacement.by.carried[item_key(item)]), replacement)


def take_effect(decision: Decision, actor: User) -> list[Effect]:
    """Apply a decision: undo dropped effects, end replaced mandates, then apply its kind.

    Returns all effects. Raises CannotTakeEffect.
    """
    changed: list[Effect] = []
    carried = [int(key.removeprefix(EFFECT)) for key in decision.carried if key.startswith(EFFECT)]
    for effect in Effect.objects.filter(pk__in=carried).order_by("-pk") if carried else ():
        fate = decision.carried[item_key(effect)]
        if fate == Fate.DROPPED or (fate == Fate.CHANGED and effect.subject != PROJECT):
            changed += effects.undo_effect(effect, decision, actor)
    return changed + effects.apply_decision(decision, actor)


def _waive(condition: Condition, decision: Decision, actor: User, role: str, fate: Fate) -> None:
    """Waive a condition with a reference to the new decision as the reason."""
    condition = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    condition.state, condition.lifted_by, condition.lifted_at = ConditionState.WAIVED, actor, act_time()
    condition.waived_because = decision.reference  # shown in the reader's language; its record has the fate
    condition.save()
    record(
        Act.WAIVE,
        condition,
        role=role,
        project=decision.project,
        proposal_id=condition.decision.proposal_id,
        detail=decision.reference,
    )
