"""States of an item that the closing of a project carried over to another one."""

from django.db import models
from django.utils.translation import pgettext_lazy


class CarryOverState(models.TextChoices):
    """Where an item stands: asked until its holder accepts or declines it, then followed until it is done.

    The owner of the other project accepts one that returned. One that is not done, as they say, is accepted again.
    """

    ASKED = "asked", pgettext_lazy("carried over", "to be accepted")
    DECLINED = "declined", pgettext_lazy("carried over", "declined")
    ACCEPTED = "accepted", pgettext_lazy("carried over", "accepted")
    DONE = "done", pgettext_lazy("carried over", "done")


#: What notices tell of an answer, and its label. The owner of the project it goes to says the last one.
NOT_DONE = "carry_not_done"
ANSWERS = {
    **{f"carry_{state}": state.label for state in CarryOverState if state != CarryOverState.ASKED},
    NOT_DONE: pgettext_lazy("carried over", "not done"),
}
