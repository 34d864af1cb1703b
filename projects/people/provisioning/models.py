"""Tokens with which the directory of the organisation keeps accounts, by SCIM."""

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import GovernedQuerySet, History, never_deleted, protect_history
from projects.event_guards import leaves_an_event
from projects.people.provisioning.guards import MADE_BY_AN_ADMINISTRATOR, TOKEN_ONLY_ENDS
from roles.models import User

NAME = RegexValidator(r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", _("Use small letters, digits and hyphens."))


class ProvisioningTokenQuerySet(GovernedQuerySet["ProvisioningToken"]):
    def living(self) -> "ProvisioningTokenQuerySet":
        """Filter tokens that were not ended."""
        return self.filter(ended_at=None)


class ProvisioningToken(models.Model):
    """A token; only the SHA-256 of its secret is stored. `name` stands in the events of what is done with it."""

    name = models.CharField(_("name"), max_length=40, validators=[NAME])
    digest = models.CharField(_("fingerprint"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("created"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("created by"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = ProvisioningTokenQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("token of provisioning")
        verbose_name_plural = _("tokens of provisioning")
        constraints = (
            models.UniqueConstraint(fields=["name"], condition=Q(ended_at=None), name="one_living_token_of_a_name"),
        )
        triggers = [
            *never_deleted("A token of provisioning"),
            MADE_BY_AN_ADMINISTRATOR,
            TOKEN_ONLY_ENDS,
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.name


protect_history(ProvisioningToken)
