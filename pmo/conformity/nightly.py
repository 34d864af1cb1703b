"""What the system's own checks found at night, kept among the figures of a snapshot for pages over many projects."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import JSONField, OuterRef, Subquery

from pmo.conformity.automatic_checks import CHECKS, Computed
from pmo.conformity.enums import Result
from pmo.snapshots.models import Snapshot

#: What such a figure is called: this, then the name of the check.
OF_A_CHECK = "check."


def kept(found: Iterable[tuple[str, Computed]]) -> dict[str, str]:
    """These findings, by the name of their check, as figures of a snapshot."""
    return {f"{OF_A_CHECK}{name}": str(computed.result) for name, computed in found}


def last_night(at: datetime) -> Subquery:
    """For a query of projects: the figures of the last night before `at`, None when no night has seen the project."""
    nights = Snapshot.objects.filter(project=OuterRef("pk"), taken_at__lte=at).order_by("-day")
    return Subquery(nights.values("figures")[:1], output_field=JSONField())


def found_at_night(figures: Mapping[str, str]) -> dict[str, Computed]:
    """By name, what each check had found among these figures of a night, without its sentence."""
    named = {name: figures.get(f"{OF_A_CHECK}{name}") for name in CHECKS}
    return {name: Computed(Result(result)) for name, result in named.items() if result}
