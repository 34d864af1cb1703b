"""Permissions to ask, answer and estimate."""

from django.utils.translation import gettext_lazy as _

from amoa.authorities import PROVIDER_BUILDS, WRITER
from core.access import Permission
from projects.seats.mandates.authorities import PROVIDER, NamedRole

BOTH_SIDES_ASK = _("Authors of requirements and the provider ask each other questions. The role that is asked answers.")

PERMISSIONS = (
    Permission(
        "amoa.ask",
        _("ask a question about a requirement"),
        "R2",
        BOTH_SIDES_ASK,
        (WRITER | PROVIDER).with_label(_("a holder of a role that writes requirements, or the solution provider")),
    ),
    Permission(
        "amoa.answer",
        _("answer this question"),
        "R2",
        BOTH_SIDES_ASK,
        NamedRole(_("a holder of the role that is asked"), "asked_of"),
    ),
    Permission("amoa.estimate", _("estimate a requirement"), "R2", PROVIDER_BUILDS, PROVIDER),
)
