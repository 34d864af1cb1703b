"""Lookups for views; an absent and a forbidden object give the same 404."""

from typing import Any

from django import shortcuts
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from core.access import Person
from core.acts import act_time
from core.sql.compiled_sql import CompiledRows
from projects.project.models import Project, ProjectQuerySet
from projects.workspaces import ensure_on, find_project


def get_project_or_404(request: HttpRequest, code: str, projects: ProjectQuerySet | None = None) -> Project:
    """Return the project, from `projects` if given.

    Raises Http404 when it is absent or not visible to the reader, SwitchedOff when it does without the workspace of the
    page.
    """
    rows = Project.objects.all() if projects is None else projects
    project: Project = shortcuts.get_object_or_404(rows.visible_to(request.user), code=code)
    if request.resolver_match:
        ensure_on(request.resolver_match.view_name, project)
    return project


def fetch_or_404[M: Model](statement: CompiledRows[M], reader: Person, **values: Any) -> M:
    """Return the row that a compiled statement finds for READER. Raises Http404 when there is none."""
    if reader.is_authenticated and reader.is_active:
        for row in statement.fetch(reader=reader.pk, at=act_time(), **values):
            return row
    raise Http404


def get_object_or_404[M: Model](rows: QuerySet[M], **lookup: Any) -> M:
    """Return the row. Raises Http404 when it is absent, SwitchedOff when its project does without its workspace."""
    row: M = shortcuts.get_object_or_404(rows, **lookup)
    project = find_project(row)
    if project is not None:
        ensure_on(rows.model.__module__, project)
    return row
