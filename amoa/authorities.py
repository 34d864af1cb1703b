"""Authorities and explanations shared by permission tables of the business workspace."""

from django.utils.translation import gettext_lazy as _

from projects.seats.mandates.authorities import TakingPart
from roles.enums import DecisionKind, Nature

REQUIREMENTS_ARE_WRITTEN = _(
    "The roles that produce or propose requirements in the matrix write them. The owner approves the set."
)
PROVIDER_BUILDS = _("The solution provider says what is built, what it takes, and how a defect was corrected.")

WRITER = TakingPart(
    _("a holder of a role that produces or proposes requirements"),
    DecisionKind.REQUIREMENT_BASELINE,
    Nature.PRODUCE,
    Nature.PROPOSE,
)
CHANGE_PLANNER = TakingPart(
    _("a holder of a role that proposes the communication"), DecisionKind.COMMUNICATION, Nature.PROPOSE
)
