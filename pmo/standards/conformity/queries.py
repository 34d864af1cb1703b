"""Queries of conformity: status of each due checkpoint from checks, automatic checks and waivers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from pmo.standards.conformity.automatic_checks import CHECKS, Computed, compute
from pmo.standards.conformity.check_inputs import load_inputs
from pmo.standards.conformity.due import default_to_now, due_checkpoints
from pmo.standards.conformity.enums import FAILED, Standing, WaiverEnding
from pmo.standards.conformity.models import ConformityCheck, ConformityCheckQuerySet, Waiver, WaiverQuerySet
from pmo.standards.conformity.nightly_results import last_night_figures, results_of_night
from pmo.standards.standards.models import StandardCheckpoint, StandardVersion
from pmo.standards.standards.precedence import filter_holding
from pmo.standards.standards.references import reference_of
from projects.models import Project
from projects.organisation_settings.queries import day_of
from projects.project.gates import with_gates
from roles.enums import Gate


@dataclass(frozen=True)
class CheckpointStanding:
    """Status of one checkpoint on one project, with its sources.

    `check` is the last one recorded. `computed` is the automatic result, which rules over it. `waiver` covers it, or
    covered it last. `without` is the status without any waiver.
    """

    checkpoint: StandardCheckpoint
    standing: Standing
    without: Standing
    check: ConformityCheck | None = None
    computed: Computed | None = None
    waiver: Waiver | None = None

    @property
    def pk(self) -> int:
        """Return the primary key of the checkpoint."""
        return self.checkpoint.pk

    @property
    def name(self) -> str:
        """Return its reference in the terms of a waiver: `STD-A11Y.2#3`."""
        return reference_of(self.checkpoint)

    @property
    def code(self) -> str:
        """Return the code of its standard."""
        return self.checkpoint.version.standard.code

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has answered it."""
        return self.standing == Standing.UNANSWERED

    @property
    def is_waived(self) -> bool:
        """Tell whether a waiver is in force for it."""
        return self.standing == Standing.WAIVED

    @property
    def may_be_waived(self) -> bool:
        """Tell whether a waiver may be requested: it fails and the standard permits one."""
        return self.standing in FAILED and self.checkpoint.waivable

    @property
    def has_lapsed(self) -> bool:
        """Tell whether it fails because its waiver is over."""
        return (
            self.waiver is not None
            and self.standing == Standing.NOT_CONFORM
            and self.computed is None
            and (self.check is None or self.check.acted_at < self.waiver.began_at)
        )


