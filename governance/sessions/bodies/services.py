"""Acts on bodies."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act
from governance.enums import Act
from governance.sessions.bodies.models import Body
from projects.models import Project
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from roles.models import User


@act("governance.write_body", on=lambda given: given.get("row") or given["project"], lock="project")
def write_body(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: Body | None = None, seen: str = ""
) -> Body:
    """Found a body, or change one. Raise Outdated.

    Fields: `name`, `kind`, `members`, `guests`, `rhythm`, `notice_days`, `list_days`, `ended_on`.
    """
    row = get_row_to_write(Body, project, row, seen)
    if project.bodies.exclude(pk=row.pk).filter(name=fields.get("name", "")).exists():
        raise ValidationError({"name": _("This name is already used. Enter another name.")})
    if save_fields(row, fields):
        record_in_role(Act.WRITE_BODY, row)
    return row
