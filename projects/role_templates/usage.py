"""Who uses which version of a role: counted, never named, because configuring gives no reading of a project (R1)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, JSONField, TextField, Value
from django.db.models.functions import Cast

from core import acts as acting
from projects.mandates.models import Mandate
from projects.project.models import Project

#: pack, code of the role, version
type Version = tuple[str, str, int]


def _of_roles(name: str) -> Func:
    """The values of one field of the roles in the matrix in force, as a list in their order."""
    path = Cast(Value(f"$.roles[*].{name}"), _Path())
    return Func(F("matrix__content"), path, function="jsonb_path_query_array", output_field=JSONField())


class _Path(TextField):  # type: ignore[type-arg]
    """A path into JSON, as PostgreSQL types it."""

    def db_type(self, connection: Any) -> str:
        """The type of a path."""
        return "jsonpath"


@dataclass(frozen=True)
class Usage:
    """How many projects hold a role of a pack in the matrix in force, by version, and how many people hold it."""

    by_version: dict[int, int]
    holders: int

    @property
    def projects(self) -> int:
        """The projects that use any version of the role."""
        return sum(self.by_version.values())


def projects_by_version(pack: str | None = None) -> dict[Version, int]:
    """How many projects have each version of each role in the matrix in force; of every pack by default. One query."""
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


def usage_of(pack: str, code: str) -> Usage:
    """How far one role is in use today. Two queries."""
    counted = projects_by_version(pack).items()
    held = Mandate.objects.active(acting.act_time()).filter(role__code=code, role__pack__code=pack)
    return Usage(
        {version: times for (_, role, version), times in counted if role == code},
        held.values("holder").distinct().count(),
    )