@dataclass(frozen=True)
class StandardShare:
    """Count of each status over the checkpoints of a standard, on one or many projects."""

    code: str
    title: str
    counts: dict[Standing, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Count the checkpoints on every project."""
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        """Count the answered ones."""
        return self.total - self.counts.get(Standing.UNANSWERED, 0)


def list_due_standings(project: Project, at: datetime | None = None) -> list[CheckpointStanding]:
    """Return the status of each checkpoint due at the next gate, by standard and number. Four queries.

    `at` defaults to now; the next gate is always that of today.
    """
    return list_standings(project, due_checkpoints(project, project.next_gate, at), at)


def list_standings(
    project: Project, checkpoints: Sequence[StandardCheckpoint], at: datetime | None = None, seen: Any = None
) -> list[CheckpointStanding]:
    """Return the status of these checkpoints, whose version and standard must be loaded.

    `seen` is the project with its inputs as of `at`; it is loaded by default. Two queries, plus those of `load_inputs`.
    """
    at = default_to_now(at)
    checks_asked = {checkpoint.computed for checkpoint in checkpoints if checkpoint.computed}
    if checks_asked and seen is None:
        [seen] = load_inputs(Project.objects.filter(pk=project.pk), checks_asked, at)
    keys, compute = [checkpoint.pk for checkpoint in checkpoints], _compute_once(at, {project.pk: seen})
    checks = _checks([project], at).filter(checkpoint__in=keys).select_related("checker", "evidence__document")
    waivers = _waivers([project], at).filter(checkpoints__overlap=keys).with_record()
    rows = _build_standings([(project, checkpoints)], compute, checks, waivers, at)
    return [row for _project, row in rows]


def list_project_standings(
    projects: QuerySet[Project], at: datetime | None = None, *, live: bool = False
) -> list[tuple[Project, CheckpointStanding]]:
    """Return the status of each checkpoint due at the next gate of each project, by code of the standard.

    With `live`, automatic checks run now. Otherwise results of the last night before `at` are used; a project without
    one is left to recorded checks. Four queries, plus those of `load_inputs` when `live`.
    """
    at = default_to_now(at)
    seen = with_gates(projects.order_by("code").select_related("parent").defer("scope", "parent__scope"))
    if not live:
        pairs = list_standings_of_night(list(with_night(seen, at)), at)
    else:
        rows = load_inputs(seen, CHECKS, at)
        pairs = _list_due_standings(rows, _compute_once(at, {row.pk: row for row in rows}), at)
    return sorted(pairs, key=lambda pair: (pair[1].checkpoint.version.standard.code, pair[0].code))


def with_night(projects: QuerySet[Project], at: datetime) -> QuerySet[Any]:
    """Annotate projects with the figures of their last night before `at`, for `list_standings_of_night`."""
    return projects.annotate(night=last_night_figures(at))


def list_standings_of_night(rows: Sequence[Any], at: datetime) -> list[tuple[Project, CheckpointStanding]]:
    """Return the status of each checkpoint due at the next gate of projects loaded `with_night` and their parents.

    Three queries.
    """
    return _list_due_standings(rows, _find_at_night(rows), at)


def _list_due_standings(
    rows: Sequence[Project], compute: "Found", at: datetime
) -> list[tuple[Project, CheckpointStanding]]:
    """Return the status of each checkpoint due at the next gate of these projects. Three queries."""
    libraries = _load_libraries({library for row in rows for library in _list_nodes(row)}, at)
    checks = _checks(rows, at).only("project", "checkpoint", "result", "acted_at")
    due = _list_due(rows, libraries)
    return _build_standings(due, compute, checks, _waivers(rows, at).select_related("end"), at)


#: Callback: result of a named automatic check on a project.
type Found = Callable[[Project, str], Computed | None]


def _compute_once(at: datetime, seen: Mapping[int, Any]) -> Found:
    """Compute each automatic check at most once; `seen` holds the annotated projects by primary key."""
    once = cache(lambda pk, name: compute(name, seen[pk], at))
    return lambda project, name: once(project.pk, name)


def _find_at_night(rows: Iterable[Any]) -> Found:
    """Look up the results of the last night, annotated on these projects."""
    nights = {row.pk: results_of_night(row.night or {}) for row in rows}
    return lambda project, name: nights[project.pk].get(name)


def _checks(projects: Iterable[Project], at: datetime) -> ConformityCheckQuerySet:
    return ConformityCheck.objects.filter(project__in=[project.pk for project in projects], acted_at__lte=at).ruling()


def _waivers(projects: Iterable[Project], at: datetime) -> WaiverQuerySet:
    return Waiver.objects.filter(project__in=[project.pk for project in projects], acted_at__lte=at).begun(day_of(at))


def _build_standings(
    due: Sequence[tuple[Project, Sequence[StandardCheckpoint]]],
    compute: Found,
    checks: Iterable[ConformityCheck],
    waivers: Iterable[Waiver],
    at: datetime,
) -> list[tuple[Project, CheckpointStanding]]:
    """Return the status of each due checkpoint, from these checks and waivers."""
    last = {(check.project_id, check.checkpoint_id): check for check in checks}
    covering = _map_to_checkpoints(waivers)
    rows = []
    for project, checkpoints in due:
        for checkpoint in checkpoints:
            place = project.pk, checkpoint.pk
            computed = compute(project, checkpoint.computed) if checkpoint.computed else None
            rows.append((project, _build_standing(checkpoint, last.get(place), computed, covering.get(place), at)))
    return rows


def _build_standing(
    checkpoint: StandardCheckpoint,
    check: ConformityCheck | None,
    computed: Computed | None,
    waiver: Waiver | None,
    at: datetime,
) -> CheckpointStanding:
    if computed is not None:
        without = Standing(computed.result)
    elif waiver is not None and _is_lapsed(waiver, check, at):
        without = Standing.NOT_CONFORM
    else:
        without = Standing(check.result) if check else Standing.UNANSWERED
    waived = waiver is not None and waiver.holds_on(day_of(at))
    return CheckpointStanding(checkpoint, Standing.WAIVED if waived else without, without, check, computed, waiver)


def _is_lapsed(waiver: Waiver, check: ConformityCheck | None, at: datetime) -> bool:
    """Tell whether the waiver is over without a check since it began; a closed one was found conform."""
    ended = waiver.early_end
    if waiver.holds_on(day_of(at)) or (ended is not None and ended.ending == WaiverEnding.CLOSED):
        return False
    return check is None or check.acted_at < waiver.began_at


def count_by_standard(rows: Iterable[CheckpointStanding]) -> list[StandardShare]:
    """Count the statuses by standard, in order."""
    shares: dict[str, StandardShare] = {}
    for row in rows:
        version = row.checkpoint.version
        code = version.standard.code
        share = shares.setdefault(code, StandardShare(code, version.title, dict.fromkeys(Standing, 0)))
        share.counts[row.standing] += 1
    return list(shares.values())


def _list_due(
    projects: Iterable[Project], libraries: Mapping[int, Sequence[StandardCheckpoint]]
) -> list[tuple[Project, list[StandardCheckpoint]]]:
    """Return the checkpoints due at the next gate of each project, from the loaded libraries.

    Projects of one level and gate below the same libraries share them.
    """
    shared: dict[tuple[Any, ...], list[StandardCheckpoint]] = {}
    due = []
    for project in projects:
        above, gate = (
            [library for library in _list_nodes(project) if library in libraries],
            project.next_gate or Gate.G5,
        )
        place = (*above, project.level, gate)
        if place not in shared:
            holding = filter_holding(chain.from_iterable(libraries[library] for library in above), project)
            shared[place] = [checkpoint for checkpoint in holding if checkpoint.version.from_gate <= gate]
        due.append((project, shared[place]))
    return due


def _list_nodes(project: Project) -> list[int]:
    """Return the primary keys of the project and its parents, nearest first."""
    above = project.parent
    return [node for node in (project.pk, project.parent_id, above.parent_id if above else None) if node]


def _load_libraries(projects: Iterable[int], at: datetime) -> dict[int, list[StandardCheckpoint]]:
    """Load the checkpoints in force at that moment, by project of the library."""
    versions = StandardVersion.objects.in_force(day_of(at)).filter(standard__project__in=list(projects))
    rows = StandardCheckpoint.objects.filter(version__in=versions).select_related("version__standard")
    libraries: dict[int, list[StandardCheckpoint]] = {}
    for checkpoint in rows.order_by("version__standard__code", "number"):
        libraries.setdefault(checkpoint.version.standard.project_id, []).append(checkpoint)
    return libraries


def _map_to_checkpoints(waivers: Iterable[Waiver]) -> dict[tuple[int, int], Waiver]:
    """Return the waiver of each (project, checkpoint); of several, the one that lasts longest."""
    covering: dict[tuple[int, int], Waiver] = {}
    for waiver in sorted(waivers, key=Waiver.over_on):
        covering |= {(waiver.project_id, checkpoint): waiver for checkpoint in waiver.checkpoints}
    return covering


def map_versions(rows: Iterable[CheckpointStanding]) -> dict[int, StandardVersion]:
    """Return the versions of these checkpoints, in order."""
    return {row.checkpoint.version_id: row.checkpoint.version for row in rows}


def list_gates(rows: Iterable[CheckpointStanding]) -> list[Gate]:
    """Return the gates at which these become due."""
    return sorted({Gate(row.checkpoint.version.from_gate) for row in rows})
