"""Permission to found bodies and change them."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from governance.sessions.secretary import SECRETARY, SECRETARY_PREPARES

PERMISSIONS = (Permission("governance.write_body", _("found and change a body"), "R2", SECRETARY_PREPARES, SECRETARY),)
