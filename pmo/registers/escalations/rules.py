"""Permissions on escalated risks."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from pmo.authorities import KEEPER_OF_RISKS, PRODUCER_OF_RISKS
from projects.seats.mandates.authorities import OWNER

RISKS_ARE_ESCALATED = _(
    "The owner and the roles that keep the register escalate a risk. The level above rates it on its own scale, and its"
    " owner answers."
)

PERMISSIONS = (
    Permission(
        "pmo.escalate_risk",
        _("escalate this risk to the level above"),
        "R2",
        RISKS_ARE_ESCALATED,
        (OWNER | KEEPER_OF_RISKS).with_label(_("the project owner, or a holder of a role that keeps the register")),
    ),
    Permission(
        "pmo.examine_escalation",
        _("rate this escalated risk on the scale of the level"),
        "R2",
        RISKS_ARE_ESCALATED,
        PRODUCER_OF_RISKS,
    ),
    Permission("pmo.answer_escalation", _("answer this escalated risk"), "R1", RISKS_ARE_ESCALATED, OWNER),
)
