"""What every row of a project has in common: it belongs to one project, and is read by whoever reads that."""

from typing import Self

import pgtrigger
from django.db import models

from projects.project.models import Project
from roles.access import Visitor
from roles.guards import guard, refuse


class ProjectRowQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, user: Visitor) -> Self:
        """Those of the projects `user` sees."""
        return self.filter(project__in=Project.objects.visible_to(user))


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
