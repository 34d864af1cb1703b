"""Bidders on a project and the ties that role holders declare (R8).

A tie with a bidder blocks the role of its holder on that project until the owner settles it.
"""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.history import GovernedQuerySet, History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from core.record.sealing import SealedModel
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import (
    DECLARED_OPEN,
    ENDS_EVERY_SEAT,
    NOTED_BY_WHO_MAY,
    SETTLED_BY_THE_OWNER,
    refused_to_the_tied,
)
from projects.project.models import Project
from projects.project.rows import ProjectRow
from roles.models import Organisation, User


class Ruling(models.TextChoices):
    """The owner's ruling on a tie."""

    STAYS = "stays", _("The role continues")
    LEAVES = "leaves", _("The mandate ends")


class Bidder(ActModel):
    """An organisation that bids on the project."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="bidders", verbose_name=_("project"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))

    class Meta:
        verbose_name = _("bidder")
        verbose_name_plural = _("bidders")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "organisation"],
                name="one_bidder_per_organisation_and_project",
                violation_error_message=_("This organisation is already a bidder."),
            ),
        )
        triggers = [
            *insert_only("A bidder"),
            DATED_BY_THE_DATABASE,
            NOTED_BY_WHO_MAY,
            refused_to_the_tied("NEW.noted_by_id"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


def _bids() -> Exists:
    return Exists(Bidder.objects.filter(project=OuterRef("project"), organisation=OuterRef("organisation")))


class InterestQuerySet(GovernedQuerySet["Interest"]):
    def blocking(self) -> Self:
        """Filter unsettled ties with a bidder of the project."""
        return self.filter(_bids(), ruling="")

    def idle(self) -> Self:
        """Filter unsettled ties that block nobody: the organisation does not bid."""
        return self.filter(~_bids(), ruling="")


class Interest(ActModel, SealedModel, ProjectRow):
    """A tie with an organisation that a person declares on one project.

    `ruling` is empty until the owner settles the tie. Declaring it again afterwards adds a row. Without `starts_on` it
    exists since the day it was declared.
    """

    LOCKED_WITH = ("person",)

    ERASABLE = ("tie", "ruled_because")

    project = models.ForeignKey(Project, models.PROTECT, related_name="interests", verbose_name=_("project"))
    person = models.ForeignKey(User, models.PROTECT, related_name="interests", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    tie = models.TextField(_("interest declared"))
    starts_on = models.DateField(_("since"), null=True, blank=True)
    ruling = models.CharField(_("ruling"), max_length=10, choices=Ruling, blank=True)
    ruled_because = models.TextField(_("reasons"), blank=True)
    ruled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ruled on by")
    )
    ruled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = InterestQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("declared interest")
        verbose_name_plural = _("declared interests")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "person", "organisation"],
                condition=Q(ruling=""),
                name="one_open_tie_per_person_and_organisation",
                violation_error_message=_("This interest is already declared."),
            ),
        )
        triggers = [
            *never_deleted("A declared tie"),
            DATED_BY_THE_DATABASE,
            DECLARED_OPEN,
            SETTLED_BY_THE_OWNER,
            ENDS_EVERY_SEAT,
            says_something("tie", "ruled_because", operation=pgtrigger.Insert | pgtrigger.Update),
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.person} ↔ {self.organisation}"

    def sealed_content(self) -> dict[str, str]:
        """Return the declaration and the ruling for the seal."""
        since = {"since": self.starts_on.isoformat()} if self.starts_on else {}
        return {"tie": self.tie, **since, "ruling": self.ruling, "because": self.ruled_because}


protect_history(Interest)
