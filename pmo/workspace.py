"""Workspace of the project management office: navigation, verification and permission subjects."""

import re
from typing import Any

from django.db.models import Case, Count, OuterRef, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance import workspace_registry
from governance.decide.grounds.registry import GROUNDS, Ground, GroundRows
from governance.decide.obligations.facts import EVENT_ROWS, PLANNED_GATES, planned_gate
from governance.decide.obligations.proofs import (
    OWN_TASKS,
    decide_by,
    fulfil_afterwards,
    fulfil_by,
    fulfil_by_proposal,
)
from governance.decide.obligations.registry import ROW_CONTROLS
from governance.decide.obligations.silences import FADINGS, Fading, end_silence
from governance.desk.home import questions
from governance.desk.permissions import simulation
from governance.desk.permissions.simulation import Subject
from governance.life.closure.registry import announce
from governance.life.facts.guards import REFERENCED
from governance.life.facts.registry import OPEN_COUNTS
from governance.life.second_look.registry import FIGURES
from governance.life.states.ended import PERMISSIONS_AFTER, TABLES_AFTER
from governance.models import Effect
from governance.workspace_registry import Entry, Group, ProjectColumn
from pmo import (  # noqa: F401  (announces tasks, dates and items of an agenda, and how a feed names rows)
    agenda_sources,
    business_side,
    calendar_dates,
    event_subjects,
    measured_figures,
    open_counts,
    task_kinds,
)
from pmo.enums import Act
from pmo.fading import (
    list_ending_acceptances,
    list_ending_waivers,
    list_passed_budgets,
    list_silent_risks,
    list_unconfirmed_dependencies,
    list_untreated_red_risks,
    list_untreated_risks,
)
from pmo.registers.escalations.queries import describe_on_page, list_escalated_days
from pmo.registers.risks.effects import risk_term
from pmo.registers.risks.models import Risk
from pmo.registers.risks.risen import list_risen_risks
from pmo.registers.risks.views import ALSO_ON_THE_PAGE
from pmo.registers.schedule.models import Milestone
from pmo.registers.weather.queries import latest_reports, rank_weather, write_weather
from pmo.standards.standards.guards import REQUIRED_ABOVE
from pmo.steering.closure.queries import OPEN_ROWS
from pmo.steering.dashboards.answers import ANSWERS
from pmo.steering.dashboards.home import list_home_figures
from pmo.steering.gates.answers import list_stage
from pmo.steering.gates.stages import FIELD
from pmo.steering.levels import views as _levels  # noqa: F401  (announces the aspects and the page of levels above)
from pmo.steering.reminders.row_controls import build_reminder_control
from pmo.steering.reviews.answers import list_review
from pmo.steering.reviews.guards import KIND as REVIEW_CONCLUSION
from projects import workspaces
from projects.enums import Workspace
from projects.project.models import Project
from roles.enums import DecisionKind

workspaces.announce(
    Workspace.STANDARDS,
    "pmo.standards",
    "pmo.conformity",
    "pmo.waivers",
    pages=("pmo:dashboards:dashboard_standards",),
)
workspaces.announce(Workspace.RISKS, "pmo.risks", "pmo.escalations", pages=("pmo:dashboards:dashboard_risks",))
workspaces.announce(
    Workspace.STEERING,
    "pmo.indicators",
    "pmo.schedule",
    "pmo.budget",
    "pmo.success_criteria",
    "pmo.lessons",
    "pmo.weather",
)

workspace_registry.EVERYWHERE.append(Entry(30, _("Lessons learned"), "lightbulb", "pmo:lessons:lesson_list"))
workspace_registry.OF_PROJECT += [
    Entry(55, _("Gates"), "milestone", "pmo:gates:gates", ("pmo:gates",)),
    Entry(
        30, _("Dashboard"), "chart-column", "pmo:dashboards:dashboard", ("pmo:dashboards", "pmo:reviews"), Group.FOLLOW
    ),
    Entry(
        100,
        _("Risks"),
        "shield-alert",
        "pmo:risks:risk_list",
        ("pmo:risks", "pmo:escalations"),
        Group.FOLLOW,
        ("pmo.review_risks",),
    ),
    Entry(
        110,
        _("Steering"),
        "cloud-sun",
        "pmo:weather:weather",
        ("pmo:budget", "pmo:indicators", "pmo:lessons", "pmo:schedule", "pmo:success_criteria", "pmo:weather"),
        Group.FOLLOW,
        ("pmo.publish_weather",),
    ),
    Entry(
        120,
        _("Conformity"),
        "shield-check",
        "pmo:conformity:conformity",
        ("pmo:conformity", "pmo:waivers"),
        Group.FOLLOW,
        ("pmo.check_conformity",),
    ),
    Entry(
        140,
        _("Standards"),
        "library",
        "pmo:standards:standard_list",
        ("pmo:standards",),
        Group.FOLLOW,
        ("pmo.keep_standards",),
    ),
]
workspace_registry.PROJECT_COLUMNS.append(
    ProjectColumn(
        10,
        "weather",
        _("Weather"),
        latest_reports,
        "pmo/registers/weather/_project_cell.html",
        write_weather,
        rank_weather(),
    )
)
workspace_registry.HOME_FIGURES.append(list_home_figures)
questions.ANSWERS.update(ANSWERS | {questions.Question.STAGE: list_stage, questions.Question.REVIEW: list_review})
FIGURES.append(measured_figures.list_figures)
workspace_registry.PORTFOLIO_PAGES.append(lambda project: reverse("pmo:dashboards:dashboard", args=[project.code]))

