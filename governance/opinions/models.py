"""The opinion: what one adviser role says of one revision, once."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.enums import Position
from governance.ledger.guards import leaves_an_event
from governance.opinions.guards import COMES_FROM_AN_ADVISER_WHO_IS_ASKED
from governance.proposals.models import ProposalRevision
from projects.models import Mandate
from roles.guards import DATED_BY_THE_DATABASE, ActModel
from roles.history import History, insert_only, protect_history
from roles.models import User


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def latest_by_role(self) -> Self:
        """The last opinion of each role only, with the number of its revision as `revision_number`."""
        numbered = self.annotate(revision_number=F("revision__number"))
        return numbered.order_by("role", "-revision__number").distinct("role")


class Opinion(ActModel):
    """A reasoned opinion (avis motivé). Never a vote: it closes nothing (R2). `signature` is the name as it was."""

    revision = models.ForeignKey(ProposalRevision, models.PROTECT, related_name="opinions", verbose_name=_("revision"))
    role = models.CharField(_("role"), max_length=10)
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("mandate"))
    adviser = models.ForeignKey(User, models.PROTECT, related_name="opinions", verbose_name=_("adviser"))
    signature = models.CharField(_("signed by"), max_length=310)
    position = models.CharField(_("position"), max_length=20, choices=Position)
    reasons = models.TextField(_("reasons"))

    objects = OpinionQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        constraints = (
            models.UniqueConstraint(fields=["revision", "role"], name="one_opinion_per_role_and_revision"),
            models.CheckConstraint(condition=Q(position__in=Position.values), name="an_opinion_has_a_known_position"),
            models.CheckConstraint(condition=~Q(reasons=""), name="an_opinion_is_reasoned"),
        )
        triggers = [
            *insert_only("An opinion"),
            DATED_BY_THE_DATABASE,
            COMES_FROM_AN_ADVISER_WHO_IS_ASKED,
            leaves_an_event("governance.opinion"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.position}"


protect_history(Opinion)
