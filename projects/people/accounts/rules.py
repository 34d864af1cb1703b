"""Permissions on the accounts of people."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import OWNER
from roles.authorities import ADMINISTRATOR, ONESELF

ADMINISTRATORS_KEEP = _("Administrators manage the accounts. This gives them no role on any project.")

PERMISSIONS = (
    Permission("projects.invite", _("invite people"), "R1", ADMINISTRATORS_KEEP, ADMINISTRATOR),
    Permission(
        "projects.invite_holder",
        _("invite a person to appoint them"),
        "R1",
        _("An owner appoints people who have no account yet. All administrators are notified of each invitation."),
        OWNER,
        own_hand=True,
    ),
    Permission(
        "projects.change_employer",
        _("record for which organisation a person works"),
        "R8",
        _("A person knows their employer. Owners are notified where independence depends on it."),
        ONESELF | ADMINISTRATOR,
    ),
    Permission(
        "projects.send_reset",
        _("send a link to choose a new password"),
        "R1",
        _("A credential is its person’s: an administrator sends a link to the address on file, and never sees it."),
        ADMINISTRATOR,
    ),
    Permission(
        "projects.plan_departure",
        _("set the day after which an account closes"),
        "R1",
        ADMINISTRATORS_KEEP,
        ADMINISTRATOR,
    ),
    Permission("projects.close_account", _("close accounts"), "R1", ADMINISTRATORS_KEEP, ADMINISTRATOR),
    Permission("projects.reopen_account", _("reopen closed accounts"), "R1", ADMINISTRATORS_KEEP, ADMINISTRATOR),
)
