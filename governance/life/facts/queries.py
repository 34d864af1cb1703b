"""The facts of a project as its page shows them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from core.access import Text
from governance.decide.decisions.models import Decision, Effect
from governance.life.facts.guards import has_references_sql
from governance.life.facts.registry import OPEN_COUNTS
from projects.enums import Workspace
from projects.models import Project
from projects.workspaces import Requirement, installed, offered_on, requirements_of


@dataclass(frozen=True)
class Since:
    """The moment since which the project is in its state, and the decision that brought it there, if any."""

    at: datetime
    because: Decision | None


@dataclass(frozen=True)
class WorkspaceLine:
    """A workspace, whether it is switched on, and what requires it."""

    workspace: Workspace
    is_on: bool
    required: list[Requirement]


def has_references(project: Project) -> bool:
    """Return whether a reference of the project begins with its prefix."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {has_references_sql('%(project)s')}", {"project": project.pk})
        return bool(cursor.fetchone()[0])


def find_since(project: Project) -> Since:
    """Return since when the project is in its state, and why. Three queries."""
    others = project.history.exclude(state=project.state).order_by("-history_id")
    before = others.values_list("history_id", flat=True).first() or 0
    since = project.history.filter(history_id__gt=before).order_by("history_id").values_list("history_date", flat=True)
    changes = Effect.objects.filter(subject=Project._meta.label_lower, subject_id=project.pk, field="state")
    last = changes.order_by("-pk").select_related("decision__project").first()
    return Since(since[0], last.decision if last and last.after == project.state else None)


def list_lines(project: Project) -> list[WorkspaceLine]:
    """List the workspaces that the project may have, or has."""
    required = requirements_of(project)
    return [
        WorkspaceLine(workspace, project.has(workspace), [one for one in required if one.workspace == workspace])
        for workspace in offered_on(project)
    ]


def list_lost(project: Project, workspaces: Collection[str]) -> list[tuple[Text, list[str]]]:
    """List the workspaces that go off when only these stay on: label, and what is open there in words."""
    off = [space for space in installed() if project.has(space) and space.value not in workspaces]
    return [(space.label, _describe_open(project, space)) for space in off]


def _describe_open(project: Project, space: Workspace) -> list[str]:
    counted = ((rows, rows.count(project)) for rows in OPEN_COUNTS if rows.workspace == space)
    return [str(rows.words % {"n": number}) for rows, number in counted if number]
