"""Versions of the roles of a project, written inside the acts that call for them."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import acts as acting
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.matrix.models import Matrix, sealed
from projects.project.models import Project
from roles.models import User
from roles.role_templates.content import Matrix as Content
from roles.role_templates.content import published


def apply_roles(*, actor: User, project: Project) -> Matrix:
    """Give a project that has none the published roles of its method pack, as the first version of its matrix.

    Called inside the act that opens the project, or by the installation for projects older than the matrix. They are
    in force from now on and approved once the owner decides so. Raises ValidationError when the pack has no role.
    """
    content = published(str(project.pack_id))
    if not content.roles:
        raise ValidationError(_("The method pack %(pack)s has no published role."), params={"pack": project.pack_id})
    matrix = write_version(actor, project, content, "", Act.APPLY_ROLES)
    project.matrix = matrix
    project.save()
    return matrix


def write_version(actor: User, project: Project, content: Content, reason: str, what: Act) -> Matrix:
    """The next version of the matrix, with its event; the caller holds the lock of the project."""
    seat = project.mandates.filter(holder=actor).active().select_related("role").first()
    matrix = Matrix.objects.create(
        project=project, number=project.matrices.count() + 1, reason=reason, made_by=actor, acted_at=acting.act_time(),
        **sealed(content),
    )  # fmt: skip
    record(
        act=what, actor=actor, role=seat.role.code if seat else "", project=project, subject=matrix,
        detail=str(matrix.number), content=matrix.hash,
    )  # fmt: skip
    return matrix
