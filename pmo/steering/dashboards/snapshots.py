"""Nightly snapshots of the dashboard figures, and trends from them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, IntegerField, Max, QuerySet, Sum, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, RowNumber, TruncMonth
from django.utils import timezone

from core.acts import act_time
from core.record.sealing import content_hash
from pmo.registers.snapshots.models import Snapshot
from pmo.standards.conformity.enums import FAILED
from pmo.standards.conformity.nightly_results import to_figures
from pmo.standards.conformity.queries import CheckpointStanding, list_project_standings
from pmo.steering.dashboards.duties import count_duties
from pmo.steering.dashboards.figures import Line, list_lines
from projects.models import Project

#: Names of the stored figures, beside the results of the automatic checks and the obligations of each role.
NAMES = (
    "pending",
    "late",
    "roles",
    "held",
    "overdue",
    "musts",
    "covered",
    "red",
    "initial",
    "residual",
    "due",
    "conform",
    "waived",
    "gaps",
)
#: Number of projects per batch.
AT_ONCE = 200
LOOK_BACK = timedelta(days=365)


def take_missing(projects: QuerySet[Project]) -> int:
    """Take today's missing snapshots of these projects; return their number.

    Idempotent, also when run twice at once: rows of the other run are skipped (ignore_conflicts).
    """
    now = act_time()
    day = timezone.localdate(now)
    missing = projects.exclude(pk__in=Snapshot.objects.filter(day=day).values("project")).order_by("pk")
    numbers, count = list(missing.values_list("pk", flat=True)), 0
    for start in range(0, len(numbers), AT_ONCE):
        batch = Project.objects.filter(pk__in=numbers[start : start + AT_ONCE])
        lines, conformity = list_lines(batch, now, day - LOOK_BACK), _conformity(batch, now)
        duties = count_duties(batch, now)
        taken = [_snapshot(line, conformity[line.project.pk], duties[line.project.pk], day, now) for line in lines]
        Snapshot.objects.bulk_create(taken, ignore_conflicts=True)
        count += len(lines)
    return count


def _conformity(projects: QuerySet[Project], now: datetime) -> dict[int, list[CheckpointStanding]]:
    """Return the status of the checkpoints of each project, with automatic checks run now."""
    standings = defaultdict(list)
    for project, row in list_project_standings(projects, now, live=True):
        standings[project.pk].append(row)
    return standings


def _snapshot(
    line: Line, conformity: Sequence[CheckpointStanding], duties: dict[str, str], day: date, now: datetime
) -> Snapshot:
    counts = Counter("gaps" if row.standing in FAILED else str(row.standing) for row in conformity)
    numbers = line.figures() | counts | {"due": len(conformity)}
    checks = to_figures((row.checkpoint.computed, row.computed) for row in conformity if row.computed)
    figures = {name: str(numbers.get(name, 0)) for name in NAMES} | checks | duties
    content = {"day": day.isoformat(), "project": str(line.project.pk), "figures": figures}
    return Snapshot(project=line.project, day=day, figures=figures, hash=content_hash(content), taken_at=now)


def monthly_trend(projects: QuerySet[Project], names: Iterable[str], since: date) -> list[dict[str, Any]]:
    """Return the last `day` and the sum of each figure per month with snapshots. One query.

    The last snapshot of each project in the month counts, so an interrupted night causes no dip.
    """
    newest = Window(RowNumber(), partition_by=[F("project"), TruncMonth("day")], order_by=F("day").desc())
    last = Snapshot.objects.filter(project__in=projects, day__gte=since).annotate(place=newest).filter(place=1)
    sums = {name: Sum(Cast(KeyTextTransform(name, "figures"), IntegerField())) for name in names}
    months = Snapshot.objects.filter(pk__in=last.values("pk")).annotate(month=TruncMonth("day")).order_by("month")
    rows: Any = months.values("month").annotate(last=Max("day"), **sums)
    return [{"day": row["last"], **{name: row[name] for name in sums}} for row in rows]
