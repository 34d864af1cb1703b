"""Permissions to add and replace documents."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import OWNER_OR_PROPOSER

EVIDENCE_IS_ADDED = _(
    "Roles that propose, and the owner, add the documents that support a decision. A version never changes once added."
)

PERMISSIONS = (
    Permission(
        "governance.add_document", _("add a document to this project"), "R5", EVIDENCE_IS_ADDED, OWNER_OR_PROPOSER
    ),
    Permission("governance.replace_document", _("replace this document"), "R5", EVIDENCE_IS_ADDED, OWNER_OR_PROPOSER),
)
