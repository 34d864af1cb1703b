"""States of an action."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ActionState(models.TextChoices):
    """Where an action stands: to be done, then done, or dropped with a word; it may be taken up again."""

    OPEN = "open", pgettext_lazy("action", "to be done")
    DONE = "done", pgettext_lazy("action", "done")
    DROPPED = "dropped", pgettext_lazy("action", "dropped")


#: What notices tell of a state, and its label.
STATES = {f"action_{state}": state.label for state in ActionState}
FOLLOWS = {
    ActionState.OPEN: (ActionState.DONE, ActionState.DROPPED),
    ActionState.DONE: (ActionState.OPEN,),
    ActionState.DROPPED: (ActionState.OPEN,),
}
