"""Act on the settings of the organisation, in its chain."""

from typing import Any

from core.acts import act
from core.files.checks import Upload
from core.history import ensure_unchanged
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.organisation_settings.models import ONLY, Logo, OrganisationSettings
from projects.organisation_settings.registry import ON_CHANGE
from projects.project.models import Project
from roles.models import User


@act("projects.edit_settings")
def edit_settings(
    *, actor: User, fields: dict[str, Any], seen: str, logo: Upload | None = None, without_logo: bool = False
) -> OrganisationSettings:
    """Change the settings, and record which ones; nothing when none changed.

    `logo` replaces the one there is, `without_logo` takes it away. Raises Outdated when they changed since `seen`.
    """
    chain = lock_organisation()
    row = lock_settings()
    ensure_unchanged(row, seen)
    if logo:
        fields = fields | {"logo": _keep_logo(logo)}
    elif without_logo:
        fields = fields | {"logo": None}
    return save_settings(chain, row, fields)


def set_first_settings(chain: Project, fields: dict[str, Any]) -> OrganisationSettings:
    """Write the settings chosen while the product is set up, within that act."""
    return save_settings(chain, lock_settings(), fields)


def save_settings(chain: Project, row: OrganisationSettings, fields: dict[str, Any]) -> OrganisationSettings:
    """Save the fields that differ, record their names and have them told."""
    changed = sorted(name for name, value in fields.items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, fields[name])
    row.validate_constraints()
    row.save()
    event = record(Act.EDIT_SETTINGS, row, project=chain, changed=",".join(changed))
    for tell in ON_CHANGE:
        tell(event, changed)
    return row


def lock_settings() -> OrganisationSettings:
    """Return the row, locked, or a new one. The caller holds the lock of the chain."""
    return OrganisationSettings.objects.select_for_update().filter(pk=ONLY).first() or OrganisationSettings(pk=ONLY)


def _keep_logo(upload: Upload) -> Logo:
    known = Logo.objects.filter(sha256=upload.sha256).first()
    return known or Logo.objects.create(sha256=upload.sha256, media_type=upload.media_type, content=upload.content)
