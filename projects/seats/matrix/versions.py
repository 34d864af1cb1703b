"""Write versions of the matrix inside other acts."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act_time
from projects.ledger.enums import Act, LedgerAct
from projects.ledger.services import record
from projects.project.models import Project
from projects.seats.matrix.models import Matrix, sealed_columns
from roles.models import User
from roles.role_templates.content import Matrix as Content
from roles.role_templates.content import published_matrix


def apply_roles(*, actor: User, project: Project, content: Content | None = None) -> Matrix:
    """Write the first matrix of a project from `content`, or from the published roles of its method pack.

    Called by the act that opens the project, and by `load_catalogue` for projects without a matrix. The roles are in
    force at once and approved when the owner decides so. Raises ValidationError when the pack has no role.
    """
    content = content or published_matrix(str(project.pack_id))
    if not content.roles:
        raise ValidationError(_("The method %(pack)s has no published role."), params={"pack": project.pack_id})
    matrix = _write_next(actor, project, content, "")
    project.matrix = matrix
    project.save()
    _record(Act.APPLY_ROLES, actor, matrix)
    return matrix


def write_version(actor: User, project: Project, content: Content, reason: str, what: LedgerAct) -> Matrix:
    """Write the next version of the matrix and its event. The caller must hold the lock of the project."""
    matrix = _write_next(actor, project, content, reason)
    _record(what, actor, matrix)
    return matrix


def _write_next(actor: User, project: Project, content: Content, reason: str) -> Matrix:
    return Matrix.objects.create(
        project=project,
        number=project.matrices.count() + 1,
        reason=reason,
        made_by=actor,
        acted_at=act_time(),
        **sealed_columns(content),
    )


def _record(what: LedgerAct, actor: User, matrix: Matrix) -> None:
    seat = matrix.project.mandates.filter(holder=actor).active().select_related("role").first()
    record(what, matrix, role=seat.role.code if seat else "", detail=str(matrix.number), content=matrix.hash)
