"""Rows behind the figures of a dashboard: the querysets that count them, narrowed by the filters of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.decide.decisions.contradictions import CONTRADICTED
from governance.decide.decisions.models import Unheard
from governance.models import Condition, Decision, Opinion, Proposal
from pmo import business_side
from pmo.registers.risks.models import Risk
from pmo.registers.risks.queries import filter_exposed
from pmo.standards.conformity.enums import FAILED, Standing
from pmo.standards.conformity.models import Waiver
from pmo.standards.conformity.queries import CheckpointStanding, list_project_standings
from pmo.standards.waivers.queries import list_ending
from pmo.steering.dashboards import figures
from pmo.steering.dashboards.scope import Scope
from projects.enums import Workspace
from projects.models import Project

#: Filters of a list: value by query parameter.
Chosen = Mapping[str, str]

#: Values of `case`: why a decision was taken without an opinion.
WAIVED, IMPOSSIBLE = "waived", "impossible"

#: Value of `for` that means the owner; advising roles use their code.
OWNER = "owner"


def list_pending(scope: Scope, chosen: Chosen) -> QuerySet[Proposal]:
    """List the proposals that wait for an answer, the longest wait first."""
    now = timezone.now()
    proposals = figures.filter_pending(Proposal.objects.filter(project__in=scope.projects))
    if "late" in chosen:
        proposals = figures.filter_late(proposals, scope.today)
    if "age" in chosen:
        proposals = figures.filter_aged(proposals, int(chosen["age"]), now)
    if "for" in chosen:
        proposals = figures.filter_awaited(proposals, "" if chosen["for"] == OWNER else chosen["for"])
    return proposals.select_related("project", "current").order_by("current__acted_at", "pk")


def list_decided(scope: Scope, chosen: Chosen) -> QuerySet[Decision]:
    """List the decisions of the period, or of a month."""
    decisions = figures.list_decisions(scope.projects, scope.since, scope.last_day)
    if "month" in chosen:
        year, month = chosen["month"].split("-")
        decisions = Decision.objects.filter(
            project__in=scope.projects, acted_at__year=int(year), acted_at__month=int(month)
        )
    if "without" in chosen:
        decisions = decisions.filter(figures.PASSED_WITHOUT)
    return decisions.select_related("project", "proposal__project", "revision")


def list_opinions(scope: Scope, chosen: Chosen) -> QuerySet[Opinion]:
    """List the opinions that were followed or set aside, or all that were received."""
    listed = figures.list_opinions if "heard" in chosen else figures.list_settled_opinions
    opinions = listed(scope.projects, scope.since, scope.last_day)
    if "followed" in chosen:
        opinions = opinions.filter(~CONTRADICTED if chosen["followed"] == "yes" else CONTRADICTED)
    if "role" in chosen:
        opinions = opinions.filter(role=chosen["role"])
    return opinions.select_related("revision__decision__project", "revision__decision__proposal")


@dataclass(frozen=True)
class Asked:
    """An opinion that a decision asked for: the one `given`, or the `missing` one."""

    decision: Decision
    role: str
    given: Opinion | None
    missing: Unheard | None

    @property
    def pk(self) -> str:
        """Return its key."""
        return f"{self.decision.pk}-{self.role}-{self.given.pk if self.given else ''}"

    @property
    def words(self) -> str:
        """Return the position, or why there is none."""
        if self.given:
            return str(self.given.get_position_display())
        return str((self.missing and self.missing.unavailable) or _("Opinion not received"))

    @property
    def is_short(self) -> bool:
        """Return whether the role had been vacant for less than seven days."""
        return bool(self.missing and self.missing.is_short)


def list_unheard(scope: Scope, chosen: Chosen) -> list[Asked]:
    """List the opinions that decisions were taken without, the latest decision first."""
    return [
        Asked(decision, missing.role, None, missing)
        for decision, missing in figures.list_unheard(scope.projects, scope.since, scope.last_day)
        if chosen.get("role", missing.role) == missing.role
        and ("case" not in chosen or (chosen["case"] == IMPOSSIBLE) == (missing.unavailable is not None))
        and ("short" not in chosen or missing.is_short)
    ]


def list_asked(scope: Scope, chosen: Chosen) -> list[Asked]:
    """List the opinions that were asked for, given or not. Two queries."""
    given = list_opinions(scope, {**chosen, "heard": "1"}).order_by("role", "pk")
    rows = [Asked(opinion.revision.decision, opinion.role, opinion, None) for opinion in given]
    return rows + list_unheard(scope, chosen)


def list_overdue(scope: Scope, chosen: Chosen) -> QuerySet[Condition]:
    """List the open conditions whose day has passed."""
    conditions = Condition.objects.filter(decision__project__in=scope.projects).overdue(scope.today)
    return conditions.select_related("decision__project", "decision__proposal").order_by("due_on", "pk")


#: Filter of the roles → matching states.
SEATS: Mapping[str, Sequence[str]] = {"vacant": ("vacant",), "ending": ("ending",), "held": ("held", "ending")}


@dataclass(frozen=True)
class RoleOf:
    """A role of a project, and its state."""

    project: Project
    role: str
    state: str

    @property
    def pk(self) -> str:
        """Return its key."""
        return f"{self.project.code}-{self.role}"

    @property
    def words(self) -> str:
        """Return its state in words."""
        return {"vacant": _("Vacant"), "ending": _("Ends within 60 days"), "held": _("Filled")}[self.state]

    def get_absolute_url(self) -> str:
        """Return the address of the mandates of its project."""
        return reverse("projects:mandates:mandate_list", args=[self.project.code])


def list_roles(scope: Scope, chosen: Chosen) -> list[RoleOf]:
    """List the roles of each project, the vacant ones first."""
    wanted = SEATS.get(chosen.get("state", ""), ("vacant", "ending", "held"))
    return [
        RoleOf(line.project, code, state)
        for line in figures.list_lines(scope.projects, timezone.now(), scope.since)
        for state in wanted
        for code in line.seats.of(state)
    ]


def list_musts(scope: Scope, chosen: Chosen) -> QuerySet[Any]:
    """List the must-have requirements, or those with or without a test."""
    which = next((name for name in ("uncovered", "covered") if name in chosen), "")
    return business_side.list_musts(scope.projects, which)


def list_standings(scope: Scope) -> list[tuple[Project, CheckpointStanding]]:
    """Return the status of the due checkpoints.

    Automatic checks run now for one project; for several, the results of the last night are used.
    """
    return list_project_standings(scope.using(Workspace.STANDARDS), live=not scope.is_group)


#: Value of `result` that matches both failing results.
GAPS = "gaps"
#: Value of `result` that matches these and the unanswered ones.
UNMET = "unmet"
RESULTS = {
    GAPS: FAILED,
    UNMET: FAILED | {Standing.UNANSWERED},
    **{standing.value: frozenset({standing}) for standing in Standing},
}


@dataclass(frozen=True)
class CheckpointOf:
    """A checkpoint on a project, and how it stands there."""

    project: Project
    row: CheckpointStanding

    @property
    def pk(self) -> str:
        """Return its key."""
        return f"{self.project.code}-{self.row.pk}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("pmo:conformity:conformity_checkpoint", args=[self.project.code, self.row.pk])


def list_checkpoints(scope: Scope, chosen: Chosen) -> list[CheckpointOf]:
    """List the due checkpoints of each project."""
    known = RESULTS.get(chosen.get("result", ""), frozenset(Standing))
    return [
        CheckpointOf(project, row)
        for project, row in list_standings(scope)
        if row.standing in known and chosen.get("standard", row.code) == row.code
    ]


#: Days before its end from which a waiver counts as ending (domain.md §6).
ENDS_SOON = 30


def list_waivers(scope: Scope, chosen: Chosen) -> QuerySet[Waiver]:
    """List the waivers in force, the nearest end first."""
    projects = scope.using(Workspace.STANDARDS)
    if "ending" in chosen:
        waivers = list_ending(projects, scope.today, ENDS_SOON)
    else:
        waivers = Waiver.objects.filter(project__in=projects).in_force(scope.today).order_by("ends_on", "pk")
    return waivers.select_related("project", "version__standard", "revision__decision")


def list_risks(scope: Scope, chosen: Chosen) -> QuerySet[Risk]:
    """List the open risks, the highest residual level first."""
    known = Risk.objects.filter(project__in=scope.using(Workspace.RISKS))
    risks: Any = known.red_and_unaccepted(scope.today) if "red" in chosen else known.open().with_levels()
    for name in {"likelihood", "impact"} & chosen.keys():
        risks = risks.alias(**{f"{name}_now": Coalesce(F(f"residual_{name}"), F(name))})
        risks = risks.filter(**{f"{name}_now": int(chosen[name])})
    if "by" in chosen:
        risks = filter_exposed(risks, chosen["by"])
    rows: QuerySet[Risk] = risks.select_related("project", "scale", "acceptance")
    return rows.order_by(F("level_now").desc(), "project__code", "pk")
