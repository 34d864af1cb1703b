"""Reads of what the closing of a project carried over."""

from django.db.models import QuerySet

from governance.life.carry_overs.models import CarryOver
from projects.models import Project
from roles.models import User

SHOWN = ("project", "target", "decision__project", "holder", "answered_by", "done_by", "refused_by")


def list_taken_over(project: Project) -> QuerySet[CarryOver]:
    """List what other projects carried over to this one, the newest first."""
    return CarryOver.objects.filter(target=project).select_related(*SHOWN).order_by("-asked_at", "-pk")


def list_carried_over(project: Project) -> QuerySet[CarryOver]:
    """List what this project carried over to others, the newest first."""
    return CarryOver.objects.filter(project=project).select_related(*SHOWN).order_by("-asked_at", "-pk")


def list_others(row: CarryOver, user: User) -> QuerySet[CarryOver]:
    """List what `user` may accept with this item: of the same closing, in the same project."""
    waiting = CarryOver.objects.awaiting(user).filter(decision=row.decision_id, target=row.target_id)
    return waiting.exclude(pk=row.pk)
