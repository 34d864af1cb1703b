"""Where a project stands with the standards that are due: what was checked, what the system sees, what is waived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from governance.conformity import computed as computing
from governance.conformity.computed import Computed
from governance.conformity.due import due_checkpoints, moment, next_gate
from governance.conformity_checks.enums import FAILED, Standing
from governance.conformity_checks.models import ConformityCheck
from governance.granted_waivers.enums import WaiverEnding
from governance.granted_waivers.models import Waiver
from governance.granted_waivers.naming import name_of
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

    `at` is by default now. The number of queries depends on the checks the system makes, not on that of checkpoints.
    """
    return standing_of(project, due_checkpoints(project, next_gate(project, at), at), at)


def standing_of(
    project: Project, checkpoints: Sequence[StandardCheckpoint], at: datetime | None = None
) -> list[CheckpointStanding]:
    """The same for these checkpoints, whose version and standard are at hand."""
    at = moment(at)
    keys = [one.pk for one in checkpoints]
    checks = ConformityCheck.objects.filter(project=project, checkpoint__in=keys, acted_at__lte=at).ruling()
    rows = checks.select_related("checker", "evidence__document")
    last = {check.checkpoint_id: check for check in rows}
    waivers = _waivers(project, keys, at)
    return [
        _stand(
            one, last.get(one.pk), computing.compute(one.computed, project, at) if one.computed else None,
            waivers.get(one.pk), at,
        )
        for one in checkpoints
    ]  # fmt: skip


def _waivers(project: Project, keys: Iterable[int], at: datetime) -> dict[int, Waiver]:
    """The waiver of each checkpoint that had begun by then; of several the one that holds longest."""
    begun = Waiver.objects.filter(project=project, checkpoints__overlap=list(keys), acted_at__lte=at)
    found: dict[int, Waiver] = {}
    for waiver in sorted(begun.filter(starts_on__lte=_day(at)).with_record(), key=Waiver.over_on):
        found |= dict.fromkeys(waiver.checkpoints, waiver)
    return found


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
    waived = waiver is not None and waiver.holds_on(_day(at))
    return CheckpointStanding(checkpoint, Standing.WAIVED if waived else without, without, check, found, waiver)


def _lapsed(waiver: Waiver, check: ConformityCheck | None, at: datetime) -> bool:
    """Whether the waiver is over and nothing was found since it began; one that was closed was found to be conform."""
    ended = waiver.early_end
    if waiver.holds_on(_day(at)) or (ended is not None and ended.ending == WaiverEnding.CLOSED):
        return False
    return check is None or check.acted_at < began(waiver)


def began(waiver: Waiver) -> datetime:
    """From when on it held: its decision, or the first minute of its first day."""
    zone = timezone.get_default_timezone()
    return max(waiver.acted_at, datetime.combine(waiver.starts_on, time(), zone))


def _day(at: datetime) -> date:
    return timezone.localdate(at, timezone.get_default_timezone())


def shares(rows: Iterable[CheckpointStanding]) -> list[StandardShare]:
    """The standings counted by standard, in their order."""
    found: dict[str, StandardShare] = {}
    for row in rows:
        version = row.checkpoint.version
        code = version.standard.code
        share = found.setdefault(code, StandardShare(code, version.title, dict.fromkeys(Standing, 0)))
        share.counts[row.standing] += 1
    return list(found.values())


def by_standard(projects: QuerySet[Project], at: datetime | None = None) -> list[StandardShare]:
    """How the checkpoints due at the next gate of each of `projects` stand, by the code of the standard.

    Two queries, whatever the number of projects. Only what is recorded counts, checks and waivers: a check that the
    system makes itself is unanswered here unless somebody recorded one too.
    """
    at = moment(at)
    chosen, values = projects.order_by().values("pk").query.sql_with_params()
    day = _day(at)
    with connection.cursor() as cursor:
        cursor.execute(_counting(chosen), [*values, at, day, day, at, at, day, day])
        rows = cursor.fetchall()
    titles = StandardVersion.objects.in_bulk({version for _code, version, _standing, _n in rows})
    found: dict[str, StandardShare] = {}
    for code, version, result, n in rows:
        share = found.setdefault(code, StandardShare(code, titles[version].title, dict.fromkeys(Standing, 0)))
        share.counts[Standing(result)] += n
    return list(found.values())


