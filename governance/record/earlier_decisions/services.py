"""Act on earlier decisions: write one of them, until the owner has taken the list over."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.acts import act, act_time
from governance.enums import Act
from governance.record.earlier_decisions.models import EarlierDecision
from governance.record.earlier_decisions.queries import find_take_over
from projects.models import Project
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from roles.models import User

#: Message of a change after the take-over.
TAKEN_OVER = gettext_lazy("The owner has taken over the former register. Its decisions stay as they are.")


class TakenOver(ValidationError):
    """Raised when the owner has taken over the earlier decisions."""


@act("governance.write_earlier", on="project")
def write_earlier(
    *,
    actor: User,
    project: Project,
    fields: Mapping[str, Any],
    row: EarlierDecision | None = None,
    seen: str = "",
) -> EarlierDecision:
    """Add an earlier decision to the list, or change one that was not taken over.

    Raises ValidationError, TakenOver, Outdated.
    """
    row = get_row_to_write(EarlierDecision, project, row, seen)
    if save_earlier(project, row, fields):
        record_in_role(Act.WRITE_EARLIER, row, detail=row.number)
    return row


def save_earlier(project: Project, row: EarlierDecision, fields: Mapping[str, Any]) -> bool:
    """Write an earlier decision inside an act and return whether anything changed. Raises as `write_earlier`."""
    ensure_to_take_over(project)
    if "decided_on" in fields and fields["decided_on"] > timezone.localtime(act_time()).date():
        raise ValidationError({"decided_on": _("Enter a date that is not in the future.")})
    if not row.pk and project.earlier_decisions.filter(number__iexact=fields["number"]).exists():
        raise ValidationError({"number": _("This number is already used. Enter another one.")})
    return save_fields(row, fields)


def ensure_to_take_over(project: Project) -> None:
    """Raise TakenOver once the owner has taken over the earlier decisions of `project`."""
    if find_take_over(project):
        raise TakenOver(TAKEN_OVER)
