"""Reviews of decisions whose sealed file has changed: the owner's word, bound to that change. Insert-only."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.history import GovernedQuerySet, insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from core.record.sealing import SealedModel
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Instant, Reader
from core.words.labels import label_of
from governance.decide.decisions.answers import awaits_proposal_of
from governance.decide.decisions.models import Decision, SealBreak
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.guards import ANSWERS_THE_NEWEST_CHANGE, REVIEWED_BY_THE_OWNER
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.models import Mandate, Project
from roles.models import User


class DecisionReviewQuerySet(GovernedQuerySet["DecisionReview"]):
    def visible_to(self, user: Person) -> Self:
        """Keep reviews on projects that `user` can see."""
        return self.filter(in_array("decision__project", Project.objects.visible_to(user).values("pk")))

    def awaiting_proposal_of(self, user: Reader, at: Instant | None = None) -> Self:
        """Keep requests to propose a decision again, made to a role of `user`, until a proposal replaces it.

        The closing of the project says a word on each (governance.life.closure).
        """
        return self.filter(awaits_proposal_of(user, at), answer=ReviewAnswer.AGAIN)


class DecisionReview(SealedModel, ActModel):
    """The owner's answer to the changes of what a decision sealed, up to `change`, the newest one.

    `role` is the one asked to propose the decision again.
    """

    ERASABLE = ("reasons",)

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="reviews", verbose_name=_("decision"))
    change = models.OneToOneField(SealBreak, models.PROTECT, related_name="review", verbose_name=_("newest change"))
    answer = models.CharField(_("answer"), max_length=10, choices=ReviewAnswer)
    role = models.CharField(_("role that proposes it again"), max_length=10, blank=True)
    reasons = models.TextField(_("reasons"))
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reviewed by"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("owner's mandate"))

    objects = DecisionReviewQuerySet.as_manager()
    get_answer_display = label_of(ReviewAnswer, "answer")

    class Meta:
        verbose_name = _("review of a decision")
        verbose_name_plural = _("reviews of decisions")
        constraints = (
            models.CheckConstraint(
                condition=Q(answer=ReviewAnswer.HOLDS, role="") | (Q(answer=ReviewAnswer.AGAIN) & ~Q(role="")),
                name="a_review_names_a_role_only_to_propose_again",
            ),
            models.CheckConstraint(condition=Q(reasons__regex=r"\w"), name="a_review_is_reasoned"),
        )
        triggers = [
            *insert_only("A review of a decision"),
            DATED_BY_THE_DATABASE,
            REVIEWED_BY_THE_OWNER,
            ANSWERS_THE_NEWEST_CHANGE,
            says_something("reasons"),
            refused_to_the_tied(
                "NEW.reviewed_by_id", "(SELECT project_id FROM public.governance_decision WHERE id = NEW.decision_id)"
            ),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.decision}: {self.get_answer_display()}"

    def sealed_content(self) -> dict[str, Any]:
        return {
            "decision": str(self.decision_id),
            "change": str(self.change_id),
            "answer": str(self.answer),
            "role": self.role,
            "reasons": self.reasons,
        }

    @property
    def project(self) -> Project:
        """Return the project of the decision."""
        return self.decision.project
