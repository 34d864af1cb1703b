"""Where a project stands with the standards that are due: what was checked, what the system sees, what is waived."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cache
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from governance.conformity.computed import CHECKS, Computed, compute
from governance.conformity.due import due_checkpoints, moment
from governance.conformity.nightly import found_at_night, last_night
from governance.conformity.observed import observed
from governance.conformity.recorded import checks_of, recorded, waivers_of
from governance.conformity_checks.enums import FAILED, Standing
from governance.conformity_checks.models import ConformityCheck
from governance.granted_waivers.enums import WaiverEnding
from governance.granted_waivers.models import Waiver
from governance.granted_waivers.naming import name_of
from governance.standards.days import ZONE, day_of
from governance.standards.holding import holding
from governance.standards.models import StandardCheckpoint, StandardVersion
from projects.models import Project
from roles.enums import Gate


@dataclass(frozen=True)
class CheckpointStanding:
    """One checkpoint on one project: where it stands, and what says so.

    `check` is the last one recorded, `computed` what the system finds itself, which rules over it; `waiver` is the one
    that covers or last covered it. `without` is where it would stand if no waiver were in force.
    """

    checkpoint: StandardCheckpoint
    standing: Standing
    without: Standing
    check: ConformityCheck | None = None
    computed: Computed | None = None
    waiver: Waiver | None = None

    @property
    def name(self) -> str:
        """How a waiver names it: `STD-A11Y.2#3`."""
        return name_of(self.checkpoint)

    @property
    def code(self) -> str:
        """The code of its standard."""
        return self.checkpoint.version.standard.code

    @property
    def is_waived(self) -> bool:
        """Whether a waiver is in force for it."""
        return self.standing == Standing.WAIVED

    @property
    def may_be_waived(self) -> bool:
        """Whether one may ask for a waiver: it fails, none is in force, and the standard lets it be waived."""
        return self.standing in FAILED and self.checkpoint.waivable

    @property
    def has_lapsed(self) -> bool:
        """Whether it fails because the waiver that covered it is over."""
        return self.waiver is not None and self.standing == Standing.NOT_CONFORM and self.computed is None and (
            self.check is None or self.check.acted_at < began(self.waiver)
        )  # fmt: skip


@dataclass(frozen=True)
class StandardShare:
    """How the checkpoints of one standard stand: how many of each, over one project or over many."""

    code: str
    title: str
    counts: dict[Standing, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Checkpoints in all, on every project."""
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        """Those that are not unanswered."""
        return self.total - self.counts.get(Standing.UNANSWERED, 0)


def standing(project: Project, at: datetime | None = None) -> list[CheckpointStanding]:
    """Where each checkpoint stands that is due at the next gate of `project`, by standard and number.

    `at` is by default now; the gate is always that of today. Four queries.
    """
    return standing_of(project, due_checkpoints(project, project.next_gate, at), at)


def standing_of(
    project: Project, checkpoints: Sequence[StandardCheckpoint], at: datetime | None = None, seen: Any = None
) -> list[CheckpointStanding]:
    """The same for these checkpoints, whose version and standard are at hand. Three queries.

    `seen` is the project as it was observed at `at`, when it was: then it is not looked at again.
    """
    at = moment(at)
    keys = [one.pk for one in checkpoints]
    checks = ConformityCheck.objects.filter(project=project, checkpoint__in=keys, acted_at__lte=at).ruling()
    rows = checks.select_related("checker", "evidence__document")
    last = {check.checkpoint_id: check for check in rows}
    covering = Waiver.objects.filter(project=project, checkpoints__overlap=keys, acted_at__lte=at)
    waivers = _by_checkpoint(covering.with_record().begun(day_of(at)))
    asked = {one.computed for one in checkpoints if one.computed}
    if asked and seen is None:
        [seen] = observed(Project.objects.filter(pk=project.pk), asked, at)
    found = {name: compute(name, seen, at) for name in asked}
    return [_stand(one, last.get(one.pk), found.get(one.computed), waivers.get(one.pk), at) for one in checkpoints]


def _stand(
    checkpoint: StandardCheckpoint, check: ConformityCheck | None, found: Computed | None, waiver: Waiver | None,
    at: datetime,
) -> CheckpointStanding:  # fmt: skip
    if found is not None:
        without = Standing(found.result)
    elif waiver is not None and _lapsed(waiver, check, at):
        without = Standing.NOT_CONFORM
    else:
        without = Standing(check.result) if check else Standing.UNANSWERED
    waived = waiver is not None and waiver.holds_on(day_of(at))
    return CheckpointStanding(checkpoint, Standing.WAIVED if waived else without, without, check, found, waiver)


