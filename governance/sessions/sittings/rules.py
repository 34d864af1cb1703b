"""Permissions on sessions: their secretary prepares and notes, and decides nothing."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from governance.sessions.secretary import SECRETARY, SECRETARY_PREPARES

PERMISSIONS = tuple(
    Permission(name, act, "R2", SECRETARY_PREPARES, SECRETARY)
    for name, act in (
        ("governance.write_session", _("prepare a session")),
        ("governance.convene_session", _("convene a session")),
        ("governance.add_session_item", _("add an item to a session after its notice")),
        ("governance.open_session", _("open a session")),
        ("governance.note_session_item", _("note an item of a session")),
        ("governance.close_session", _("close a session")),
        ("governance.cancel_session", _("cancel a session")),
    )
)
