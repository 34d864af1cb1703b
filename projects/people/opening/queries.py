"""Projects as administrators see them: title, owner and vacant mandatory roles, never their contents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Func, JSONField, Max, Q, TextField, Value
from django.db.models.functions import Cast

from core.access import can
from projects.enums import AT_REST, PARENTS, Level
from projects.project.models import Project
from projects.seats.launch.checklist import REQUIRED
from projects.seats.mandates.models import Mandate
from roles.models import User

#: Codes of the roles that a project of this level must have, besides the one that decides.
CODES = f"$.roles[*] ? ({REQUIRED}).code"


@dataclass(frozen=True)
class ProjectSeats:
    """A project, its owner in office, the codes of its mandatory roles that nobody holds.

    `replacement` is the key of the request that is open to name another owner.
    """

    project: Project
    owner: Mandate | None
    vacant: list[str]
    replacement: int | None = None


def list_parents(person: User) -> list[Project]:
    """List the programmes and portfolios below which the person may open a project."""
    above = Project.objects.filter(level__in=frozenset().union(*PARENTS.values())).exclude(state__in=AT_REST)
    return [row for row in above.order_by("code") if can(person, "projects.found", row)]


def list_project_seats(now: datetime) -> list[ProjectSeats]:
    """List the projects, those without an owner first, then those with a vacant role; no archived one. Two queries."""
    pair = (Cast(name, TextField()) for name in (Value("level"), "level"))
    level = Func(*pair, function="jsonb_build_object", output_field=JSONField())
    required = Func(
        F("matrix__content"),
        Value(CODES),
        level,
        function="jsonb_path_query_array",
        output_field=JSONField(default=list),
    )
    projects = (
        Project.objects.unarchived()
        .exclude(level=Level.ORGANISATION)
        .select_related("parent")
        .annotate(required=required, replacement=Max("replacements", filter=Q(replacements__ended_at=None)))
    )
    held: dict[int, list[Mandate]] = {}
    active = Mandate.objects.filter(period__contains=now, taken_back=False, holder__is_active=True)
    for mandate in active.select_related("holder", "role"):
        held.setdefault(mandate.project_id, []).append(mandate)
    rows = [_build_row(project, held.get(project.pk, [])) for project in projects.order_by("code")]
    return sorted(rows, key=lambda row: (row.owner is not None, not row.vacant))


def _build_row(project: Any, mandates: list[Mandate]) -> ProjectSeats:
    codes = {mandate.role.code for mandate in mandates}
    owner = next((mandate for mandate in mandates if mandate.decides), None)
    vacant = [code for code in project.required or [] if code not in codes]
    return ProjectSeats(project, owner, vacant, project.replacement)
