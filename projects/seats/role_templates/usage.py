"""Counts of projects and holders per role version; no names, because administrators may not read projects (R1)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, JSONField, TextField, Value
from django.db.models.functions import Cast

from core.acts import act_time
from projects.enums import OVER
from projects.project.models import Project
from projects.seats.mandates.models import Mandate
from projects.seats.matrix.levels import has_taken_rules
from roles.models import RoleTemplate

#: Pack, role code and version number.
type Version = tuple[str, str, int]


def _of_roles(name: str) -> Func:
    """Build the expression of one field of all roles in the matrix in force, as a JSON list."""
    path = Cast(Value(f"$.roles[*].{name}"), _Path())
    return Func(F("matrix__content"), path, function="jsonb_path_query_array", output_field=JSONField())


class _Path(TextField):  # type: ignore[type-arg]
    """Field of the PostgreSQL type jsonpath, for casts."""

    def db_type(self, connection: Any) -> str:
        """Return the PostgreSQL type."""
        return "jsonpath"


@dataclass(frozen=True)
class Usage:
    """Number of projects with a role in the matrix in force, by version, and number of its holders."""

    by_version: dict[int, int]
    holders: int

    @property
    def projects(self) -> int:
        """Return the number of projects with any version of the role."""
        return sum(self.by_version.values())


def projects_by_version(pack: str | None = None) -> dict[Version, int]:
    """Count the projects per role version in the matrix in force, by default of all packs. One query."""
    projects = Project.objects.exclude(matrix=None)
    if pack is not None:
        projects = projects.filter(pack__code=pack)
    rows = projects.values_list("pack_id", _of_roles("code"), _of_roles("version"))
    return dict(
        Counter(
            (str(of), code, int(version))
            for of, codes, versions in rows
            for code, version in zip(codes, versions, strict=True)
        )
    )


def count_newer_roles() -> dict[str, int]:
    """Map the codes of projects that have not ended to how many of their roles have a newer version. Two queries."""
    published = RoleTemplate.objects.published().values_list("pack_id", "code", "version")
    newest = {(pack, code): version for pack, code, version in published}
    projects = Project.objects.exclude(matrix=None).exclude(state__in=OVER).order_by("code")
    rows = projects.values_list(
        "code", "level", "pack_id", _of_roles("code"), _of_roles("version"), _of_roles("authority")
    )
    counted = {
        project: sum(newest.get((pack, code), 0) > int(version) for code, version in zip(codes, versions, strict=True))
        for project, level, pack, codes, versions, authorities in rows
        if not has_taken_rules(level, pack, authorities)
    }
    return {project: count for project, count in counted.items() if count}


def usage_of(pack: str, code: str) -> Usage:
    """Return the present usage of one role. Two queries."""
    counted = projects_by_version(pack).items()
    held = Mandate.objects.active(act_time()).filter(role__code=code, role__pack__code=pack)
    return Usage(
        {version: times for (_, role, version), times in counted if role == code},
        held.values("holder").distinct().count(),
    )
