"""Version of a project: what its obligations, and the gaps at its next gate, are kept by (ADR 44)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Expression, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from core.sql.array_lookup import is_one_of
from governance.desk.inbox.reader import KEYS
from projects.models import LedgerEvent, Project


def with_version(projects: QuerySet[Project]) -> QuerySet[Any]:
    """Annotate projects with their `version`: their newest history row, newest event, and those of their parents."""
    history: Any = Project.history
    newest = history.filter(id=OuterRef("pk")).order_by("-history_id").values("history_id")[:1]
    parts: list[Any] = [Subquery(newest)]
    for project in ("pk", "parent", "parent__parent"):
        event = LedgerEvent.objects.filter(project=OuterRef(project)).order_by("-seq").values("pk")[:1]
        parts += [Value("."), Subquery(event)]
    texts = (Cast(part, TextField()) for part in parts)
    return projects.annotate(version=Concat(*texts, output_field=TextField()))


def list_versions(keys: Expression) -> QuerySet[Any, tuple[int, str]]:
    """List key and version of the projects of these keys, an array."""
    projects = Project.objects.filter(is_one_of(F("pk"), keys, "bigint"))
    return with_version(projects).values_list("pk", "version")


def read_versions(projects: Iterable[int]) -> dict[int, str]:
    """Map the projects of these keys to their versions. One query."""
    return dict(list_versions(Value(sorted(projects), KEYS)))
