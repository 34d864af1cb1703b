"""Links between organisations: dated facts that say which are not independent of each other (R8)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import GovernedQuerySet, History, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from projects.event_guards import leaves_an_event
from projects.seats.organisations.enums import LinkKind
from projects.seats.organisations.guards import LINK_ONLY_ENDS, RECORDED_BY_AN_ADMINISTRATOR
from roles.models import Organisation, User

ENDS_AFTER_IT_STARTS = _("Enter a last day after the first day.")


class OrganisationLink(ActModel):
    """An organisation belongs to a group, itself an organisation, or is a subcontractor of another one.

    In force from `starts_on` to `ends_on`, both included; without an end it goes on. A wrong one ends on its first day.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="links", verbose_name=_("organisation"))
    kind = models.CharField(pgettext_lazy("between organisations", "link"), max_length=15, choices=LinkKind)
    other = models.ForeignKey(
        Organisation, models.PROTECT, related_name="links_to", verbose_name=_("group or contractor")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))

    objects = GovernedQuerySet["OrganisationLink"].as_manager()
    history = History()

    class Meta:
        ordering = ("organisation__name", "pk")
        verbose_name = _("link between organisations")
        verbose_name_plural = _("links between organisations")
        constraints = (
            models.CheckConstraint(
                condition=~Q(organisation=F("other")),
                name="an_organisation_is_not_linked_to_itself",
                violation_error_message=_("Select another organisation than the first one."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="a_link_ends_after_it_starts",
                violation_error_message=ENDS_AFTER_IT_STARTS,
            ),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="a_link_has_a_known_kind"),
            models.UniqueConstraint(
                fields=["organisation", "other", "kind"],
                condition=Q(ends_on__isnull=True),
                name="one_open_link_of_a_kind_between_two",
                violation_error_message=_("This link is already recorded and has no last day."),
            ),
        )
        triggers = [
            *never_deleted("A link between organisations"),
            DATED_BY_THE_DATABASE,
            RECORDED_BY_AN_ADMINISTRATOR,
            LINK_ONLY_ENDS,
            says_something("source"),
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()} {self.other}"


protect_history(OrganisationLink)
