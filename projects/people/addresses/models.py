"""Changes of the address of an account."""

from datetime import datetime, timedelta
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q, Value
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from core.history import GovernedQuerySet, never_deleted
from projects.event_guards import leaves_an_event
from projects.ledger.services import lock_organisation
from projects.people.addresses.enums import DAYS, HOURS, LONGEST_DAYS, End
from projects.people.addresses.guards import (
    ASKED_AS_THINGS_STAND,
    GOES_ON_AS_IT_WAS_ASKED,
    MOVES_BY_A_CHANGE_OF_ADDRESS,
)
from projects.people.credentials.counting import Decided, Due
from roles.models import User


class Vouchers(models.Func):
    """How many people may vouch for a credential, or else a change of address, in these capacities."""

    function = "public.ouvrage_vouchers"
    output_field: Any = models.BigIntegerField()


class AddressChangeQuerySet(GovernedQuerySet["AddressChange"]):
    def open(self) -> Self:
        """Filter changes that have not ended."""
        return self.filter(ended_at=None)


class AddressChange(models.Model):
    """A change of the address of `person`, asked by them or proposed by an administrator.

    Both addresses are told. It is applied once the new one has confirmed, and the present one has confirmed too or has
    not objected for 72 hours. Silence is not enough where its person decides or administers: two people vouch instead
    (`vouched_at`, asked at `vouch_asked_at`), or nobody can (`alone_at`; projects.people.vouching, ADR 50).
    The addresses are cleared when it ends: the account and its history have them.
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
    vouch_asked_at = models.DateTimeField(_("vouch asked"), null=True, blank=True)
    vouched_at = models.DateTimeField(_("vouched for"), null=True, blank=True)
    alone_at = models.DateTimeField(_("counts without a second person since"), null=True, blank=True)
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

    @cached_property
    def needs_consent(self) -> bool:
        """Return whether its person decides or administers, so that silence is not enough. One query."""
        decided = Decided(F("person"), F("asked_at"), act_time())
        return bool(AddressChange.objects.filter(pk=self.pk).values_list(decided, flat=True).get())

    @cached_property
    def objects_until(self) -> datetime:
        """Return until when the present address can object, absences of the person left out. One query."""
        return self._find_due(timedelta(hours=HOURS))

    @cached_property
    def ends_at(self) -> datetime:
        """Return when it ends if it has not been applied, absences of the person left out. One query."""
        return self._find_due(timedelta(days=LONGEST_DAYS))

    @property
    def may_count_alone(self) -> bool:
        """Return whether somebody was asked to vouch and nobody is left who can. One query."""
        if self.vouch_asked_at is None:
            return False
        left = Vouchers(Value(None), F("pk"), act_time(), Value("above,administrator"))
        return not AddressChange.objects.filter(pk=self.pk).values_list(left, flat=True).get()

    @property
    def expires_at(self) -> datetime:
        """Return until when the new address can confirm."""
        return self.asked_at + timedelta(days=DAYS)

    def _find_due(self, span: timedelta) -> datetime:
        due = Due(F("person"), F("asked_at"), Value(span))
        found: datetime = AddressChange.objects.filter(pk=self.pk).values_list(due, flat=True).get()
        return found

    @property
    def can_ask_vouch(self) -> bool:
        """Return whether its person can ask two people to vouch."""
        return self.vouch_asked_at is None and self.old_confirmed_at is None and self.needs_consent

    def is_due(self, at: datetime) -> bool:
        """Return whether mailboxes or vouches let it be applied at this instant."""
        if self.new_confirmed_at is None:
            return False
        if self.old_confirmed_at or self.vouched_at or self.alone_at:
            return True
        return not self.needs_consent and self.objects_until <= at

    def is_lapsed(self, at: datetime) -> bool:
        """Return whether it was not confirmed in time: not by the new address, or by nothing but silence."""
        if self.new_confirmed_at is None:
            return self.expires_at <= at
        return self.needs_consent and self.ends_at <= at

    def locked(self) -> "AddressChange":
        """Return the fresh change with its person, locked after what they decide on, until the act ends."""
        lock_organisation()
        return AddressChange.objects.select_for_update(of=("self",)).select_related("person").get(pk=self.pk)


pgtrigger.register(MOVES_BY_A_CHANGE_OF_ADDRESS)(User)
