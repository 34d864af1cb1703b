"""Texts of the pages to prove, lift or waive a condition or a reservation."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.decide.decisions.models import Condition
from governance.decide.kinds.base import Text
from governance.decide.kinds.registry import kind_of
from governance.enums import Act, EffectiveFrom


@dataclass(frozen=True)
class Wording:
    """Words of one act on a condition. `title` has the reference of the decision; `effect` is for the reader."""

    title: Text
    action: Text
    effect: Text


#: (Act, on a reservation) → its words.
WORDINGS = {
    (Act.PROVE, False): Wording(
        _("Evidence for a condition of %(reference)s"),
        _("Provide the evidence"),
        _("The owner is notified, reads the evidence and marks the condition as met. Until then, you can replace it."),
    ),
    (Act.PROVE, True): Wording(
        _("Evidence for a reservation of %(reference)s"),
        _("Provide the evidence"),
        _("The owner is notified, reads the evidence and clears the reservation. Until then, you can replace it."),
    ),
    (Act.LIFT, False): Wording(
        _("Mark a condition of %(reference)s as met"),
        _("Mark the condition as met"),
        _("You mark the condition as met. The evidence is part of the decision file."),
    ),
    (Act.LIFT, True): Wording(
        _("Clear a reservation of %(reference)s"),
        _("Clear the reservation"),
        _("You clear the reservation. The evidence is part of the decision file."),
    ),
    (Act.WAIVE, False): Wording(
        _("Waive a condition of %(reference)s"),
        _("Waive the condition"),
        _("You waive the condition. Your reasons are part of the decision file."),
    ),
    (Act.WAIVE, True): Wording(
        _("Waive a reservation of %(reference)s"),
        _("Waive the reservation"),
        _("You waive the reservation. Your reasons are part of the decision file."),
    ),
}
ICONS = {Act.PROVE: "paperclip", Act.LIFT: "check", Act.WAIVE: "circle-slash"}


@dataclass(frozen=True)
class Settlement:
    """An act on a condition as its page shows it. `by_owner`: the owner settles it, else the role gives its proof."""

    title: str
    action: Text
    icon: str
    effects: list[str]
    by_owner: bool


def describe_settlement(act: Act, condition: Condition) -> Settlement:
    """Return the texts of `act` on an open condition."""
    decision = condition.decision
    words = WORDINGS[act, decision.reserves]
    effects = [str(words.effect)]
    by_owner = act != Act.PROVE
    if act == Act.LIFT and (lifting := kind_of(decision.proposal.kind).describe_lifting(condition)):
        effects.append(str(lifting))
    if by_owner:
        effects.append(gettext("You cannot undo this."))
    if by_owner and decision.conditions.open().count() == 1:
        effects.append(_describe_last(decision.effective))
    return Settlement(str(words.title) % {"reference": decision.reference}, words.action, ICONS[act], effects, by_owner)


def _describe_last(effective: str) -> str:
    """Return what settling the last open condition does."""
    closes = gettext("Nothing else is open: the proposal is closed.")
    return f"{closes} {gettext('The decision takes effect now.')}" if effective == EffectiveFrom.WHEN_MET else closes
