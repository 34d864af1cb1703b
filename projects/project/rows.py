"""What every row of a project has in common: it belongs to one project, and is read by whoever reads that."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast

import pgtrigger
from django.db import models

from core.access import Visitor
from core.array_lookup import among
from core.guards import guard, refuse
from core.history import GovernedQuerySet, ensure_unchanged
from projects.project.models import Project


class ProjectRowQuerySet[M: models.Model](GovernedQuerySet[M]):
    def visible_to(self, user: Visitor) -> Self:
        """Those of the projects `user` sees."""
        return self.filter(among("project", Project.objects.visible_to(user).values("pk")))


class ProjectRow(models.Model):
    """A row that stands on one project and changes by acts on it."""

    #: What is read together with the row when an act locks it.
    LOCKED_WITH: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def locked(self) -> Self:
        """Return the row as it is now, locked after its project until the act ends."""
        row: Any = self
        project = Project.objects.locked(row.project_id)
        rows = type(row)._default_manager.select_for_update(of=("self",))
        if self.LOCKED_WITH:
            rows = rows.select_related(*self.LOCKED_WITH)
        fresh: Any = rows.get(pk=self.pk)
        fresh.project = project
        return cast(Self, fresh)


class FixedProjectRow(ProjectRow):
    """A row that never changes once it is written."""

    class Meta:
        abstract = True

    def locked(self) -> Self:
        """Lock the project until the act ends; the row is as it was."""
        row: Any = self
        row.project = Project.objects.locked(row.project_id)
        return self


def to_write[M: models.Model](model: type[M], project: Project, row: M | None, seen: str) -> M:
    """`row` of `project`, locked, for a change made of what the actor has `seen`; without one, a new row.

    Raises Outdated when somebody changed it since, and DoesNotExist for a row of another project.
    """
    if row is None:
        return model(project=project)
    rows = model._default_manager.select_for_update(of=("self",))
    found = rows.get(pk=row.pk, project=project)
    ensure_unchanged(found, seen)
    return found


def write(row: models.Model, fields: Mapping[str, Any]) -> bool:
    """Set these fields and save; whether anything was written: an unchanged row is not."""
    changed = [name for name, value in fields.items() if getattr(row, name, None) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if row.pk and not changed:
        return False
    row.save()
    return True


def stays_on_its_project(*columns: str) -> pgtrigger.Trigger:
    """A row keeps its project and these other columns for good."""
    kept = ", ".join(("project_id", *columns))
    new, old = (", ".join(f"{row}.{name}" for name in ("project_id", *columns)) for row in ("NEW", "OLD"))
    return guard(
        "stays_on_its_project",
        pgtrigger.Update,
        f"""
        IF ({new}) IS DISTINCT FROM ({old}) THEN
          {refuse(f"A row keeps its project and what names it ({kept})")}
        END IF;
        """,
    )


def points_within_its_project(**tables: str) -> pgtrigger.Trigger:
    """The rows that these columns point to are of the same project: `column` → table."""
    checks = "".join(
        f"""
        IF NEW.{column} IS NOT NULL AND NOT EXISTS (
             SELECT FROM public.{table} other WHERE other.id = NEW.{column} AND other.project_id = NEW.project_id) THEN
          {refuse("What belongs together is of one project")}
        END IF;"""
        for column, table in tables.items()
    )
    return guard("points_within_its_project", pgtrigger.Insert | pgtrigger.Update, checks)
