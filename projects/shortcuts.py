"""Lookups for views; an absent and a forbidden object give the same 404."""

from functools import cache
from typing import Any

from django import shortcuts
from django.db.models import CharField, Model, QuerySet
from django.http import Http404, HttpRequest

from core.access import Person
from core.acts import act_time
from core.compiled_sql import READER, CompiledRows, Parameter
from projects.project.models import Project, ProjectQuerySet
from projects.workspaces import ensure_on, find_project


def get_project_or_404(request: HttpRequest, code: str, projects: ProjectQuerySet | None = None) -> Project:
    """Return the project, from `projects` if given.

    Raises Http404 when it is absent or not visible to the reader, SwitchedOff when it does without the workspace of the
    page.
    """
    project: Project
    if projects is None:
        project = fetch_or_404(_statement(), request.user, code=code)
    else:
        project = shortcuts.get_object_or_404(projects.visible_to(request.user), code=code)
    if request.resolver_match:
        ensure_on(request.resolver_match.view_name, project)
    return project


@cache
def _statement() -> CompiledRows[Project]:
    """Compile the query of a project by its code, which most pages run."""
    return CompiledRows(Project.objects.visible_to(READER).filter(code=Parameter("code", CharField())))


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
