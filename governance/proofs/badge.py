"""What a page says of the chain of its project: verified when and up to which event, a fault, or nothing yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, F, Func, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from governance.proofs.models import Result, Verification
from projects.models import Project

#: A night may last a little longer than a day.
FRESH = timedelta(hours=25)


@dataclass(frozen=True)
class Badge:
    """`state`: `verified`, `stale`, `fault`, `unverifiable` or `never`; `seq`: the last event read or the first bad."""

    state: str
    ran_at: datetime | None = None
    seq: int = 0


def with_badge(projects: QuerySet[Project]) -> QuerySet[Project]:
    """With what the newest verification of each found, as `badge` reads it."""
    newest = Verification.objects.filter(Q(project=OuterRef("pk")) | Q(project=None)).order_by("-ran_at", "-pk")
    found = Func(
        F("heads"), Cast(OuterRef("pk"), CharField()), function="jsonb_extract_path", output_field=JSONField()
    )  # fmt: skip
    told = JSONObject(ran_at="ran_at", result="result", found=found)
    return projects.annotate(last_run=Subquery(newest.values(told=told)[:1], output_field=JSONField()))


def badge(project: Project) -> Badge:
    """What the newest verification of this project found; green only while that is fresh and intact.

    One query, or none when the project was read `with_badge`.
    """
    if not hasattr(project, "last_run"):
        project = with_badge(Project.objects.filter(pk=project.pk)).get()
    run: dict[str, Any] | None = project.last_run  # type: ignore[attr-defined]
    if run is None:
        return Badge("never")
    ran_at, found = datetime.fromisoformat(run["ran_at"]), run["found"]
    if found is None:  # a run that stopped half-way, or one from before this project
        return Badge("unverifiable", ran_at) if run["result"] == Result.UNVERIFIABLE else Badge("never")
    if found["result"] in {Result.ALTERED, Result.TRUNCATED}:
        return Badge("fault", ran_at, found["first_bad"])
    if found["result"] == Result.UNVERIFIABLE:
        return Badge("unverifiable", ran_at)
    return Badge("verified" if timezone.now() - ran_at <= FRESH else "stale", ran_at, found["seq"])