ROW_CONTROLS.append(build_reminder_control)
ALSO_ON_THE_PAGE.append(describe_on_page)
announce(*OPEN_ROWS)
OPEN_COUNTS.extend(open_counts.COUNTS)
REFERENCED.append("SELECT FROM public.pmo_risk WHERE project_id = {project}")
workspaces.REQUIRING.append(workspaces.RequiringRows(REQUIRED_ABOVE, _("required by standard %(name)s of %(node)s")))

RISK_CODE = re.compile(r"[A-Z]{1,4}R-\d{1,3}")

#: Responsibilities to answer what is escalated, of a portfolio and of a programme in both methods.
ANSWERING = ("PFMOA-05", "PFO-05", "PGMOA-05", "PGO-05")
# A subquery, not a join: the facts name the table of the project that they are read for.
STEERED = Milestone.objects.filter(project__in=Project.objects.having(Workspace.STEERING))
ENDED = Effect.objects.filter(subject=Milestone._meta.label_lower, subject_id=OuterRef("pk"), field__startswith=FIELD)
ENDED_AT = Case(When(after="", then=None), default="acted_at")
STAGES = STEERED.annotate(ended_at=Subquery(ENDED.order_by("-pk").values(at=ENDED_AT)[:1]))
PLANNED_GATES.append(planned_gate(STAGES, "forecast_on", "ended_at"))
EVENT_ROWS.append((("PMO-06",), list_risen_risks))
EVENT_ROWS.append((ANSWERING, list_escalated_days))
FADINGS.extend(
    (
        Fading(("MOA-02", "PO-05"), list_passed_budgets),
        Fading(("MOA-07", "PO-08"), list_untreated_red_risks, days=15, gone=30),
        Fading(("PMO-06",), list_untreated_risks, days=10, gone=30),
        Fading(("PMO-06",), list_silent_risks),
        Fading(("MOA-07", "PO-08"), list_ending_acceptances),
        Fading(("MOA-08", "PO-09"), list_ending_waivers),
        Fading(("PMO-14",), list_unconfirmed_dependencies),
    )
)
end_silence((Act.RAISE_RISK, Act.REVIEW_RISKS, Act.ASSESS_RISK), "AMOA-13", "MOE-05", "BM-06")
fulfil_by(Act.KEEP_STANDARDS, "PMO-01", "PSO-02", workspace=Workspace.STANDARDS)
fulfil_by(Act.PLAN_SCHEDULE, "PMO-03", "PSO-04", workspace=Workspace.STEERING)
fulfil_by(Act.CONFIRM_DEPENDENCIES, "PMO-14", workspace=Workspace.STEERING)
fulfil_by(Act.PLAN_MEANS, "PMO-03", "PSO-04", workspace=Workspace.STEERING)
fulfil_by(Act.PUBLISH_WEATHER, "PMO-04", workspace=Workspace.STEERING)
fulfil_by(Act.ARCHIVE_REVIEW, "PMO-04", "PFPMO-01", "PFSO-01")
fulfil_by_proposal(REVIEW_CONCLUSION, "PFPMO-02", "PFSO-02")
fulfil_afterwards("PFPMO-02", "PFSO-02", "PFMOA-04", "PFO-04")
fulfil_by_proposal(DecisionKind.GATE, "PGDIR-03", "PGM-03")
decide_by(REVIEW_CONCLUSION, "PFMOA-04", "PFO-04")
decide_by(DecisionKind.GATE, "PGMOA-04", "PGO-04")
fulfil_by(Act.REVIEW_RISKS, "PMO-05", "PSO-04", workspace=Workspace.RISKS)
fulfil_by(Act.TREAT_RISK, "PMO-06", workspace=Workspace.RISKS)
fulfil_by(Act.CHECK_CONFORMITY, "PMO-07", workspace=Workspace.STANDARDS)
fulfil_by(Act.FREEZE_CRITERIA, "PMO-10", workspace=Workspace.STEERING)
fulfil_by(Act.NOTE_LESSON, "PMO-15", workspace=Workspace.STEERING)
fulfil_by(Act.RAISE_RISK, "AMOA-13", "MOE-05", workspace=Workspace.RISKS)
# Responsibilities of a portfolio and of a programme, in both methods.
fulfil_by(Act.ARCHIVE_REVIEW, "PFPMO-01", "PFSO-01")
fulfil_by(Act.KEEP_STANDARDS, "PFPMO-04", "PFSO-04", workspace=Workspace.STANDARDS)
fulfil_by(Act.NOTE_LESSON, "PFPMO-07", "PFSO-07", workspace=Workspace.STEERING)
fulfil_by(Act.PLAN_SCHEDULE, "PGDIR-02", "PGM-02", workspace=Workspace.STEERING)
fulfil_by(Act.PUBLISH_WEATHER, "PGPMO-01", "PGST-01", workspace=Workspace.STEERING)
fulfil_by(Act.REVIEW_RISKS, "PGPMO-02", "PGST-02", workspace=Workspace.RISKS)
fulfil_by(Act.ANSWER_ESCALATION, *ANSWERING, workspace=Workspace.RISKS)
OWN_TASKS.update(ANSWERING)

