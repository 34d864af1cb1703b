"""Permissions of success criteria."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Holder, Permission, Person
from projects.models import Project
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


class TakingPartAbove(TakingPart):
    """Authority of such roles of a portfolio or programme alone."""

    def holds_on(self, user: Person, project: Project) -> bool:
        return project.has_parts and super().holds_on(user, project)

    def holders_on(self, project: Project) -> Iterable[Holder]:
        return super().holders_on(project) if project.has_parts else ()


PROPOSES_BENEFITS = _("a holder of a role that proposes the requirements, or the benefits of a programme")
BENEFIT_PROPOSER = (
    TakingPart(PROPOSES_BENEFITS, DecisionKind.REQUIREMENT_BASELINE, Nature.PROPOSE)
    | TakingPartAbove(PROPOSES_BENEFITS, "benefits", Nature.PROPOSE)
).with_label(PROPOSES_BENEFITS)

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
