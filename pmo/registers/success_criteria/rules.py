"""Permissions of success criteria."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from pmo.registers.success_criteria.models import SuccessCriterion
from projects.models import Project
from projects.seats.mandates.authorities import ROLE_HOLDER, Subject, TakingPart
from projects.seats.mandates.predicates import acting_seats
from roles.enums import DecisionKind, Nature, list_named_kinds

SUCCESS_IS_PROPOSED = _(
    "Roles that propose the scope or the schedule propose success criteria. Roles that propose "
    "requirements propose benefits. The owner approves them."
)
PROPOSES_CRITERIA = _("a holder of a role that proposes the scope or the schedule")

CRITERIA_PROPOSER = (
    TakingPart(PROPOSES_CRITERIA, DecisionKind.SCOPE, Nature.PROPOSE)
    | TakingPart(PROPOSES_CRITERIA, DecisionKind.SCHEDULE, Nature.PROPOSE)
).with_label(PROPOSES_CRITERIA)


class BenefitLine(TakingPart):
    """Authority of the roles that propose benefits on a line of their own: a project has none."""

    def holds_on(self, user: Person, project: Project) -> bool:
        has_line = any(self.kind in seat.named for seat in acting_seats(user, project))
        return has_line and super().holds_on(user, project)

    def holders_on(self, project: Project) -> Iterable[Holder]:
        has_line = project.matrix and self.kind in list_named_kinds(project.matrix.powers)
        return super().holders_on(project) if has_line else ()


class BenefitOwner(Authority[Subject]):
    """Authority of the owner of a benefit who has a role on its project."""

    def holds(self, user: Person, on: Subject | None) -> bool:
        return isinstance(on, SuccessCriterion) and on.owner_id == user.pk and ROLE_HOLDER.holds(user, on)

    def holders(self, on: Subject) -> Iterable[Holder]:
        return [one for one in ROLE_HOLDER.holders(on) if isinstance(on, SuccessCriterion) and one.person == on.owner]


PROPOSES_BENEFITS = _("a holder of a role that proposes the requirements, or benefits above a project")
BENEFIT_PROPOSER = (
    TakingPart(PROPOSES_BENEFITS, DecisionKind.REQUIREMENT_BASELINE, Nature.PROPOSE)
    | BenefitLine(PROPOSES_BENEFITS, "benefits", Nature.PROPOSE)
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
        (CRITERIA_PROPOSER | BENEFIT_PROPOSER | BenefitOwner("")).with_label(
            _("a holder of a role that proposes success criteria or benefits, or the owner of the benefit")
        ),
    ),
)
