"""Base classes and guards for rows of a project, visible to everyone who may read the project."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast

import pgtrigger
from django.db import models

from core.access import Person
from core.history import GovernedQuerySet, ensure_unchanged
from core.record.guards import guard, refuse
from core.sql.array_lookup import in_array
from projects.project.models import Project


class ProjectRowQuerySet[M: models.Model](GovernedQuerySet[M]):
    """Queryset of rows with a `project`."""

    def visible_to(self, user: Person) -> Self:
        """Filter rows of the projects `user` may read."""
        return self.filter(in_array("project", Project.objects.visible_to(user).values("pk")))


class ProjectRow(models.Model):
    """A row of one project, changed by acts on the project."""

    #: Arguments of `select_related()` when an act locks the row.
    LOCKED_WITH: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def locked(self) -> Self:
        """Return a fresh copy of the row, locked until the act ends; the project is locked first."""
        row: Any = self
        project = Project.objects.locked(row.project_id)
        rows = type(row)._default_manager.select_for_update(of=("self",))
        if self.LOCKED_WITH:
            rows = rows.select_related(*self.LOCKED_WITH)
        fresh: Any = rows.get(pk=self.pk)
        fresh.project = project
        return cast(Self, fresh)


class FixedProjectRow(ProjectRow):
    """An insert-only row of one project."""

    class Meta:
        abstract = True

    def locked(self) -> Self:
        """Lock the project until the act ends and return the unchanged row."""
        row: Any = self
        row.project = Project.objects.locked(row.project_id)
        return self


def get_row_to_write[M: models.Model](model: type[M], project: Project, row: M | None, seen: str) -> M:
    """Return `row` of `project`, locked and unchanged since `seen`, or a new instance without a row.

    Raises Outdated when it changed since, and DoesNotExist for a row of another project.
    """
    if row is None:
        return model(project=project)
    rows = model._default_manager.select_for_update(of=("self",))
    fresh = rows.get(pk=row.pk, project=project)
    ensure_unchanged(fresh, seen)
    return fresh


def save_fields(row: models.Model, fields: Mapping[str, Any]) -> bool:
    """Set these fields and save if anything changed; return whether it was saved."""
    changed = [name for name, value in fields.items() if getattr(row, name, None) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if row.pk and not changed:
        return False
    row.save()
    return True


def stays_on_its_project(*columns: str) -> pgtrigger.Trigger:
    """Build a trigger that refuses changes of the project and of these columns."""
    columns_kept = ", ".join(("project_id", *columns))
    new, old = (", ".join(f"{row}.{name}" for name in ("project_id", *columns)) for row in ("NEW", "OLD"))
    return guard(
        "stays_on_its_project",
        pgtrigger.Update,
        f"""
        IF ({new}) IS DISTINCT FROM ({old}) THEN
          {refuse(f"A row keeps its project and what names it ({columns_kept})")}
        END IF;
        """,
    )


def points_within_its_project(**tables: str) -> pgtrigger.Trigger:
    """Build a trigger that refuses foreign keys to rows of another project; `tables` maps columns to tables."""
    checks = "".join(
        f"""
        IF NEW.{column} IS NOT NULL AND NOT EXISTS (
             SELECT FROM public.{table} other WHERE other.id = NEW.{column} AND other.project_id = NEW.project_id) THEN
          {refuse("What belongs together is of one project")}
        END IF;"""
        for column, table in tables.items()
    )
    return guard("points_within_its_project", pgtrigger.Insert | pgtrigger.Update, checks)