def _counting(chosen: str) -> str:
    """The SQL of `by_standard`; `chosen` selects the projects."""
    return f"""
    WITH chosen AS (
      SELECT p.id, p.level, p.state, p.parent_id, a.parent_id AS top_id
      FROM public.projects_project p LEFT JOIN public.projects_project a ON a.id = p.parent_id
      WHERE p.id IN ({chosen})
    ), noted AS (
      SELECT DISTINCT ON (d.project_id, gate.name) d.project_id, gate.name, gate.passes
      FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
      JOIN chosen ON chosen.id = d.project_id
      CROSS JOIN LATERAL (SELECT
        CASE WHEN e.field = 'gate' THEN coalesce(nullif(e.after, ''), e.before)
             WHEN 'draft' IN (e.before, e.after) THEN 'G0' ELSE 'G5' END AS name,
        CASE WHEN e.field = 'gate' THEN e.after <> '' WHEN 'draft' IN (e.before, e.after) THEN e.after <> 'draft'
             ELSE e.after = 'closed' END AS passes) gate
      WHERE e.field IN ('gate', 'state') AND e.acted_at <= %s
      ORDER BY d.project_id, gate.name, e.id DESC
    ), coming AS (
      SELECT chosen.*, coalesce(
        (SELECT 'G' || least(max(substr(noted.name, 2)::int) + 1, 5) FROM noted
         WHERE noted.project_id = chosen.id AND noted.passes HAVING count(*) > 0),
        CASE chosen.state WHEN 'draft' THEN 'G0' WHEN 'closed' THEN 'G5' ELSE 'G1' END) AS gate
      FROM chosen
    ), asked AS (
      SELECT coming.id AS project_id, s.code, v.id AS version_id, rank() OVER (
        PARTITION BY coming.id, s.code
        ORDER BY CASE s.project_id WHEN coming.id THEN 0 WHEN coming.parent_id THEN 1 ELSE 2 END) AS place,
        coming.level = ANY (v.levels) AND v.from_gate <= coming.gate AS due
      FROM coming JOIN public.governance_standard s ON s.project_id IN (coming.id, coming.parent_id, coming.top_id)
      JOIN public.governance_standardversion v ON v.standard_id = s.id
      WHERE v.state <> 'draft' AND v.effective_from <= %s AND (v.effective_to IS NULL OR v.effective_to > %s)
    )
    SELECT asked.code, max(asked.version_id), stands.result, count(*)
    FROM asked JOIN public.governance_standardcheckpoint c ON c.version_id = asked.version_id
    LEFT JOIN LATERAL (
      SELECT k.result, k.acted_at FROM public.governance_conformitycheck k
      WHERE k.project_id = asked.project_id AND k.checkpoint_id = c.id AND k.acted_at <= %s
      ORDER BY k.id DESC LIMIT 1) found ON true
    LEFT JOIN LATERAL (
      SELECT w.id, w.acted_at, w.starts_on, n.ending, least(w.ends_on + 1, coalesce(n.ended_on, w.ends_on + 1)) AS over
      FROM public.governance_waiver w LEFT JOIN public.governance_waiverend n ON n.waiver_id = w.id
      WHERE w.project_id = asked.project_id AND w.checkpoints @> ARRAY[c.id] AND w.acted_at <= %s AND w.starts_on <= %s
      ORDER BY over DESC LIMIT 1) given ON true
    CROSS JOIN LATERAL (SELECT CASE
      WHEN given.over > %s THEN '{Standing.WAIVED}'
      WHEN given.id IS NOT NULL AND coalesce(given.ending, '') <> '{WaiverEnding.CLOSED}' AND (
        found.result IS NULL OR found.acted_at < greatest(
          given.acted_at, given.starts_on::timestamp AT TIME ZONE 'Europe/Paris')) THEN '{Standing.NOT_CONFORM}'
      ELSE coalesce(found.result, '{Standing.UNANSWERED}') END AS result) stands
    WHERE asked.place = 1 AND asked.due
    GROUP BY asked.code, stands.result ORDER BY asked.code
    """  # noqa: S608 - the projects come as the SQL of a queryset, its values apart


def versions_due(rows: Iterable[CheckpointStanding]) -> dict[int, StandardVersion]:
    """The versions these checkpoints belong to, in their order."""
    return {row.checkpoint.version_id: row.checkpoint.version for row in rows}


def gates_of(rows: Iterable[CheckpointStanding]) -> list[Gate]:
    """The gates from which on these are due."""
    return sorted({Gate(row.checkpoint.version.from_gate) for row in rows})
