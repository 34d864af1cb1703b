"""Disputes of a signature: the person in whose name a decision was signed says that it was not them. Insert-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import GovernedQuerySet, insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from governance.decide.decisions.models import Decision
from governance.decide.disputes.guards import BY_ITS_SIGNATORY, DISPUTED_IN_THE_LEDGER
from roles.models import User


class Dispute(ActModel):
    """`disputed_by` says that the decision signed in their name was not theirs. It undoes nothing by itself."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="disputed", verbose_name=_("decision"))
    disputed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("disputed by"))

    objects = GovernedQuerySet["Dispute"].as_manager()

    class Meta:
        verbose_name = _("dispute of a signature")
        verbose_name_plural = _("disputes of signatures")
        triggers = [*insert_only("A dispute"), DATED_BY_THE_DATABASE, BY_ITS_SIGNATORY, DISPUTED_IN_THE_LEDGER]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.disputed_by_id}"
