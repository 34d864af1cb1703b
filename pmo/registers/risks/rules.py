"""Permissions of the risk register."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from pmo.authorities import KEEPER_OF_RISKS, PRODUCER_OF_RISKS
from pmo.registers.risks.enums import RiskStatus
from pmo.registers.risks.models import Risk
from projects.seats.mandates.authorities import OWNER, ROLE_HOLDER, NamedRole, OnProject

RISKS_ARE_RAISED = _("Role holders raise risks and issues. Nothing is lost.")
RISKS_ARE_KEPT = _(
    "The roles that produce or propose in the acceptance of risks rate and treat them. The owner alone accepts what is"
    " amber or red."
)
THE_SCALE_IS_THE_OWNERS = _("The owner sets the scale: it says which risks only a decision of theirs accepts.")


class RaiserUntilAssessed(NamedRole):
    """Role that raised a risk, until its first assessment."""

    def code(self, on: OnProject) -> str:
        return on.raised_by_role if isinstance(on, Risk) and on.status == RiskStatus.PROPOSED else ""


KEEPER = KEEPER_OF_RISKS
RAISER = RaiserUntilAssessed(_("a holder of the role that raised the risk"), "raised_by_role")
ANSWERING_ROLE = NamedRole(_("a holder of the role responsible for the risk"), "owner_role")

PERMISSIONS = (
    Permission("pmo.raise_risk", _("raise a risk"), "R2", RISKS_ARE_RAISED, ROLE_HOLDER),
    Permission("pmo.raise_issue", _("raise an issue"), "R2", RISKS_ARE_RAISED, ROLE_HOLDER),
    Permission(
        "pmo.edit_risk",
        _("change the text of this risk"),
        "R2",
        RISKS_ARE_KEPT,
        (KEEPER | RAISER).with_label(
            _("a holder of a role that keeps the register, or of the role that raised the risk")
        ),
    ),
    Permission("pmo.assess_risk", _("assess this risk"), "R2", RISKS_ARE_KEPT, KEEPER),
    Permission(
        "pmo.treat_risk",
        _("write what is done about this risk"),
        "R2",
        RISKS_ARE_KEPT,
        (KEEPER | ANSWERING_ROLE).with_label(
            _("a holder of a role that keeps the register, or of the role responsible for the risk")
        ),
    ),
    Permission(
        "pmo.review_risks",
        _("review the risk register"),
        "R2",
        RISKS_ARE_KEPT,
        PRODUCER_OF_RISKS,
    ),
    Permission("pmo.materialise_risk", _("turn this risk into an issue"), "R2", RISKS_ARE_KEPT, KEEPER),
    Permission("pmo.settle_issue", _("follow this issue"), "R2", RISKS_ARE_KEPT, KEEPER),
    Permission("pmo.set_risk_scale", _("set the scale of risks"), "R1", THE_SCALE_IS_THE_OWNERS, OWNER),
)
