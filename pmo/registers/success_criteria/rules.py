"""Permissions of success criteria."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import TakingPart
from roles.enums import DecisionKind, Nature

SUCCESS_IS_PROPOSED = _(
    "Roles that propose the scope or the schedule propose success criteria. Roles that propose "
    "requirements propose benefits. The owner approves them."
)
PROPOSES_CRITERIA = _("a holder of a role that proposes the scope or the schedule")

CRITERIA_PROPOSER = (
    TakingPart(PROPOSES_CRITERIA, DecisionKind.SCOPE, Nature.PROPOSE)
    | TakingPart(PROPOSES_CRITERIA, DecisionKind.SCHEDULE, Nature.PROPOSE)
).with_label(PROPOSES_CRITERIA)
BENEFIT_PROPOSER = TakingPart(
    _("a holder of a role that proposes the requirements"), DecisionKind.REQUIREMENT_BASELINE, Nature.PROPOSE
)

PERMISSIONS = (
    Permission("pmo.propose_criterion", _("propose a success criterion"), "R2", SUCCESS_IS_PROPOSED, CRITERIA_PROPOSER),
    Permission("pmo.propose_benefit", _("propose a benefit"), "R2", SUCCESS_IS_PROPOSED, BENEFIT_PROPOSER),
    Permission(
        "pmo.freeze_criteria",
        _("freeze the success criteria for the owner"),
        "R2",
        SUCCESS_IS_PROPOSED,
        CRITERIA_PROPOSER,
    ),
    Permission(
        "pmo.measure_criterion",
        _("add the measure of a success criterion"),
        "R2",
        SUCCESS_IS_PROPOSED,
        (CRITERIA_PROPOSER | BENEFIT_PROPOSER).with_label(
            _("a holder of a role that proposes success criteria or benefits")
        ),
    ),
)
