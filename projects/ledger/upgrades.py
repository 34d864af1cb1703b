"""Seal the rows that an earlier release wrote, with one event on each project."""

from django.db import transaction

from core.acts import open_act, take_database_time
from projects.ledger.enums import Act
from projects.ledger.models import RowSeal
from projects.ledger.row_seals import seal_unsealed_rows
from projects.ledger.services import TWO_HANDS, record
from projects.project.models import Project
from roles.models import User


def seal_older_rows() -> int:
    """Seal every row without a seal, or with one that covers other columns than today; return how many.

    Each project gets one event of the installation's account. Runs as the role that owns the tables.
    """
    with transaction.atomic():
        projects = list(Project.objects.lock().order_by("pk"))
        before = {project.pk: _count(project) for project in projects}
        sealed = seal_unsealed_rows()
        changed = [project for project in projects if _count(project) != before[project.pk]]
        if changed:
            tell(actor=User.objects.installation(), projects=changed)
    return sealed


@open_act
def tell(*, actor: User, projects: list[Project]) -> None:
    """Record on each of these locked projects that its rows were sealed."""
    take_database_time()
    for project in projects:
        record(Act.SEAL_ROWS, project, hands=TWO_HANDS)


def _count(project: Project) -> int:
    return RowSeal.objects.filter(chain=project.pk).count()
