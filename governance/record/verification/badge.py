"""Badge with the verification state of a project's chain."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Func, JSONField, Q, Value
from django.utils import timezone

from governance.record.verification.models import Result, Verification
from projects.models import Project

#: Runs are nightly; allow one to start an hour late.
FRESH = timedelta(hours=25)


@dataclass(frozen=True)
class Badge:
    """Verification state of a chain.

    `state` is `verified`, `stale`, `fault`, `unverifiable` or `never`. `seq` is the last verified event, or the first
    bad one.
    """

    state: str
    ran_at: datetime | None = None
    seq: int = 0


def get_badge(project: Project) -> Badge:
    """Return the badge of the newest verification of this project. One query."""
    key = Value(str(project.pk))
    of_project = Func(F("heads"), key, function="jsonb_extract_path", output_field=JSONField())
    runs: Any = Verification.objects.filter(Q(project=project) | Q(project=None)).annotate(found=of_project)
    run = runs.order_by("-ran_at", "-pk").values("ran_at", "result", "found").first()
    if run is None:
        return Badge("never")
    ran_at, fault_count = run["ran_at"], run["found"]
    if fault_count is None:  # an interrupted run, or one older than the project
        return Badge("unverifiable", ran_at) if run["result"] == Result.UNVERIFIABLE else Badge("never")
    if fault_count["result"] in {Result.ALTERED, Result.TRUNCATED}:
        return Badge("fault", ran_at, fault_count["first_bad"])
    if fault_count["result"] == Result.UNVERIFIABLE:
        return Badge("unverifiable", ran_at)
    return Badge("verified" if timezone.now() - ran_at <= FRESH else "stale", ran_at, fault_count["seq"])
