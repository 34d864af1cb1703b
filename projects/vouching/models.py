"""Vouches: a second person says that a new credential is its person's, so that it counts at once. Insert-only."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.guards import DATED_BY_THE_DATABASE, ActModel
from core.history import GovernedQuerySet, insert_only
from projects.credentials.guards import by_a_proven_hand
from projects.credentials.models import Credential
from projects.vouching.enums import Capacity
from projects.vouching.guards import COUNTS_SOONER_BY_VOUCHES, VOUCHED_BY_WHO_MAY, VOUCHED_IN_THE_LEDGER
from roles.models import User


class MayVouch(models.Func):
    """The capacity in which a person may vouch for a credential at an instant, or NULL."""

    function = "public.ouvrage_may_vouch"
    output_field: Any = models.CharField()


class Vouch(ActModel):
    """`voucher` says, in a capacity, that a credential which does not count yet is its person's."""

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="vouches", verbose_name=_("credential"))
    voucher = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who vouches"))
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity)

    objects = GovernedQuerySet["Vouch"].as_manager()

    class Meta:
        verbose_name = _("vouch")
        verbose_name_plural = _("vouches")
        constraints = (
            models.UniqueConstraint(fields=["credential", "voucher"], name="one_vouch_per_credential_and_person"),
            models.CheckConstraint(condition=Q(capacity__in=Capacity.values), name="a_vouch_has_a_known_capacity"),
        )
        triggers = [
            *insert_only("A vouch"),
            DATED_BY_THE_DATABASE,
            VOUCHED_BY_WHO_MAY,
            by_a_proven_hand("NEW.voucher_id"),
            VOUCHED_IN_THE_LEDGER,
        ]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.voucher_id}"


pgtrigger.register(COUNTS_SOONER_BY_VOUCHES)(Credential)
