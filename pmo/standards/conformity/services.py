"""Acts on conformity. Nothing here waives: only a decision of the owner does (R9)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.record.meaning import is_meaningful
from pmo.enums import Act
from pmo.standards.conformity.enums import Result
from pmo.standards.conformity.models import ConformityCheck
from pmo.standards.standards.models import StandardCheckpoint
from pmo.standards.standards.references import list_checkpoints
from projects.models import DocumentVersion, Project
from projects.organisation_settings.queries import today
from projects.seats.mandates.events import record_in_role
from roles.models import User


@act("pmo.check_conformity", on="project")
def record_check(
    *,
    actor: User,
    project: Project,
    checkpoint: StandardCheckpoint,
    result: Result,
    finding: str = "",
    evidence: DocumentVersion | None = None,
    action: str = "",
    action_role: str = "",
    action_due: date | None = None,
) -> ConformityCheck:
    """Record a check of `checkpoint`; the last one rules. An action needs a role and a date.

    Raise ValidationError on a checkpoint that is not in force ("checkpoint"), a result without its reason ("finding"),
    an incomplete action (its field), and a document of another project ("evidence").
    """
    _ensure_in_force(project, [checkpoint])
    if evidence is not None and evidence.document.project_id != project.pk:
        raise ValidationError({"evidence": _("Choose a document of this project.")})
    _ensure_complete(project, result, finding, action, action_role, action_due)
    return _write_check(
        actor,
        project,
        checkpoint,
        result=result,
        finding=finding,
        evidence=evidence,
        action=action,
        action_role=action_role,
        action_due=action_due,
    )


@act("pmo.check_conformity", on="project")
def record_checks(
    *, actor: User, project: Project, checkpoints: Sequence[StandardCheckpoint], result: Result, finding: str = ""
) -> list[ConformityCheck]:
    """Record the same result and finding for several checkpoints: one check and one event each.

    All or none. Raise ValidationError as `record_check` does, and without a checkpoint ("checkpoint").
    """
    if not checkpoints:
        raise ValidationError({"checkpoint": _("Select at least one checkpoint.")})
    _ensure_in_force(project, checkpoints)
    _ensure_complete(project, result, finding, "", "", None)
    return [_write_check(actor, project, row, result=result, finding=finding) for row in checkpoints]


def _write_check(actor: User, project: Project, checkpoint: StandardCheckpoint, **fields: Any) -> ConformityCheck:
    """Write a check and its event."""
    check = ConformityCheck.objects.create(
        project=project, checkpoint=checkpoint, checker=actor, acted_at=act_time(), **fields
    )
    record_in_role(Act.CHECK_CONFORMITY, check, detail=check.result, checkpoint=checkpoint.pk)
    return check


def _ensure_in_force(project: Project, checkpoints: Sequence[StandardCheckpoint]) -> None:
    """Refuse a checkpoint that is not in force for the project today."""
    known = {checkpoint.pk for checkpoint in list_checkpoints(project, today())}
    if any(checkpoint.pk not in known for checkpoint in checkpoints):
        raise ValidationError({"checkpoint": _("This checkpoint is not in force for the project.")})


def _ensure_complete(
    project: Project, result: Result, finding: str, action: str, action_role: str, action_due: date | None
) -> None:
    """Refuse a result without its reason, and an incomplete action."""
    if result != Result.CONFORM and not is_meaningful(finding):
        raise ValidationError({"finding": _("Describe the finding, unless the result is “conform”.")})
    if not action and not action_role and not action_due:
        return
    for name, value, text in (
        ("action", action, _("Describe what is to be done.")),
        ("action_role", action_role, _("Choose the role that does it.")),
        ("action_due", action_due, _("Enter a due date.")),
    ):
        if not value:
            raise ValidationError({name: text})
    if action_role not in {role.code for role in project.roles()}:
        raise ValidationError({"action_role": _("The project has no such role.")})
