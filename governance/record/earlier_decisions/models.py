"""Earlier decisions: the register of the time before Ouvrage, a list that the owner takes over once (ADR 23)."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History, never_deleted, protect_history
from core.record.sealing import SealedModel, new_salt
from governance.decide.kinds.registry import choices as known_kinds
from governance.decide.kinds.registry import kind_of
from governance.enums import Outcome
from governance.record.earlier_decisions.guards import CARRIES_ITS_HASH, STAYS_AS_TAKEN_OVER
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, stays_on_its_project


class EarlierDecisionQuerySet(ProjectRowQuerySet["EarlierDecision"]):
    def to_take_over(self) -> Self:
        """Keep the rows of the list, without those left out."""
        return self.filter(left_out=False)


class EarlierDecision(SealedModel, ProjectRow):
    """A decision taken before Ouvrage, as the former register tells it; never a `Decision`.

    `signatory` is a name as text and `file` tells where the signed file is. `left_out` rows belong to no take-over.
    `hash` is that of its content with `salt`, as the last save wrote it; an erasure leaves it.
    """

    ERASABLE = ("title", "reasons", "signatory", "file")
    SEALED_FIELDS = ("number", "decided_on", "title", "kind", "outcome", "reasons", "signatory", "file")

    project = models.ForeignKey(Project, models.PROTECT, related_name="earlier_decisions", verbose_name=_("project"))
    number = models.CharField(_("number"), max_length=30)
    decided_on = models.DateField(_("decided on"))
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind of decision"), max_length=30, blank=True, choices=known_kinds)
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome)
    reasons = models.TextField(_("reasons"), blank=True)
    signatory = models.CharField(_("signed by"), max_length=200)
    file = models.CharField(_("signed file"), max_length=300, blank=True)
    left_out = models.BooleanField(_("left out of the take-over"), default=False)
    hash = models.CharField(_("fingerprint"), max_length=64)

    objects = EarlierDecisionQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("earlier decision")
        verbose_name_plural = _("earlier decisions")
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_earlier_decision_per_number"),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="an_earlier_decision_has_a_known_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(title="") & ~Q(signatory=""),
                name="an_earlier_decision_has_number_title_and_signatory",
            ),
        )
        triggers = [
            *never_deleted("An earlier decision"),
            stays_on_its_project("number"),
            STAYS_AS_TAKEN_OVER,
            CARRIES_ITS_HASH,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("governance:earlier_decisions:earlier_decision", args=[self.pk])

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """Return the name of its kind; empty when the former register does not tell it."""
        return str(kind_of(self.kind).label) if self.kind else ""

    def sealed_content(self) -> dict[str, Any]:
        """Return what the former register tells."""
        return {name: str(getattr(self, name)) for name in self.SEALED_FIELDS}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Seal the content with a new salt, so that no earlier version can be told from its hash."""
        self.salt = new_salt()
        self.hash = self.seal()
        super().save(*args, **kwargs)


protect_history(EarlierDecision)
