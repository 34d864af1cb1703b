"""Marks of seats and opinions that are not independent. Insert-only: what was sealed is never edited."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import GovernedQuerySet, insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.words.dates import long_day
from governance.decide.independence.guards import SAYS_WHAT_THE_FACTS_SAY
from governance.decide.opinions.models import Opinion
from projects.event_guards import leaves_an_event
from projects.models import Bidder, Mandate, Project
from roles.models import Organisation

type Key = tuple[int, int | None, int | None, date | None]
#: Why a seat is not independent, and why an opinion was not.
TIED = (
    _("Not independent of %(role)s (%(organisation)s) since %(on)s."),
    _("Given while its author was tied to %(role)s (%(organisation)s) since %(on)s."),
)
BIDDING = (
    _("Not independent of a bidder (%(organisation)s) since %(on)s."),
    _("Given while its author was tied to a bidder (%(organisation)s) since %(on)s."),
)
UNKNOWN = (
    _("Organisation unknown: independence is not established."),
    _("Given while the organisation of its author was unknown."),
)


class IndependenceMarkQuerySet(GovernedQuerySet["IndependenceMark"]):
    def described(self) -> Self:
        """Load what the sentence of a mark names."""
        names = ("mandate__role", "mandate__holder", "other__role", "other__holder", "bidder", "organisation")
        return self.select_related(*names).order_by("pk")


class IndependenceMark(ActModel):
    """A seat, or an opinion given from it, was not independent at `judged_at`, as the facts stood at `acted_at`.

    `other` is the mandate of an incompatible role on the side of the same `organisation`, or `bidder` a bidder on it.
    With neither the employer of the holder was unknown. `since` is the day since which this was so.
    """

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="independence_marks", verbose_name=_("mandate"))
    opinion = models.ForeignKey(
        Opinion, models.PROTECT, null=True, blank=True, related_name="independence_marks", verbose_name=_("opinion")
    )
    other = models.ForeignKey(
        Mandate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("mandate of the other side")
    )
    bidder = models.ForeignKey(
        Bidder, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bidder")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    since = models.DateField(_("since"))
    judged_at = models.DateTimeField(_("judged at"))

    #: Whether the facts of now still say it; set by `read_marks`.
    is_confirmed: bool = True

    objects = IndependenceMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark of dependence")
        verbose_name_plural = _("marks of dependence")
        constraints = (
            models.UniqueConstraint(
                fields=["mandate", "opinion", "other", "bidder", "since"],
                nulls_distinct=False,
                name="one_mark_of_each_dependence",
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | Q(bidder__isnull=True), name="a_mark_names_one_other_side"
            ),
        )
        triggers = [
            *insert_only("A mark of dependence"),
            DATED_BY_THE_DATABASE,
            SAYS_WHAT_THE_FACTS_SAY,
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def project(self) -> Project:
        """Return the project of the seat."""
        return self.mandate.project

    @property
    def key(self) -> Key:
        """Return what tells it from the other marks; the day counts for seats alone, which may depend again later."""
        since = None if self.opinion_id else self.since
        return self.opinion_id or self.mandate_id, self.other_id, self.bidder_id, since

    @property
    def pair(self) -> tuple[frozenset[int | None], int | None, date]:
        """Return the fact behind it, the same on both sides: owners are told once of each."""
        return frozenset({self.mandate_id, self.other_id}), self.bidder_id, self.since

    @property
    def sentence(self) -> str:
        """Return why it is not independent, in the reader's language; needs `described()`."""
        about = {"organisation": str(self.organisation or ""), "on": long_day(self.since)}
        if self.other:
            words, about["role"] = TIED, self.other.role.code
        else:
            words = BIDDING if self.bidder_id else UNKNOWN
        return str(words[self.opinion_id is not None]) % about
