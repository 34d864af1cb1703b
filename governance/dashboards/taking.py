"""Taking and reading snapshots: the same figures as the dashboards, kept as they were."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import IntegerField, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from governance.figures import Line, lines
from governance.models import Snapshot
from projects.models import Project
from roles import acting
from roles.sealing import content_hash

#: The names of the figures that are kept.
NAMES = ("pending", "late", "roles", "held", "overdue", "musts", "covered")
#: How many projects are counted and kept in one transaction.
AT_ONCE = 200
LOOK_BACK = timedelta(days=365)


def take(projects: QuerySet[Project]) -> int:
    """Keep the figures of today of these projects, but of those that have them already; how many were kept.

    May run twice at once: the second finds what the first kept, or loses the race for a row and leaves it.
    """
    now = acting.at()
    day = timezone.localdate(now)
    missing = projects.exclude(pk__in=Snapshot.objects.filter(day=day).values("project")).order_by("pk")
    numbers, kept = list(missing.values_list("pk", flat=True)), 0
    for start in range(0, len(numbers), AT_ONCE):
        found = lines(Project.objects.filter(pk__in=numbers[start : start + AT_ONCE]), now, day - LOOK_BACK)
        Snapshot.objects.bulk_create([_snapshot(line, day, now) for line in found], ignore_conflicts=True)
        kept += len(found)
    return kept


def _snapshot(line: Line, day: date, now: datetime) -> Snapshot:
    figures = {name: str(number) for name, number in line.figures().items()}
    said = {"day": day.isoformat(), "project": str(line.project.pk), "figures": figures}
    return Snapshot(project=line.project, day=day, figures=figures, hash=content_hash(said), taken_at=now)


def trend(projects: QuerySet[Project], names: Iterable[str], since: date) -> list[dict[str, Any]]:
    """For each day with snapshots since that day: `day`, and the sum of each of these figures. One query."""
    found = Snapshot.objects.filter(project__in=projects, day__gte=since).order_by("day").values("day")
    sums = {name: Sum(Cast(KeyTextTransform(name, "figures"), IntegerField())) for name in names}
    rows: Any = found.annotate(**sums)
    return list(rows)


def monthly(days: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last day of each month among `days`, oldest first."""
    last = {(row["day"].year, row["day"].month): row for row in days}
    return list(last.values())
