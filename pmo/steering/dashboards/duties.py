"""Obligations of the responsibilities by role, stored in the nightly snapshots for dashboards over many projects."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import JSONField, OuterRef, QuerySet, Subquery

from governance.decide.obligations.enums import Standing
from governance.decide.obligations.facts import load_facts
from governance.decide.obligations.queries import Progress, count_by_role, derive_obligations
from pmo.registers.snapshots.models import Snapshot
from projects.models import Project

#: Prefix of the figures of a role, followed by its code and a standing.
OF_A_ROLE = "duty."


def count_duties(projects: QuerySet[Project], at: datetime) -> dict[int, dict[str, str]]:
    """Return the figures of each project for its snapshot, by primary key. One query."""
    found = load_facts(projects, at)
    return {facts.project.pk: _to_figures(count_by_role(derive_obligations(facts))) for facts in found}


def _to_figures(progress: list[Progress]) -> dict[str, str]:
    return {
        f"{OF_A_ROLE}{line.role}.{standing}": str(count)
        for line in progress
        for standing, count in line.counts.items()
        if standing != Standing.IDLE
    }


def progress_of_night(projects: QuerySet[Project]) -> list[Progress]:
    """Sum the progress of each role over the last snapshot of each project, by code. One query."""
    last = Snapshot.objects.filter(project=OuterRef("pk")).order_by("-day").values("figures")[:1]
    return sum_nights(projects.order_by().values_list(Subquery(last, output_field=JSONField()), flat=True))


def sum_nights(nights: Iterable[Mapping[str, str] | None]) -> list[Progress]:
    """Sum the progress of each role over the figures of these snapshots, by code."""
    counts: dict[str, Counter[Standing]] = defaultdict(Counter)
    for figures in filter(None, nights):
        for role, standing, count in _from_figures(figures):
            counts[role][standing] += count
    return [Progress(role, counts[role]) for role in sorted(counts)]


def _from_figures(figures: Mapping[str, str]) -> Any:
    """Yield role, standing and number of the figures of roles."""
    for name, count in figures.items():
        if name.startswith(OF_A_ROLE):
            role, _sign, standing = name.removeprefix(OF_A_ROLE).rpartition(".")
            yield role, Standing(standing), int(count)
