"""Opinions: one for each adviser role and revision, and the binding opinion of an external authority."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.history import GovernedQuerySet, History, insert_only, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from core.record.sealing import SealedModel
from core.words.dates import long_day
from core.words.labels import label_of
from governance.decide.opinions.guards import (
    COMES_FROM_AN_ADVISER_WHO_IS_ASKED,
    NOTED_BY_AN_ADVISER,
    PREFERS_ONE_OF_THE_OPTIONS,
)
from governance.decide.proposals.models import ProposalRevision
from governance.decide.signing.guards import signed_by_a_passkey_of, tells_its_signature_in_its_event
from governance.decide.signing.models import SignableModel
from governance.enums import Act, Position
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.models import Mandate
from roles.models import User


class OpinionQuerySet(GovernedQuerySet["Opinion"]):
    def latest_by_role(self) -> Self:
        """Keep the latest opinion of each role; annotate the number of its revision as `revision_number`."""
        numbered = self.annotate(revision_number=F("revision__number"))
        return numbered.order_by("role", "-revision__number").distinct("role")


class Opinion(SignableModel, ActModel):
    """A reasoned opinion (avis motivé). Never a vote: it closes nothing (R2). `signature` is the name at that time."""

    REPEATS = ("signature", "assertion")
    ERASABLE = ("reasons", "signature")

    revision = models.ForeignKey(ProposalRevision, models.PROTECT, related_name="opinions", verbose_name=_("revision"))
    role = models.CharField(_("role"), max_length=10)
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("mandate"))
    adviser = models.ForeignKey(User, models.PROTECT, related_name="opinions", verbose_name=_("adviser"))
    signature = models.CharField(_("signed by"), max_length=310)
    position = models.CharField(_("position"), max_length=20, choices=Position)
    preferred = models.CharField(_("preferred option"), max_length=1, default="", db_default="", blank=True)
    reasons = models.TextField(_("reasons"))

    objects = OpinionQuerySet.as_manager()
    history = History()
    get_position_display = label_of(Position, "position")

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
            PREFERS_ONE_OF_THE_OPTIONS,
            signed_by_a_passkey_of("NEW.adviser_id"),
            tells_its_signature_in_its_event(Act.ADVISE),
            says_something("reasons"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.position}"

    @property
    def how_signed(self) -> str:
        """Return since when the passkey that signed it is the adviser's, in words; empty without a signature."""
        if self.passkey is None:
            return ""
        return pgettext("opinion", "Signed with their own passkey, in their possession since %(on)s") % {
            "on": long_day(self.passkey.given_at)
        }

    def signed_context(self) -> dict[str, str]:
        """Return the file and who gives the opinion; the content names the revision and the role."""
        proposal = self.revision.proposal
        return {
            "project": str(proposal.project_id),
            "proposal": str(proposal.pk),
            "adviser": str(self.adviser.key),
        }

    def sealed_content(self) -> dict[str, Any]:
        return {
            **({"preferred": self.preferred} if self.preferred else {}),
            "revision": self.revision.hash,
            "role": self.role,
            "position": str(self.position),
            "reasons": self.reasons,
            "signature": self.signature,
        }


class BindingOpinion(SealedModel, ActModel):
    """The binding opinion (avis conforme) of an external authority on one revision, noted by an adviser.

    A revision that requires one cannot be approved without a favourable one. It decides nothing by itself.
    """

    REPEATS = ("signature",)
    ERASABLE = ("reference", "signature")

    revision = models.OneToOneField(
        ProposalRevision, models.PROTECT, related_name="binding_opinion", verbose_name=_("revision")
    )
    authority = models.CharField(_("authority"), max_length=200)
    favourable = models.BooleanField(_("favourable"))
    given_on = models.DateField(_("given on"))
    reference = models.CharField(_("reference of the document"), max_length=200)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    signature = models.CharField(_("recorded by, as signed"), max_length=310)

    objects = GovernedQuerySet["BindingOpinion"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("binding opinion")
        verbose_name_plural = _("binding opinions")
        constraints = (models.CheckConstraint(condition=~Q(reference=""), name="a_binding_opinion_names_its_document"),)
        triggers = [
            *insert_only("A binding opinion"),
            DATED_BY_THE_DATABASE,
            NOTED_BY_AN_ADVISER,
            refused_to_the_tied(
                "NEW.noted_by_id",
                """(SELECT p.project_id FROM public.governance_proposal p
                    JOIN public.governance_proposalrevision r ON r.proposal_id = p.id WHERE r.id = NEW.revision_id)""",
            ),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.authority} ({self.reference})"

    def sealed_content(self) -> dict[str, Any]:
        """Return the authority's answer, its document and the signature of the adviser who noted it."""
        return {
            "revision": self.revision.hash,
            "authority": self.authority,
            "favourable": self.favourable,
            "given_on": str(self.given_on),
            "reference": self.reference,
            "signature": self.signature,
        }


protect_history(Opinion, BindingOpinion)
