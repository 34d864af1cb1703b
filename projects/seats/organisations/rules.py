"""Permissions to keep organisations and to record links between them."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from roles.authorities import ADMINISTRATOR

FACTS_ARE_RECORDED = _(
    "An administrator records facts about organisations. What follows from them is decided by the owner."
)

PERMISSIONS = (
    Permission(
        "projects.keep_organisation", _("add and rename organisations"), "R8", FACTS_ARE_RECORDED, ADMINISTRATOR
    ),
    Permission(
        "projects.link_organisations",
        _("record which organisations belong to a group or work as subcontractors"),
        "R8",
        FACTS_ARE_RECORDED,
        ADMINISTRATOR,
    ),
    Permission("projects.end_link", _("end a link between organisations"), "R8", FACTS_ARE_RECORDED, ADMINISTRATOR),
)
