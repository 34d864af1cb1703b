"""What becomes of a risk that was escalated."""

from django.db import models
from django.utils.translation import pgettext_lazy

from pmo.registers.risks.enums import OPEN, RiskStatus
from projects.enums import Level


class EscalationState(models.TextChoices):
    """It waits for an answer until the owner above gives one."""

    RAISED = "raised", pgettext_lazy("escalated risk", "awaiting an answer")
    ACCEPTED = "accepted", pgettext_lazy("escalated risk", "accepted at this level")
    HANDED_BACK = "handed_back", pgettext_lazy("escalated risk", "handed back")
    TAKEN_OVER = "taken_over", pgettext_lazy("escalated risk", "taken over as an own risk")


#: Risks that end an escalation by themselves when they are no more; one that happened still waits for its answer.
STANDING = (*OPEN, RiskStatus.MATERIALISED)
#: Working days in which the owner of a level answers.
DAYS_TO_ANSWER = {Level.PROGRAMME: 10, Level.PORTFOLIO: 15}
#: Working days after which a red risk below without an answer is a signal.
SILENT_DAYS = 15
