"""Acts: fulfil several missed obligations of a role with one word, or excuse the role from them; all or none."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act
from governance.decide.obligations.missed import list_missed
from governance.decide.obligations.models import Discharge
from governance.decide.obligations.queries import Obligation
from governance.decide.obligations.services import excuse, give
from projects.models import DocumentVersion, Project
from roles.models import User


class NotMissed(Exception):
    """Raised when one of the obligations is not missed any more."""


def _of_its_role(given: Mapping[str, Any]) -> Discharge:
    """Return the unsaved answer that the permission concerns."""
    return Discharge(project=given["project"], role=given["role"])


@act("governance.fulfil", on=_of_its_role, lock="project")
def catch_up(
    *,
    actor: User,
    project: Project,
    role: str,
    missed: Sequence[str],
    note: str = "",
    document: DocumentVersion | None = None,
) -> list[Discharge]:
    """Fulfil the missed obligations of `role` at these places with one text or document: an entry of each.

    Raises NotMissed, and ValidationError without any ("missed") or without evidence (see `fulfil`).
    """
    return [give(actor, project, role, row.duty.code, row.key, note, document) for row in _find(project, role, missed)]


@act("governance.excuse", on="project")
def excuse_missed(*, actor: User, project: Project, role: str, missed: Sequence[str], reason: str) -> list[Discharge]:
    """Excuse `role` from the missed obligations at these places with one reason, as the owner: an entry of each.

    Raises NotMissed, and ValidationError without any ("missed") or without a reason.
    """
    return [
        excuse(actor=actor, project=project, role=role, duty=row.duty.code, key=row.key, reason=reason)
        for row in _find(project, role, missed)
    ]


def _find(project: Project, role: str, places: Sequence[str]) -> list[Obligation]:
    """Return the missed obligations at these places, by date. One query."""
    if not places:
        raise ValidationError({"missed": _("Select at least one obligation.")})
    found = [row for row in list_missed(project, role) if row.place in places]
    if len(found) < len(set(places)):
        raise NotMissed
    return found
