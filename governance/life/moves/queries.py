"""Where a project may be moved to."""

from django.db.models import QuerySet

from governance.life.moves.enums import MoveState
from governance.life.moves.models import Move
from projects.enums import AT_REST, PARENTS
from projects.models import Project
from projects.workspaces import Requirement, list_requirements


def list_targets(project: Project) -> QuerySet[Project]:
    """List the programmes and portfolios that the project may come under: of a higher level, going on, another one."""
    above = Project.objects.unarchived().filter(level__in=PARENTS[project.level]).exclude(state__in=AT_REST)
    return above.exclude(pk__in=[project.pk, project.parent_id or 0]).order_by("code")


def list_required(move: Move) -> list[Requirement]:
    """List the workspaces that the move would switch on in its project."""
    required = list_requirements(move.project.level, move.target_id, move.project)
    return [one for one in required if not move.project.has(one.workspace)]


def find_open_move(project: Project) -> Move | None:
    """Return the move of the project that waits for an owner, if any."""
    return Move.objects.filter(project=project, state=MoveState.ASKED).select_related("parent", "target").first()
