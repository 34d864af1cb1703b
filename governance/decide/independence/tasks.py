"""Judge the independence of seats and opinions: every night, and at once after a fact. Idempotent."""

import logging

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from core.acts import NotRecorded
from governance.decide.independence.queries import build_missing_marks
from governance.decide.independence.services import judge_project
from projects.models import Mandate, Project
from roles.models import User

logger = logging.getLogger(__name__)


@shared_task(name="governance.judge_independence")
def judge_independence(project_id: int | None = None) -> int:
    """Mark the seats and opinions that are not independent, on a project or on all; return the number of marks."""
    missing = build_missing_marks(timezone.now(), project_id)
    seats = Mandate.objects.filter(pk__in=[mark.mandate_id for mark in missing])
    concerned = Project.objects.filter(pk__in=seats.values("project")).order_by("pk")
    actor = User.objects.installation()
    return sum([_judge(actor, project) for project in concerned])


def _judge(actor: User, project: Project) -> int:
    try:
        return judge_project(actor=actor, project=project)
    except NotRecorded:
        logger.warning("Project %s is busy, its independence is judged the next night", project.code)
    except DatabaseError:
        logger.exception("The independence of project %s cannot be judged", project.code)
    return 0
