"""Seal the rows that an earlier release wrote, with one event on each project."""

from django.db import transaction

from core.acts import acting_as, take_database_time
from projects.ledger.enums import Act
from projects.ledger.models import RowSeal
from projects.ledger.row_seals import seal_unsealed_rows
from projects.ledger.services import record
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
            actor = User.objects.installation()
            with acting_as(actor):
                take_database_time()
                for project in changed:
                    record(act=Act.SEAL_ROWS, actor=actor, project=project, subject=project)
    return sealed


def _count(project: Project) -> int:
    return RowSeal.objects.filter(chain=project.pk).count()
