"""Act on recipients: describe a group of people affected by the project."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act
from core.pages.grid.rows import RowChange, RowsWritten, write_rows
from core.pages.lists.undo import BulkResult
from governance.enums import Act
from projects.models import Project, RecipientGroup
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from projects.undo import give_back
from roles.models import User


@act("amoa.describe_group", on="project")
def describe_group(
    *, actor: User, project: Project, fields: Mapping[str, Any], group: RecipientGroup | None = None, seen: str = ""
) -> RecipientGroup:
    """Add a recipient group, or change the one read at version `seen` (core.history.version_of).

    `fields` are those of the model. Raises ValidationError on a missing or duplicate name ("name"), and Outdated when
    the group changed since.
    """
    row = get_row_to_write(RecipientGroup, project, group, seen)
    if save_group(row, fields):
        record_in_role(Act.DESCRIBE_GROUP, row)
    return row


@act("amoa.describe_group", on="project")
def edit_groups(*, actor: User, project: Project, changes: Mapping[int, RowChange]) -> RowsWritten[RecipientGroup]:
    """Change many recipient groups, by primary key: each as `describe_group` does, or refused alone."""

    def write(row: RecipientGroup, fields: Mapping[str, Any]) -> bool:
        row.project = project
        is_written = save_group(row, fields)
        if is_written:
            record_in_role(Act.DESCRIBE_GROUP, row)
        return is_written

    return write_rows(project.recipient_groups.all(), changes, write)


@act("amoa.describe_group", on="project")
def undo_groups(*, actor: User, project: Project, seq: int) -> BulkResult:
    """Undo the change of recipient groups that begins at entry `seq`; see `give_back`."""

    def restore(row: RecipientGroup, _differing: set[str]) -> None:
        row.save()
        record_in_role(Act.DESCRIBE_GROUP, row)

    return give_back(project=project, actor=actor, rows=project.recipient_groups.all(), seq=seq, restore=restore)


def save_group(row: RecipientGroup, fields: Mapping[str, Any]) -> bool:
    """Write a group inside an act and return whether it was saved; raise as `describe_group`."""
    name = fields.get("name", row.name)
    if not name:
        raise ValidationError({"name": _("Name the group.")})
    if row.project.recipient_groups.filter(name__iexact=name).exclude(pk=row.pk).exists():
        raise ValidationError({"name": _("This name is already used. Enter another name.")})
    return save_fields(row, fields)