def _lapsed(waiver: Waiver, check: ConformityCheck | None, at: datetime) -> bool:
    """Whether the waiver is over and nothing was found since it began; one that was closed was found to be conform."""
    ended = waiver.early_end
    if waiver.holds_on(day_of(at)) or (ended is not None and ended.ending == WaiverEnding.CLOSED):
        return False
    return check is None or check.acted_at < began(waiver)


def began(waiver: Waiver) -> datetime:
    """From when on it held: its decision, or the first minute of its first day."""
    return max(waiver.acted_at, datetime.combine(waiver.starts_on, time(), ZONE))


def shares(rows: Iterable[CheckpointStanding]) -> list[StandardShare]:
    """The standings counted by standard, in their order."""
    found: dict[str, StandardShare] = {}
    for row in rows:
        version = row.checkpoint.version
        code = version.standard.code
        share = found.setdefault(code, StandardShare(code, version.title, dict.fromkeys(Standing, 0)))
        share.counts[row.standing] += 1
    return list(found.values())


def standings(
    projects: QuerySet[Project], at: datetime | None = None, *, live: bool = False
) -> list[tuple[Project, CheckpointStanding]]:
    """Where each checkpoint stands that is due at the next gate of each of `projects`, by code of the standard.

    What the system checks itself is looked at anew when `live`; otherwise it is as it was found the last night before
    `at`, and left to people on a project that no night has seen. Two queries, whatever the number of projects. Of the
    checks and waivers only what recorded.py reads is there.
    """
    at = moment(at)
    seen = projects.order_by("code").select_related("parent").defer("scope", "parent__scope").annotate(**recorded(at))
    if live:
        rows = observed(seen, CHECKS, at)
        return _standings(rows, cache(lambda row, name: compute(name, row, at)), at)
    rows = list(seen.annotate(night=last_night(at)))
    nights = {row.pk: found_at_night(row.night or {}) for row in rows}
    return _standings(rows, lambda row, name: nights[row.pk].get(name), at)


def _standings(
    projects: Sequence[Any], found: Callable[[Any, str], Computed | None], at: datetime
) -> list[tuple[Project, CheckpointStanding]]:
    asked = _libraries({library for row in projects for library in _nodes(row)}, at)
    pairs = []
    for row in projects:
        gate, last, waivers = row.next_gate or Gate.G5, checks_of(row), _by_checkpoint(waivers_of(row))
        for one in holding(chain.from_iterable(asked.get(library, ()) for library in _nodes(row)), row):
            if one.version.from_gate <= gate:
                itself = found(row, one.computed) if one.computed else None
                pairs.append((row, _stand(one, last.get(one.pk), itself, waivers.get(one.pk), at)))
    return sorted(pairs, key=lambda pair: (pair[1].checkpoint.version.standard.code, pair[0].code))


def _nodes(project: Project) -> list[int]:
    """The project and what it is part of, the nearest first."""
    above = project.parent
    return [node for node in (project.pk, project.parent_id, above.parent_id if above else None) if node]


def _libraries(projects: Iterable[int], at: datetime) -> dict[int, list[StandardCheckpoint]]:
    """What the libraries of these projects ask at that moment."""
    versions = StandardVersion.objects.in_force(day_of(at)).filter(standard__project__in=list(projects))
    rows = StandardCheckpoint.objects.filter(version__in=versions).select_related("version__standard")
    found: dict[int, list[StandardCheckpoint]] = {}
    for one in rows.order_by("version__standard__code", "number"):
        found.setdefault(one.version.standard.project_id, []).append(one)
    return found


def _by_checkpoint(waivers: Iterable[Waiver]) -> dict[int, Waiver]:
    """The waiver of each checkpoint; of several the one that holds longest."""
    found: dict[int, Waiver] = {}
    for waiver in sorted(waivers, key=Waiver.over_on):
        found |= dict.fromkeys(waiver.checkpoints, waiver)
    return found


def versions_due(rows: Iterable[CheckpointStanding]) -> dict[int, StandardVersion]:
    """The versions these checkpoints belong to, in their order."""
    return {row.checkpoint.version_id: row.checkpoint.version for row in rows}


def gates_of(rows: Iterable[CheckpointStanding]) -> list[Gate]:
    """The gates from which on these are due."""
    return sorted({Gate(row.checkpoint.version.from_gate) for row in rows})
