"""Supersede a decision (annule et remplace): the items that rest on it, and their fate (R6)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.acts import act_time
from governance import workflow
from governance.decisions import effects
from governance.decisions.models import Condition, Decision, Effect
from governance.enums import ConditionState, Fate, ProposalState
from governance.kinds.registry import kind_of
from governance.proposals.models import Proposal, ProposalRevision
from governance.proposals.services import move
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Project
from roles.models import User

type Item = Condition | Effect

PROJECT = Project._meta.label_lower
#: Prefix of the keys of effects.
EFFECT = "effect-"
ALREADY_REPLACED = gettext_lazy(
    "Another decision has replaced that one meanwhile. Reject this one; another proposal can replace the new decision."
)
HAS_LAPSED = gettext_lazy("That decision has lapsed meanwhile: nothing is left to replace. Reject this proposal.")


class NotCarried(Exception):
    """The undo map is invalid; `gaps` maps an item key, or `""` for the whole, to a message."""

    def __init__(self, gaps: dict[str, str]) -> None:
        super().__init__(", ".join(gaps))
        self.gaps = gaps


def item_key(item: Item) -> str:
    """Return the key of an item in forms and services: `condition-12` or `effect-7`."""
    return f"{item._meta.model_name}-{item.pk}"


def list_dependents(decision: Decision) -> list[Item]:
    """List the open conditions and effects of `decision`, and the items it kept from its predecessor.

    While it waits for its own conditions, the items it would change or drop still count.
    """
    waits = decision.waits
    kept_keys = [
        key.split("-")
        for key, fate in decision.carried.items()
        if fate == Fate.KEPT or (waits and key.startswith(EFFECT))
    ]

    def ids(model: type[Condition] | type[Effect]) -> list[int]:
        return [int(pk) for name, pk in kept_keys if name == model._meta.model_name]

    conditions = Condition.objects.open().select_related("decision__project")
    effects_ = Effect.objects.select_related("decision__project")
    return [
        *(conditions.filter(decision=decision) | conditions.filter(pk__in=ids(Condition))).order_by("pk"),
        *(effects_.filter(decision=decision) | effects_.filter(pk__in=ids(Effect))).order_by("pk"),
    ]


def find_gaps(
    items: list[Item], fates: dict[str, Fate], revision: ProposalRevision, has_conditions: bool
) -> dict[str, str]:
    """Return a message for each item without a valid fate.

    `changed` is valid only where the new decision really changes the item.
    """
    messages = {}
    for item in items:
        fate = fates.get(item_key(item))
        if fate is None:
            messages[item_key(item)] = _("Choose what becomes of it.")
        elif isinstance(item, Effect):
            changes = _changes(revision, item)
            if changes and fate != Fate.CHANGED:
                messages[item_key(item)] = _("This proposal changes it: choose “changed”.")
            elif fate == Fate.CHANGED and not changes:
                messages[item_key(item)] = _("This proposal changes nothing there: keep it or drop it.")
        elif fate == Fate.CHANGED and not has_conditions:
            messages[item_key(item)] = _("Word the new condition below, or keep or drop this one.")
    return messages


def _changes(revision: ProposalRevision, effect: Effect) -> bool:
    """Return whether the revision changes the part of the project that the effect set."""
    if effect.subject == PROJECT and revision.terms.get(effect.field) == effect.after:
        return False
    return effect.field in kind_of(revision.proposal.kind).changes(revision.terms)


def carry_over(decision: Decision, replaced: Decision, items: list[Item], actor: User, role: str) -> None:
    """Waive the conditions among `items` that `decision` does not keep, and close the replaced proposal."""
    for item in items:
        fate = Fate(decision.carried[item_key(item)])
        if isinstance(item, Condition) and fate != Fate.KEPT:
            _waive(item, decision, actor, role, fate)
    former = Proposal.objects.select_for_update(of=("self",)).get(pk=replaced.proposal_id)
    move(former, workflow.follow(former.state, Act.SUPERSEDE, ProposalState.SUPERSEDED))
    record(
        act=Act.SUPERSEDE,
        actor=actor,
        role=role,
        project=decision.project,
        subject=former,
        proposal_id=former.pk,
        detail=decision.reference,
        replaced=replaced.pk,
        by=decision.pk,
    )


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
        act=Act.WAIVE,
        actor=actor,
        role=role,
        project=decision.project,
        subject=condition,
        proposal_id=condition.decision.proposal_id,
        detail=decision.reference,
    )
