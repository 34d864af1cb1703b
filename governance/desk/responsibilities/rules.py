"""Permission to adapt the roles of a project."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import PROPOSER, Proposer
from roles.enums import DecisionKind

PERMISSIONS = (
    Permission(
        "governance.adapt_roles",
        _("adapt the roles of this project"),
        "R3",
        _("A role that proposes the organisation adapts the roles. They come into force by the owner's decision."),
        Proposer(PROPOSER.label, DecisionKind.APPOINTMENT),
    ),
)
