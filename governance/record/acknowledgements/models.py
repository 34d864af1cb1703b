"""Acknowledgements of decisions (accusé de lecture). Insert-only."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.history import GovernedQuerySet, insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.sql.array_lookup import in_array
from governance.decide.decisions.models import Decision
from governance.record.acknowledgements.guards import CONFIRMED_BY_ITS_READER, READ_BY_SOMEBODY_ON_THE_PROJECT
from projects.impartiality.guards import refused_to_the_tied
from projects.models import Project
from roles.models import User


class AcknowledgementQuerySet(GovernedQuerySet["Acknowledgement"]):
    def visible_to(self, user: Person) -> Self:
        """Keep acknowledgements on projects that `user` can see."""
        return self.filter(in_array("decision__project", Project.objects.visible_to(user).values("pk")))


class Acknowledgement(ActModel):
    """`reader` confirms having read a decision, once and in person."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="acknowledgements", verbose_name=_("decision"))
    reader = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("read by"))

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation of reading")
        verbose_name_plural = _("confirmations of reading")
        constraints = (
            models.UniqueConstraint(
                fields=["decision", "reader"],
                name="one_confirmation_per_decision_and_reader",
                violation_error_message=_("You have confirmed reading this decision already."),
            ),
        )
        triggers = [
            *insert_only("A confirmation of reading"),
            DATED_BY_THE_DATABASE,
            READ_BY_SOMEBODY_ON_THE_PROJECT,
            CONFIRMED_BY_ITS_READER,
            refused_to_the_tied(
                "NEW.reader_id", "(SELECT project_id FROM public.governance_decision WHERE id = NEW.decision_id)"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.reader}"
