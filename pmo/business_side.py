"""Reads of the business side (`amoa`); each returns nothing when that app is not installed."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Value

from core.sql.subqueries import count_rows
from projects.enums import Workspace
from projects.project.models import Project
from projects.workspaces import on_projects_using

#: True when the app of requirements, tests and defects is installed.
IS_INSTALLED = apps.is_installed("amoa")
NOTHING = Value(0, output_field=IntegerField())

if IS_INSTALLED:
    from amoa.acceptance import guards
    from amoa.acceptance.coverage import filter_covered, filter_musts, filter_uncovered
    from amoa.acceptance.models import Defect
    from amoa.requirements.enums import Priority, RequirementKind
    from amoa.requirements.filters import LAID_ASIDE
    from amoa.requirements.models import Requirement


#: Rows count on projects that have the workspace switched on.
SWITCHED_ON = on_projects_using(Workspace.REQUIREMENTS)


def _of_project(model: Any) -> Any:
    """Return the rows of the project `OuterRef("pk")` that count."""
    return model.objects.filter(SWITCHED_ON, project=OuterRef("pk"))


def count_musts() -> Any:
    """Return the number of must-have requirements of a project, for annotate()."""
    return count_rows(filter_musts(_of_project(Requirement))) if IS_INSTALLED else NOTHING


def count_uncovered() -> Any:
    """Return the number of must-have requirements of a project without a test, for annotate()."""
    return count_rows(filter_uncovered(_of_project(Requirement))) if IS_INSTALLED else NOTHING


def uncovered_sql(project: str) -> str:
    """Return the SQL condition that the project with this key, an expression, has a must-have without a test."""
    return guards.uncovered_sql(project) if IS_INSTALLED else "false"


def musts_of(project: Any) -> "dict[str, QuerySet[Requirement]]":
    """Return the musts of a project, and those without a test, whatever workspaces it uses; empty without the app."""
    if not IS_INSTALLED:
        return {}
    requirements = Requirement.objects.filter(project=project)
    return {"musts": filter_musts(requirements), "uncovered": filter_uncovered(requirements)}


def count_defects() -> Any:
    """Return the number of defects of a project, for annotate()."""
    return count_rows(_of_project(Defect)) if IS_INSTALLED else NOTHING


def count_unsettled_defects() -> Any:
    """Return the number of defects of a project that are not settled, for annotate()."""
    return count_rows(_of_project(Defect).unsettled()) if IS_INSTALLED else NOTHING


def list_musts(projects: QuerySet[Project], which: str = "") -> "QuerySet[Requirement]":
    """Return the must-have requirements of these projects, or only the "covered" or "uncovered" ones.

    Call it only when the business side is installed.
    """
    chosen = {"covered": filter_covered, "uncovered": filter_uncovered}.get(which, filter_musts)
    requirements = chosen(Requirement.objects.filter(SWITCHED_ON, project__in=projects))
    return requirements.select_related("project").order_by("project__code", "code")


def count_scope(project: Project) -> dict[str, int]:
    """Count the must-have requirements of a project, those in force, and those in their current wording. One query."""
    if not (IS_INSTALLED and project.has(Workspace.REQUIREMENTS)):
        return {"all": 0, "as_approved": 0, "approved": 0}
    rows = Requirement.objects.filter(project=project, priority=Priority.MUST).exclude(kind=RequirementKind.NEED)
    counts: dict[str, int] = rows.exclude(state__in=LAID_ASIDE).aggregate(
        all=Count("pk"),
        as_approved=Count("pk", filter=Q(in_force__number=F("version"))),
        approved=Count("pk", filter=Q(in_force__isnull=False)),
    )
    return counts


def list_requirements_by_code(project: Project, codes: Iterable[str]) -> "list[Requirement]":
    """List the requirements of a project with these codes, by code. No query without a code."""
    wanted = list(codes)
    if not IS_INSTALLED or not wanted:
        return []
    requirements = Requirement.objects.filter(project=project, code__in=wanted)
    return list(requirements.only("code", "title").order_by("code"))
