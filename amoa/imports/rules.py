"""Permission to import requirements."""

from django.utils.translation import gettext_lazy as _

from amoa.authorities import REQUIREMENTS_ARE_WRITTEN, WRITER
from core.access import Permission

PERMISSIONS = (
    Permission("amoa.import_requirements", _("import requirements"), "R2", REQUIREMENTS_ARE_WRITTEN, WRITER),
)
