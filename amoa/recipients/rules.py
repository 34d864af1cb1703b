"""Permission to describe recipient groups."""

from django.utils.translation import gettext_lazy as _

from amoa.authorities import CHANGE_PLANNER, REQUIREMENTS_ARE_WRITTEN, WRITER
from core.access import Permission

PERMISSIONS = (
    Permission(
        "amoa.describe_group",
        _("describe a recipient group"),
        "R2",
        REQUIREMENTS_ARE_WRITTEN,
        (WRITER | CHANGE_PLANNER).with_label(
            _("a holder of a role that writes requirements or proposes the communication")
        ),
    ),
)
