"""Results of the automatic checks, stored in the nightly snapshots for pages over many projects."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import JSONField, OuterRef, Subquery

from pmo.registers.snapshots.models import Snapshot
from pmo.standards.conformity.automatic_checks import CHECKS, Computed
from pmo.standards.conformity.enums import Result

#: Prefix of the figure of a check, followed by the name of the check.
OF_A_CHECK = "check."


def to_figures(results: Iterable[tuple[str, Computed]]) -> dict[str, str]:
    """Convert results to figures of a snapshot."""
    return {f"{OF_A_CHECK}{name}": str(computed.result) for name, computed in results}


def last_night_figures(at: datetime) -> Subquery:
    """Build a subquery of the figures of the last night before `at`; None without a snapshot."""
    nights = Snapshot.objects.filter(project=OuterRef("pk"), taken_at__lte=at).order_by("-day")
    return Subquery(nights.values("figures")[:1], output_field=JSONField())


def results_of_night(figures: Mapping[str, str]) -> dict[str, Computed]:
    """Return the results stored in these figures, by check, without sentences."""
    named = {name: figures.get(f"{OF_A_CHECK}{name}") for name in CHECKS}
    return {name: Computed(Result(result)) for name, result in named.items() if result}
