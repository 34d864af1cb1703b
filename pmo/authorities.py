"""Authorities and explanations shared by several permission tables of the project office."""

from django.utils.translation import gettext_lazy as _

from projects.seats.mandates.authorities import TakingPart
from roles.enums import DecisionKind, Nature

CONFORMITY_IS_CHECKED = _(
    "The role that produces or proposes the standards checks conformity with them. The owner alone grants waivers."
)
STEERING_IS_FOLLOWED = _(
    "The role that consolidates the schedule and the budget in the matrix follows them and publishes the weather."
)

KEEPER_OF_STANDARDS = TakingPart(
    _("a holder of a role that produces or proposes the standards"),
    DecisionKind.STANDARD_ADOPTION,
    Nature.PRODUCE,
    Nature.PROPOSE,
)
KEEPER_OF_RISKS = TakingPart(
    _("a holder of a role that produces or proposes in the acceptance of risks"),
    DecisionKind.RISK_ACCEPTANCE,
    Nature.PRODUCE,
    Nature.PROPOSE,
)
PRODUCER_OF_RISKS = TakingPart(
    _("a holder of the role that produces the risk register"), DecisionKind.RISK_ACCEPTANCE, Nature.PRODUCE
)
#: The letters of the follow-up decide: the role that produces the schedule, or supports its producer.
FOLLOWER = TakingPart(
    _("a holder of the role that consolidates the schedule and the budget"),
    DecisionKind.SCHEDULE,
    Nature.PRODUCE,
    Nature.SUPPORT,
)
