"""Ends of a change of address, and the mailboxes that answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class End(models.TextChoices):
    """How a change of address ended."""

    APPLIED = "applied", _("the new address counts")
    OBJECTED = "objected", _("the present address objected")
    TAKEN_BACK = "taken_back", pgettext_lazy("address", "taken back")
    TAKEN = "taken", _("the new address has another account")
    EXPIRED = "expired", _("it was not confirmed in time")
    CLOSED = "closed", _("the account is closed")


class Side(models.TextChoices):
    """The mailbox that a link was sent to."""

    OLD = "old", _("present address")
    NEW = "new", _("new address")


#: Hours in which the present address can object, and days in which the new one confirms.
HOURS, DAYS = 72, 14
#: Days after which a change of who decides ends, unless both mailboxes or two people have confirmed.
LONGEST_DAYS = 30
