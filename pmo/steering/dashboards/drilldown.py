"""Lists behind the figures of a dashboard: each holds exactly the rows that were counted."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.erasure import display_text
from core.templatetags.ui import day
from governance.decide.decisions.contradictions import CONTRADICTED
from governance.decide.decisions.models import Unheard
from governance.models import Condition, Decision, Opinion, Proposal, ProposalRevision
from pmo import business_side
from pmo.registers.risks.models import Risk
from pmo.registers.risks.queries import filter_exposed
from pmo.standards.conformity.enums import FAILED, Standing
from pmo.standards.conformity.queries import CheckpointStanding, list_project_standings
from pmo.standards.waiver_rows.models import Waiver
from pmo.standards.waivers.queries import list_ending
from pmo.steering.dashboards import figures
from pmo.steering.dashboards.scope import Scope
from projects.enums import Workspace
from projects.models import Project

Text = str | Promise


@dataclass(frozen=True)
class Cell:
    """Cell with text and link; `mark` is a highlighted word: late, vacant. A code or a date stays on one line."""

    text: str
    href: str = ""
    mark: str = ""
    is_short: bool = False

    @property
    def html(self) -> SafeString:
        """Return it as HTML; a template would take a dozen nodes for each of a thousand cells."""
        text = escape(display_text(self.text))
        shown = format_html('<a href="{}">{}</a>', self.href, text) if self.href else text
        if self.is_short:
            shown = format_html('<span class="nowrap">{}</span>', shown)
        is_marked = self.mark and self.mark != self.text
        return format_html('{} <span class="bad strong">{}</span>', shown, self.mark) if is_marked else shown


@dataclass(frozen=True)
class Entry:
    """Row of a list; its first cell names it."""

    cells: Sequence[Cell]


@dataclass(frozen=True)
class Listing:
    """List behind a figure: `rows` returns the filtered rows, `entry` formats one.

    `rows` returns a queryset or a list. `filters` maps query parameters, beside those of the scope, to the pattern of
    their values. `of_period`: restricted to the period of the scope. `workspace`: the one that its rows belong to.
    """

    title: Text
    heads: Sequence[Text]
    rows: Callable[[Scope, Mapping[str, str]], Any]
    entry: Callable[[Any], Entry]
    none: Text
    filters: Mapping[str, str] = field(default_factory=dict)
    of_period: bool = False
    workspace: Workspace | None = None

    def parse_filters(self, query: Mapping[str, str]) -> dict[str, str]:
        """Return the valid filters of the query string."""
        return {name: query[name] for name, form in self.filters.items() if re.fullmatch(form, query.get(name, ""))}


PROJECT, TITLE = gettext_lazy("Project"), gettext_lazy("Subject")


def project_cell(project: Any) -> Cell:
    """Return a cell with the code of the project, linked to it."""
    return Cell(project.code, project.get_absolute_url(), is_short=True)


# Decisions.


def _pending(scope: Scope, chosen: Mapping[str, str]) -> QuerySet[Proposal]:
    now = timezone.now()
    proposals = figures.filter_pending(Proposal.objects.filter(project__in=scope.projects))
    if "late" in chosen:
        proposals = figures.filter_late(proposals, scope.today)
    if "age" in chosen:
        proposals = figures.filter_aged(proposals, int(chosen["age"]), now)
    if "for" in chosen:
        proposals = figures.filter_awaited(proposals, "" if chosen["for"] == OWNER else chosen["for"])
    return proposals.select_related("project", "current").order_by("current__acted_at", "pk")


#: Values of `case`: why a decision was taken without an opinion.
WAIVED, IMPOSSIBLE = "waived", "impossible"

#: Value of `for` that means the owner; advising roles use their code.
OWNER = "owner"


def _pending_entry(row: Proposal) -> Entry:
    revision = cast(
        ProposalRevision, row.current
    )  # pending proposals were submitted, so they have a revision and a day to decide by
    by = cast(date, revision.decide_by)
    waited = (timezone.now() - revision.acted_at).days
    return Entry(
        (
            Cell(row.reference, row.get_absolute_url()),
            Cell(row.title),
            project_cell(row.project),
            Cell(str(row.get_state_display())),
            Cell(ngettext("%(n)d day", "%(n)d days", waited) % {"n": waited}),
            Cell(day(by), mark=_("late") if by < timezone.localdate() else "", is_short=True),
        )
    )


def _decided(scope: Scope, chosen: Mapping[str, str]) -> QuerySet[Decision]:
    decisions = figures.list_decisions(scope.projects, scope.since, scope.last_day)
    if "month" in chosen:
        year, month = chosen["month"].split("-")
        decisions = Decision.objects.filter(
            project__in=scope.projects, acted_at__year=int(year), acted_at__month=int(month)
        )
    if "without" in chosen:
        decisions = decisions.filter(figures.PASSED_WITHOUT)
    return decisions.select_related("project", "proposal__project", "revision").order_by("-acted_at", "-pk")


def _decided_entry(row: Decision) -> Entry:
    taken = (row.acted_at - row.revision.acted_at).days
    return Entry(
        (
            Cell(row.reference, row.get_absolute_url(), mark=_short_mark(row.follows_a_short_vacancy)),
            Cell(row.revision.title),
            project_cell(row.project),
            Cell(str(row.get_outcome_display())),
            Cell(day(row.acted_at), is_short=True),
            Cell(ngettext("%(n)d day", "%(n)d days", taken) % {"n": taken}),
        )
    )


def _short_mark(is_short: bool) -> str:
    return _("Vacant for less than 7 days") if is_short else ""


def _opinions(scope: Scope, chosen: Mapping[str, str]) -> QuerySet[Opinion]:
    listed = figures.list_opinions if "heard" in chosen else figures.list_settled_opinions
    opinions = listed(scope.projects, scope.since, scope.last_day)
    if "followed" in chosen:
        opinions = opinions.filter(~CONTRADICTED if chosen["followed"] == "yes" else CONTRADICTED)
    if "role" in chosen:
        opinions = opinions.filter(role=chosen["role"])
    opinions = opinions.select_related("revision__decision__project", "revision__decision__proposal")
    return opinions.order_by("-revision__decision__acted_at", "role", "pk")


def _opinion_entry(row: Opinion) -> Entry:
    decision = row.revision.decision
    return Entry(
        (
            Cell(decision.reference, decision.get_absolute_url()),
            Cell(row.revision.title),
            project_cell(decision.project),
            Cell(row.role),
            Cell(str(row.get_position_display())),
            Cell(str(decision.get_outcome_display())),
        )
    )


def _unheard(scope: Scope, chosen: Mapping[str, str]) -> list[tuple[Decision, Unheard]]:
    return [
        (decision, missing)
        for decision, missing in figures.list_unheard(scope.projects, scope.since, scope.last_day)
        if chosen.get("role", missing.role) == missing.role
        and ("case" not in chosen or (chosen["case"] == IMPOSSIBLE) == (missing.unavailable is not None))
        and ("short" not in chosen or missing.is_short)
    ]


def _unheard_entry(row: tuple[Decision, Unheard]) -> Entry:
    decision, missing = row
    return Entry(
        (
            Cell(decision.reference, decision.get_absolute_url()),
            Cell(decision.revision.title),
            project_cell(decision.project),
            Cell(missing.role),
            Cell(str(missing.unavailable or _("Opinion not received")), mark=_short_mark(missing.is_short)),
            Cell(missing.words),
        )
    )


def _asked(scope: Scope, chosen: Mapping[str, str]) -> list[Opinion | tuple[Decision, Unheard]]:
    """List the opinions that were asked for, given or not, the latest decision first. Two queries."""
    rows: list[Opinion | tuple[Decision, Unheard]] = [*_opinions(scope, {**chosen, "heard": YES})]
    rows += _unheard(scope, chosen)
    return sorted(rows, key=lambda row: _decision_of(row).acted_at, reverse=True)


def _decision_of(row: Opinion | tuple[Decision, Unheard]) -> Decision:
    return row.revision.decision if isinstance(row, Opinion) else row[0]


def _asked_entry(row: Opinion | tuple[Decision, Unheard]) -> Entry:
    if isinstance(row, Opinion):
        return _opinion_entry(row)
    *cells, _reasons = _unheard_entry(row).cells
    return Entry((*cells, Cell(str(row[0].get_outcome_display()))))


def _overdue(scope: Scope, chosen: Mapping[str, str]) -> QuerySet[Condition]:
    conditions = Condition.objects.filter(decision__project__in=scope.projects).overdue(scope.today)
    return conditions.select_related("decision__project", "decision__proposal").order_by("due_on", "pk")


def _overdue_entry(row: Condition) -> Entry:
    return Entry(
        (
            Cell(row.decision.reference, row.decision.get_absolute_url()),
            Cell(row.text),
            project_cell(row.decision.project),
            Cell(row.role),
            Cell(day(row.due_on), mark=_("late"), is_short=True),
        )
    )


# Roles.

#: Filter of the roles → matching states.
SEATS: Mapping[str, Sequence[str]] = {"vacant": ("vacant",), "ending": ("ending",), "held": ("held", "ending")}


def _roles(scope: Scope, chosen: Mapping[str, str]) -> list[tuple[Project, str, str]]:
    wanted = SEATS.get(chosen.get("state", ""), ("vacant", "ending", "held"))
    return [
        (line.project, code, state)
        for line in figures.list_lines(scope.projects, timezone.now(), scope.since)
        for state in wanted
        for code in line.seats.of(state)
    ]


def _role_entry(role: tuple[Project, str, str]) -> Entry:
    project, code, state = role
    word = {"vacant": _("Vacant"), "ending": _("Ends within 60 days"), "held": _("Filled")}[state]
    return Entry(
        (
            Cell(code, reverse("projects:mandates:mandate_list", args=[project.code])),
            project_cell(project),
            Cell(word, mark=word if state == "vacant" else ""),
        )
    )


# Requirements.


def _musts(scope: Scope, chosen: Mapping[str, str]) -> QuerySet[Any]:
    which = next((name for name in ("uncovered", "covered") if name in chosen), "")
    return business_side.list_musts(scope.projects, which)


def _must_entry(row: Any) -> Entry:
    return Entry(
        (
            Cell(row.code, row.get_absolute_url()),
            Cell(row.title),
            project_cell(row.project),
            Cell(str(row.get_state_display())),
        )
    )


# Standards and waivers.


def list_checkpoints(scope: Scope) -> list[tuple[Project, CheckpointStanding]]:
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


def _checkpoints(scope: Scope, chosen: Mapping[str, str]) -> list[tuple[Project, CheckpointStanding]]:
    known = RESULTS.get(chosen.get("result", ""), frozenset(Standing))
    return [
        (project, row)
        for project, row in list_checkpoints(scope)
        if row.standing in known and chosen.get("standard", row.code) == row.code
    ]


def _checkpoint_entry(pair: tuple[Project, CheckpointStanding]) -> Entry:
    project, row = pair
    return Entry(
        (
            Cell(row.name, reverse("pmo:conformity:conformity_checkpoint", args=[project.code, row.checkpoint.pk])),
            Cell(row.checkpoint.text),
            project_cell(project),
            Cell(str(row.standing.label)),
        )
    )


#: Days before its end from which a waiver counts as ending (domain.md §6).
ENDS_SOON = 30


def _waivers(scope: Scope, chosen: Mapping[str, str]) -> QuerySet[Waiver]:
    if "ending" in chosen:
        waivers = list_ending(scope.using(Workspace.STANDARDS), scope.today, ENDS_SOON)
    else:
        waivers = (
            Waiver.objects.filter(project__in=scope.using(Workspace.STANDARDS))
            .in_force(scope.today)
            .order_by("ends_on", "pk")
        )
    return waivers.select_related("project", "version__standard", "revision__decision")


def _waiver_entry(row: Waiver) -> Entry:
    return Entry(
        (
            Cell(row.reference, row.get_absolute_url()),
            Cell(f"{row.version.standard.code} · {row.version.title}"),
            project_cell(row.project),
            Cell(day(row.ends_on), is_short=True),
            Cell(display_text(row.compensating_measure)),
        )
    )


# Risks.


def _risks(scope: Scope, chosen: Mapping[str, str]) -> QuerySet[Risk]:
    known = Risk.objects.filter(project__in=scope.using(Workspace.RISKS))
    risks: Any = known.red_and_unaccepted(scope.today) if "red" in chosen else known.open().with_levels()
    for name in {"likelihood", "impact"} & chosen.keys():
        risks = risks.alias(**{f"{name}_now": Coalesce(F(f"residual_{name}"), F(name))})
        risks = risks.filter(**{f"{name}_now": int(chosen[name])})
    if "by" in chosen:
        risks = filter_exposed(risks, chosen["by"])
    rows: QuerySet[Risk] = risks.select_related("project", "scale", "acceptance")
    return rows.order_by(F("level_now").desc(), "project__code", "pk")


def _risk_entry(row: Risk) -> Entry:
    return Entry(
        (
            Cell(row.code, row.get_absolute_url()),
            Cell(row.title),
            project_cell(row.project),
            Cell(str(row.get_status_display())),
            Cell(str(row.level)),
            Cell(str(row.residual_level)),
            Cell(str(row.residual_band.label)),
        )
    )


YES, ROLE = "1", "[A-Z0-9-]{1,30}"
MONTH = "20[0-9]{2}-(0[1-9]|1[0-2])"
LISTINGS: dict[str, Listing] = {
    "pending": Listing(
        gettext_lazy("Decisions pending"),
        (
            gettext_lazy("Proposal"),
            TITLE,
            PROJECT,
            gettext_lazy("State"),
            gettext_lazy("Pending for"),
            gettext_lazy("To decide by"),
        ),
        _pending,
        _pending_entry,
        gettext_lazy("No decision is pending here."),
        {"late": YES, "age": f"[0-{figures.AGES - 1}]", "for": f"{OWNER}|{ROLE}"},
    ),
    "decided": Listing(
        gettext_lazy("Decisions taken"),
        (
            gettext_lazy("Decision"),
            TITLE,
            PROJECT,
            gettext_lazy("Outcome"),
            gettext_lazy("Decided"),
            gettext_lazy("Time to decide"),
        ),
        _decided,
        _decided_entry,
        gettext_lazy("No decision was taken in this period."),
        {"month": MONTH, "without": YES},
        of_period=True,
    ),
    "opinions": Listing(
        gettext_lazy("Opinions and answers"),
        (
            gettext_lazy("Decision"),
            TITLE,
            PROJECT,
            gettext_lazy("Role"),
            gettext_lazy("Position"),
            gettext_lazy("Outcome"),
        ),
        _opinions,
        _opinion_entry,
        gettext_lazy("No opinion was followed or set aside in this period."),
        {"role": ROLE, "followed": "yes|no", "heard": YES},
        of_period=True,
    ),
    "asked": Listing(
        gettext_lazy("Opinions asked for"),
        (
            gettext_lazy("Decision"),
            TITLE,
            PROJECT,
            gettext_lazy("Role"),
            gettext_lazy("Opinion"),
            gettext_lazy("Outcome"),
        ),
        _asked,
        _asked_entry,
        gettext_lazy("No opinion was asked for a decision of this period."),
        {"role": ROLE},
        of_period=True,
    ),
    "unheard": Listing(
        gettext_lazy("Decisions without an opinion"),
        (
            gettext_lazy("Decision"),
            TITLE,
            PROJECT,
            gettext_lazy("Role"),
            gettext_lazy("Opinion"),
            gettext_lazy("Reasons of the owner"),
        ),
        _unheard,
        _unheard_entry,
        gettext_lazy("No decision was taken without an opinion in this period."),
        {"role": ROLE, "case": f"{WAIVED}|{IMPOSSIBLE}", "short": YES},
        of_period=True,
    ),
    "overdue": Listing(
        gettext_lazy("Conditions overdue"),
        (gettext_lazy("Decision"), gettext_lazy("Condition"), PROJECT, gettext_lazy("Role"), gettext_lazy("Due")),
        _overdue,
        _overdue_entry,
        gettext_lazy("No condition is overdue."),
    ),
    "roles": Listing(
        gettext_lazy("Roles"),
        (gettext_lazy("Role"), PROJECT, gettext_lazy("State")),
        _roles,
        _role_entry,
        gettext_lazy("No roles match this filter."),
        {"state": "|".join(SEATS)},
    ),
    "checkpoints": Listing(
        gettext_lazy("Checkpoints"),
        (gettext_lazy("Checkpoint"), gettext_lazy("What it asks"), PROJECT, gettext_lazy("Result")),
        _checkpoints,
        _checkpoint_entry,
        gettext_lazy("No checkpoints match this filter."),
        {"standard": "[A-Z0-9-]{1,20}", "result": "|".join(RESULTS)},
        workspace=Workspace.STANDARDS,
    ),
    "waivers": Listing(
        gettext_lazy("Waivers in force"),
        (
            gettext_lazy("Waiver"),
            gettext_lazy("Standard"),
            PROJECT,
            gettext_lazy("Last day"),
            gettext_lazy("Compensating measure"),
        ),
        _waivers,
        _waiver_entry,
        gettext_lazy("No waiver is in force."),
        {"ending": YES},
        workspace=Workspace.STANDARDS,
    ),
    "risks": Listing(
        gettext_lazy("Open risks"),
        (
            gettext_lazy("Risk"),
            TITLE,
            PROJECT,
            gettext_lazy("Status"),
            gettext_lazy("Initial level"),
            gettext_lazy("Residual level"),
            gettext_lazy("Band"),
        ),
        _risks,
        _risk_entry,
        gettext_lazy("No open risks match this filter."),
        {"red": YES, "likelihood": "[1-5]", "impact": "[1-5]", "by": ROLE},
        workspace=Workspace.RISKS,
    ),
}
if business_side.IS_INSTALLED:
    LISTINGS["musts"] = Listing(
        gettext_lazy("Must-have requirements"),
        (gettext_lazy("Code"), TITLE, PROJECT, gettext_lazy("State")),
        _musts,
        _must_entry,
        gettext_lazy("No must-have requirements here."),
        {"covered": YES, "uncovered": YES},
        workspace=Workspace.REQUIREMENTS,
    )


def format_entries(listing: Listing, rows: Iterable[Any]) -> list[Entry]:
    """Format the rows for table and files."""
    return [listing.entry(row) for row in rows]
