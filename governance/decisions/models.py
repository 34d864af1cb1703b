"""The decision: what the owner answered to one revision, and under which conditions. Added to, never changed (R6)."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.decisions.guards import (
    ANSWERED_WITH_ITS_CONDITIONS,
    LIFTED_BY_THE_OWNER,
    ONLY_THE_OWNER_DECIDES,
    SET_WITH_ITS_DECISION,
)
from governance.enums import Act, ConditionState, Outcome
from governance.ledger.guards import leaves_an_event
from governance.ledger.models import LedgerEvent
from governance.proposals.models import Proposal, ProposalRevision
from projects.models import Delegation, Mandate, Project
from roles.access import Visitor
from roles.guards import DATED_BY_THE_DATABASE, ActModel
from roles.history import History, insert_only, never_deleted, protect_history
from roles.models import User


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: Visitor) -> Self:
        """Decisions on the projects `user` sees."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def with_record(self) -> Self:
        """With everything a record shows: revision and capacity, opinions and conditions, the event of the ledger.

        `event_seq` and `event_hash` are the place in the chain of the project, and the hash at that place.
        """
        events = LedgerEvent.objects.filter(act=Act.DECIDE, subject=Decision._meta.label_lower)
        event = events.filter(subject_id=models.OuterRef("pk"))
        return (
            self.with_conditions()
            .prefetch_related("revision__opinions")
            .annotate(event_seq=models.Subquery(event.values("seq")), event_hash=models.Subquery(event.values("hash")))
        )

    def with_conditions(self) -> Self:
        """With the revision decided, in which capacity, and the conditions."""
        lifted = models.Prefetch("conditions", Condition.objects.select_related("lifted_by"))
        return self.prefetch_related(lifted).select_related(
            "project",
            "proposal",
            "revision",
            "decided_by",
            "mandate__holder",
            "mandate__role",
            "delegation",
            "supersedes__project",
            "superseded_by__project",
        )


class Decision(ActModel):
    """The answer of the owner, or of a delegate in the owner's name, to the revision whose hash it carries (R1)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="decisions", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="decisions", verbose_name=_("proposal"))
    revision = models.OneToOneField(
        ProposalRevision, models.PROTECT, related_name="decision", verbose_name=_("revision")
    )
    revision_hash = models.CharField(_("fingerprint of the revision"), max_length=64)
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome)
    reasons = models.TextField(_("reasoning"))
    return_on = models.DateField(_("decide again on"), null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="decisions", verbose_name=_("decided by"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("owner's mandate"))
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by delegation")
    )
    signature = models.CharField(_("signed by"), max_length=310)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("supersedes")
    )

    objects = DecisionQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_decision_per_number"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="a_decision_has_a_known_outcome"),
            models.CheckConstraint(condition=~Q(reasons=""), name="a_decision_is_reasoned"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.DEFERRED, return_on__isnull=False)
                | (~Q(outcome=Outcome.DEFERRED) & Q(return_on__isnull=True)),
                name="a_deferral_and_only_a_deferral_has_a_return_date",
            ),
        )
        triggers = [
            *insert_only("A decision"),
            DATED_BY_THE_DATABASE,
            ONLY_THE_OWNER_DECIDES,
            ANSWERED_WITH_ITS_CONDITIONS,
            leaves_an_event("governance.decision"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Address of the record of this decision."""
        return reverse("governance:decision_record", args=[self.pk])

    @property
    def reference(self) -> str:
        """Readable reference, such as VD-05."""
        return f"{self.project.prefix}D-{self.number:02d}"


class Condition(models.Model):
    """What the owner attached to an approval: someone answers for it, by a date; the owner lifts it (réserve levée)."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="conditions", verbose_name=_("decision"))
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("what must be true"))
    role = models.CharField(_("role that answers for it"), max_length=10)
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=ConditionState, default=ConditionState.OPEN)
    proof = models.TextField(_("proof"), blank=True)
    lifted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    history = History()

    class Meta:
        ordering = ("decision", "number")
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        constraints = (
            models.UniqueConstraint(fields=["decision", "number"], name="one_condition_per_number"),
            models.CheckConstraint(condition=~Q(text=""), name="a_condition_says_what_must_be_true"),
            models.CheckConstraint(
                condition=Q(state=ConditionState.OPEN, lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(state=ConditionState.MET, lifted_at__isnull=False, lifted_by__isnull=False),
                name="a_lifted_condition_says_when_and_by_whom",
            ),
        )
        triggers = [
            *never_deleted("A condition"),
            SET_WITH_ITS_DECISION,
            LIFTED_BY_THE_OWNER,
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_overdue(self) -> bool:
        """Still open after its due date."""
        return self.state == ConditionState.OPEN and self.due_on < timezone.localdate()


protect_history(Decision, Condition)
