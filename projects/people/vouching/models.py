"""Vouches: a second person says in words that a new credential or address is its person's. Insert-only."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import GovernedQuerySet, insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from projects.enums import Level
from projects.people.addresses.models import AddressChange
from projects.people.credentials.guards import by_a_proven_hand
from projects.people.credentials.models import Credential
from projects.people.vouching.enums import Capacity
from projects.people.vouching.guards import VOUCHED_BY_WHO_MAY, VOUCHED_IN_THE_LEDGER, counts_by_consent
from projects.project.models import Project
from roles.models import User

type Waiting = Credential | AddressChange


class MayVouch(models.Func):
    """The capacity in which a person may vouch for a credential, or else a change of address, at an instant."""

    function = "public.ouvrage_may_vouch"
    output_field: Any = models.CharField()


class Vouched(models.Func):
    """Whether enough people have vouched for a credential, or else a change of address, at an instant."""

    function = "public.ouvrage_vouched"
    output_field: Any = models.BooleanField()


class CountsAlone(models.Func):
    """Whether a credential, or else a change of address, counts at an instant because nobody can vouch for it."""

    function = "public.ouvrage_alone"
    output_field: Any = models.BooleanField()


class Vouch(ActModel):
    """`voucher` says in words, in a capacity, that a credential or an address that does not count yet is its person's.

    Vouches from before ADR 50 have no words.
    """

    ERASABLE = ("words",)

    credential = models.ForeignKey(
        Credential, models.PROTECT, null=True, blank=True, related_name="vouches", verbose_name=_("credential")
    )
    change = models.ForeignKey(
        AddressChange,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="vouches",
        verbose_name=_("change of address"),
    )
    voucher = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who vouches"))
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity)
    words = models.TextField(_("words"), blank=True, default="", db_default="")

    objects = GovernedQuerySet["Vouch"].as_manager()

    class Meta:
        verbose_name = _("vouch")
        verbose_name_plural = _("vouches")
        constraints = (
            models.UniqueConstraint(fields=["credential", "voucher"], name="one_vouch_per_credential_and_person"),
            models.UniqueConstraint(fields=["change", "voucher"], name="one_vouch_per_address_and_person"),
            models.CheckConstraint(condition=Q(capacity__in=Capacity.values), name="a_vouch_has_a_known_capacity"),
            models.CheckConstraint(
                condition=Q(credential__isnull=False, change=None) | Q(credential=None, change__isnull=False),
                name="a_vouch_is_for_a_credential_or_an_address",
            ),
        )
        triggers = [
            *insert_only("A vouch"),
            DATED_BY_THE_DATABASE,
            VOUCHED_BY_WHO_MAY,
            by_a_proven_hand("NEW.voucher_id"),
            VOUCHED_IN_THE_LEDGER,
        ]

    def __str__(self) -> str:
        return f"{self.credential_id or self.change_id} {self.voucher_id}"

    @property
    def project(self) -> Project:
        """Return the chain that has the event of the vouch: the organisation's."""
        return Project.objects.get(level=Level.ORGANISATION)


pgtrigger.register(counts_by_consent("NEW.id, NULL"))(Credential)
pgtrigger.register(counts_by_consent("NULL, NEW.id"))(AddressChange)
