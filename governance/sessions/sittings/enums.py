"""States of a session, outcomes of its items, and presence at each of them."""

from django.db import models
from django.utils.translation import pgettext_lazy


class SessionState(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("session", "in preparation")
    CONVENED = "convened", pgettext_lazy("session", "convened")
    OPEN = "open", pgettext_lazy("session", "open")
    CLOSED = "closed", pgettext_lazy("session", "closed")
    CANCELLED = "cancelled", pgettext_lazy("session", "cancelled")


S = SessionState
#: State → states that may follow it; for Python and the trigger.
FOLLOWING: dict[SessionState, tuple[SessionState, ...]] = {
    S.PREPARED: (S.CONVENED, S.CANCELLED),
    S.CONVENED: (S.OPEN, S.CANCELLED),
    S.OPEN: (S.CLOSED,),
    S.CLOSED: (),
    S.CANCELLED: (),
}


class ItemOutcome(models.TextChoices):
    """What the secretary notes of an item that was not settled; decisions come from the ledger alone."""

    NONE = "", pgettext_lazy("item of a session", "heard, or decided by the owner")
    DEFERRED = "deferred", pgettext_lazy("item of a session", "deferred to a later session")
    WITHDRAWN = "withdrawn", pgettext_lazy("item of a session", "withdrawn from the agenda")


class Presence(models.TextChoices):
    """Whether a person was there when an item was heard."""

    PRESENT = "present", pgettext_lazy("attendance", "present")
    ABSENT = "absent", pgettext_lazy("attendance", "absent")
    EXCUSED = "excused", pgettext_lazy("attendance", "excused")
    ARRIVED = "arrived", pgettext_lazy("attendance", "arrived during the item")
    LEFT = "left", pgettext_lazy("attendance", "left during the item")


#: Presence at one item → what the next one begins with.
LATER = {Presence.ARRIVED: Presence.PRESENT, Presence.LEFT: Presence.ABSENT}