simulation.concern(
    Subject.RISKS,
    "pmo.raise_risk",
    "pmo.edit_risk",
    "pmo.assess_risk",
    "pmo.treat_risk",
    "pmo.review_risks",
    "pmo.materialise_risk",
    "pmo.raise_issue",
    "pmo.settle_issue",
    "pmo.set_risk_scale",
    "pmo.escalate_risk",
    "pmo.examine_escalation",
    "pmo.answer_escalation",
)
simulation.concern(
    Subject.CONFORMITY,
    "pmo.check_conformity",
    "pmo.close_waiver",
    "pmo.revoke_waiver",
)
simulation.concern(Subject.PROJECT, "pmo.remind")
simulation.concern(
    Subject.STEERING,
    "pmo.keep_standards",
    "pmo.archive_review",
    "pmo.follow_indicators",
    "pmo.publish_weather",
    "pmo.plan_schedule",
    "pmo.confirm_dependencies",
    "pmo.plan_means",
    "pmo.propose_criterion",
    "pmo.propose_benefit",
    "pmo.freeze_criteria",
    "pmo.measure_criterion",
    "pmo.note_lesson",
)
simulation.SUPPOSED["pmo.edit_risk"] = lambda project, role: Risk(project=project, raised_by_role=role)
simulation.SUPPOSED["pmo.treat_risk"] = lambda project, role: Risk(project=project, owner_role=role)


def find_risks(project: Project, codes: list[str]) -> dict[str, Risk]:
    """Return the risks of `project` with these codes, by code."""
    return {risk.code: risk for risk in project.risks.filter(code__in=codes).only("code", "title")}


def find_rated_risks(project: Project, references: list[str]) -> dict[str, Ground]:
    """Return the risks with these codes, in their present rating."""
    rows: Any = project.risks.filter(code__in=references).annotate(rated=Count("ratings"))
    return {row.code: Ground(f"risk:{row.pk}", row.code, risk_term(row, row.rated)) for row in rows}


GROUNDS.append(
    GroundRows(
        "risk",
        _("Risk"),
        RISK_CODE,
        find_rated_risks,
        """EXISTS (SELECT FROM public.pmo_risk r
                   WHERE r.id = {id} AND r.project_id = {project} AND split_part({version}, ':', 1) = r.code
                     AND split_part({version}, ':', 3) = (
                       SELECT count(*)::text FROM public.pmo_riskrating t WHERE t.risk_id = r.id))""",
        lambda number: reverse("pmo:risks:risk", args=[number]),
    )
)

if business_side.IS_INSTALLED:
    from amoa.requirements import links
    from pmo.standards.conformity import business_checks  # noqa: F401  (adds its checks)

    links.LOOKUPS.append(links.CodeLookup(RISK_CODE, find_risks))

MEASURED_LATER = "what is measured after the end is still to come"
PERMISSIONS_AFTER["pmo.measure_criterion"] = MEASURED_LATER
TABLES_AFTER["pmo_criterionmeasure"] = (MEASURED_LATER, "")
TABLES_AFTER["pmo_snapshot"] = ("the figures of each night", "")
