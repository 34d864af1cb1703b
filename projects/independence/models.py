"""Employments: dated facts that say for which organisation a person works."""

from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import GovernedQuerySet, insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from projects.event_guards import LeavesAnEvent
from projects.independence.guards import OF_ITS_PERSON, RECORDED_BY_WHO_MAY
from roles.models import Organisation, User

#: First day of what the account of a person said before their first employment.
EVER = date(1900, 1, 1)


class EmploymentQuerySet(GovernedQuerySet["Employment"]):
    def in_order(self) -> Self:
        """Order by person and first day; of two rows of a day the one that counts is last."""
        return self.order_by("person", "starts_on", "pk")


class Employment(ActModel):
    """A person works for an organisation from `starts_on` until another employment begins. Insert-only.

    Without an organisation it is unknown from that day on. A wrong one is followed by another of the same first day.
    The account keeps the organisation of today (`User.organisation`).
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="employments", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    starts_on = models.DateField(_("first day"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        triggers = [
            *insert_only("An employment"),
            DATED_BY_THE_DATABASE,
            RECORDED_BY_WHO_MAY,
            LeavesAnEvent(pgtrigger.Insert, lambda _model: OF_ITS_PERSON),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.organisation or '—'}"

    @property
    def is_the_first(self) -> bool:
        """Return whether it says what the account said before."""
        return self.starts_on == EVER
