"""Second looks: what the owner says of an approval once its effect is known. Insert-only."""

from decimal import Decimal
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
from governance.decide.decisions.models import Decision
from governance.life.second_look.enums import LookAnswer
from governance.life.second_look.guards import LOOKED_BACK_BY_THE_OWNER
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.models import Mandate, Project
from roles.models import User


class SecondLookQuerySet(GovernedQuerySet["SecondLook"]):
    def visible_to(self, user: Person) -> Self:
        """Keep second looks on projects that `user` can see."""
        return self.filter(in_array("decision__project", Project.objects.visible_to(user).values("pk")))

    def awaiting_proposal_of(self, user: Reader, at: Instant | None = None) -> Self:
        """Keep corrections that a role of `user` is to propose, until a proposal replaces the decision."""
        return self.filter(awaits_proposal_of(user, at), answer=LookAnswer.CORRECTED)


class SecondLook(SealedModel, ActModel):
    """The owner's word on an approval, with the figures that were measured; `role` proposes the correction."""

    ERASABLE = ("reasons",)

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="second_look", verbose_name=_("decision"))
    answer = models.CharField(_("answer"), max_length=10, choices=LookAnswer)
    measured_cost = models.DecimalField(_("measured cost (€)"), max_digits=14, decimal_places=2, null=True, blank=True)
    measured_on = models.DateField(_("reached on"), null=True, blank=True)
    measured_value = models.DecimalField(_("measured value"), max_digits=14, decimal_places=2, null=True, blank=True)
    role = models.CharField(_("role that proposes the correction"), max_length=10, blank=True)
    reasons = models.TextField(_("reasons"))
    looked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("looked back by"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("owner's mandate"))

    objects = SecondLookQuerySet.as_manager()
    get_answer_display = label_of(LookAnswer, "answer")

    class Meta:
        verbose_name = _("second look at a decision")
        verbose_name_plural = _("second looks at decisions")
        constraints = (
            models.CheckConstraint(
                condition=Q(answer=LookAnswer.CORRECTED) & ~Q(role="")
                | Q(answer__in=[LookAnswer.KEPT, LookAnswer.REGRETTED], role=""),
                name="a_second_look_names_a_role_only_to_correct",
            ),
            models.CheckConstraint(condition=~Q(reasons=""), name="a_second_look_is_reasoned"),
            models.CheckConstraint(
                condition=Q(measured_cost__isnull=True) | Q(measured_cost__gte=0),
                name="a_second_look_measures_no_negative_cost",
            ),
        )
        triggers = [
            *insert_only("A second look"),
            DATED_BY_THE_DATABASE,
            LOOKED_BACK_BY_THE_OWNER,
            says_something("reasons"),
            refused_to_the_tied(
                "NEW.looked_by_id", "(SELECT project_id FROM public.governance_decision WHERE id = NEW.decision_id)"
            ),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.decision}: {self.get_answer_display()}"

    def sealed_content(self) -> dict[str, Any]:
        """Return the answer with its reasons, and the figures that were measured."""
        return {
            "decision": str(self.decision_id),
            "answer": str(self.answer),
            "measured_cost": _plain(self.measured_cost),
            "measured_on": str(self.measured_on or ""),
            "measured_value": _plain(self.measured_value),
            "role": self.role,
            "reasons": self.reasons,
        }

    @property
    def project(self) -> Project:
        """Return the project of the decision."""
        return self.decision.project


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"
