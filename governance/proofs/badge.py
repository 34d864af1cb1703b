"""What a page says of the chain of its project: verified when and up to which event, a fault, or nothing yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
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


def badge(project: Project) -> Badge:
    """What the newest verification of this project found, in one query; green only while that is fresh and intact."""
    runs = Verification.objects.filter(Q(project=project) | Q(project=None)).order_by("-ran_at", "-pk")
    run = runs.only("ran_at", "heads", "result").first()
    found = run.heads.get(str(project.pk)) if run else None
    if run is None or found is None:
        return Badge("unverifiable", run.ran_at) if run and not run.heads else Badge("never")
    if found["result"] in {Result.ALTERED, Result.TRUNCATED}:
        return Badge("fault", run.ran_at, found["first_bad"])
    if found["result"] == Result.UNVERIFIABLE:
        return Badge("unverifiable", run.ran_at)
    state = "verified" if timezone.now() - run.ran_at <= FRESH else "stale"
    return Badge(state, run.ran_at, found["seq"])
