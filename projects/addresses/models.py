"""Changes of the address of an account."""

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import GovernedQuerySet, never_deleted
from projects.addresses.enums import DAYS, HOURS, End
from projects.addresses.guards import ASKED_AS_THINGS_STAND, GOES_ON_AS_IT_WAS_ASKED, MOVES_BY_A_CHANGE_OF_ADDRESS
from projects.event_guards import leaves_an_event
from roles.models import User


class AddressChangeQuerySet(GovernedQuerySet["AddressChange"]):
    def open(self) -> Self:
        """Filter changes that have not ended."""
        return self.filter(ended_at=None)


class AddressChange(models.Model):
    """A change of the address of `person`, asked by them or proposed by an administrator.

    Both addresses are told. It is applied once the new one has confirmed, and the present one has confirmed too or has
    not objected for 72 hours. The addresses are cleared when it ends: the account and its history have them.
    """

    REPEATS = ("old",)
    UNSEALED = ("old", "new")

    person = models.ForeignKey(User, models.PROTECT, related_name="address_changes", verbose_name=_("person"))
    old = models.EmailField(_("present address"), blank=True)
    new = models.EmailField(_("new address"), blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    old_confirmed_at = models.DateTimeField(_("confirmed by the present address"), null=True, blank=True)
    new_confirmed_at = models.DateTimeField(_("confirmed by the new address"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(_("end"), max_length=20, choices=End, blank=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="one_open_change_of_address_per_person"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | Q(outcome__in=End.values, ended_at__isnull=False),
                name="a_change_of_address_ends_in_a_known_way",
            ),
        )
        triggers = [
            *never_deleted("A change of address"),
            ASKED_AS_THINGS_STAND,
            GOES_ON_AS_IT_WAS_ASKED,
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.asked_at}"

    @property
    def objects_until(self) -> datetime:
        """Return until when the present address can object."""
        return self.asked_at + timedelta(hours=HOURS)

    @property
    def expires_at(self) -> datetime:
        """Return until when the new address can confirm."""
        return self.asked_at + timedelta(days=DAYS)

    def is_due(self, at: datetime) -> bool:
        """Return whether the mailboxes let it be applied at this instant."""
        answered = self.old_confirmed_at is not None or self.objects_until <= at
        return self.new_confirmed_at is not None and answered


pgtrigger.register(MOVES_BY_A_CHANGE_OF_ADDRESS)(User)
