"""Permissions to write, freeze and implement requirements."""

from django.utils.translation import gettext_lazy as _

from amoa.authorities import PROVIDER_BUILDS, REQUIREMENTS_ARE_WRITTEN, WRITER
from core.access import Permission
from projects.seats.mandates.authorities import PROPOSER, PROVIDER, TakingPart
from roles.enums import DecisionKind, Nature

PERMISSIONS = (
    Permission("amoa.write_requirements", _("write requirements"), "R2", REQUIREMENTS_ARE_WRITTEN, WRITER),
    Permission(
        "amoa.freeze_baseline",
        _("freeze the requirements for the owner"),
        "R2",
        REQUIREMENTS_ARE_WRITTEN,
        TakingPart(PROPOSER.label, DecisionKind.REQUIREMENT_BASELINE, Nature.PROPOSE),
    ),
    Permission("amoa.implement", _("mark requirements as implemented"), "R2", PROVIDER_BUILDS, PROVIDER),
)
