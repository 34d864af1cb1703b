"""Permission to write the earlier decisions of a project."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import Proposer
from roles.enums import TAKE_OVER

PERMISSIONS = (
    Permission(
        "governance.write_earlier",
        _("write an earlier decision"),
        "R1",
        _("The roles that propose standards write down the former register. Only the owner takes it over, once."),
        Proposer(_("a holder of a role that proposes standards"), TAKE_OVER),
    ),
)
