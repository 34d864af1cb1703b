"""Acts on lessons learned."""

from collections.abc import Mapping
from typing import Any

from core.acts import act, act_time
from pmo.enums import Act
from pmo.registers.lessons.models import LessonLearned
from projects.models import Project
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.predicates import role_code_of
from roles.models import User


@act("pmo.note_lesson", on=lambda given: given.get("row") or given["project"], lock="project")
def note_lesson(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: LessonLearned | None = None, seen: str = ""
) -> LessonLearned:
    """Add a lesson, or change one of the actor's own role. Raise Outdated.

    Fields: `title`, `family`, `context`, `lesson`, `recommendation`.
    """
    row = get_row_to_write(LessonLearned, project, row, seen)
    if not row.pk:
        row.number = project.lessons.count() + 1
        row.raised_by, row.raised_by_role, row.raised_at = actor, role_code_of(actor, project), act_time()
    if save_fields(row, fields):
        record_in_role(Act.NOTE_LESSON, row)
    return row
