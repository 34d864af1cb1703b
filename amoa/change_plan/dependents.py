"""Messages that announce a decision, in its undo map: one that is planned follows the new decision, or is cancelled."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amoa.change_plan.enums import ActionState
from amoa.change_plan.guards import MESSAGE_BROKEN, MESSAGES_OF_A_DECISION
from amoa.change_plan.models import CommunicationAction
from amoa.enums import Act
from core.history import version_at
from core.record.erasure import display_text
from governance.decide.decisions.dependents import Dependents, Line, Options, Replacement
from governance.enums import Fate
from projects.ledger.services import record

SENT = gettext_lazy("It was sent: plan another message if it has to be corrected.")
NOT_SENT = gettext_lazy("Keep it to announce the new decision, or drop it. Its author can change it at any time.")


def show(message: CommunicationAction, at: Any) -> Line:
    """Return a message with its title, at the time of the decision if it is taken."""
    title = version_at(message, at).title if at else message.title
    return Line(_("Messages that announce it"), words=f"{display_text(title)} · {message.group}")


def find_options(message: CommunicationAction, revision: Any, items: Sequence[Any]) -> Options:
    """Return the fates of a message: what was sent stays."""
    if message.state == ActionState.DONE:
        return Options((Fate.KEPT,), SENT)
    return Options((Fate.KEPT, Fate.DROPPED), NOT_SENT)


def carry_out(message: CommunicationAction, fate: Fate, replacement: Replacement) -> None:
    """Tie a message to the new decision, or cancel it."""
    if message.state == ActionState.DONE:
        return
    message = CommunicationAction.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if fate == Fate.DROPPED:
        message.state = ActionState.CANCELLED
    else:
        message.after = replacement.by.proposal.number
    message.save()
    record(
        Act.PLAN_CHANGE,
        message,
        actor=replacement.actor,
        role=replacement.role,
        project=replacement.by.project,
        detail=replacement.by.reference,
    )


MESSAGE_DEPENDENTS = Dependents(
    model=CommunicationAction,
    sql=MESSAGES_OF_A_DECISION,
    load=lambda keys: CommunicationAction.objects.filter(pk__in=keys).select_related("group", "project"),
    show=show,
    options=find_options,
    carry_out=carry_out,
    broken=MESSAGE_BROKEN,
    words={Fate.DROPPED: gettext_lazy("it is cancelled")},
)
