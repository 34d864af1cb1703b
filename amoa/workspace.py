"""Announcements of the business workspace: navigation, waiting questions, messages, verification, permissions."""

import re

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from amoa import (  # noqa: F401  (announces the tasks and dates, and how a feed names rows)
    calendar_dates,
    event_subjects,
    measured_figures,
    open_counts,
    task_kinds,
)
from amoa.acceptance.fading import list_changed_must_haves
from amoa.acceptance.models import AcceptanceCampaign
from amoa.change_plan.dependents import MESSAGE_DEPENDENTS
from amoa.change_plan.models import CommunicationAction
from amoa.enums import Act
from amoa.requirements.models import RequirementVersion
from amoa.requirements.question_models import Estimate, Question
from governance import workspace_registry
from governance.decide.decisions.dependents import DEPENDENTS
from governance.decide.decisions.models import Decision
from governance.decide.grounds.registry import GROUNDS, Ground, GroundRows
from governance.decide.kinds.groups import ACCEPTANCE
from governance.decide.obligations.proofs import OWN_TASKS, arise_after, fulfil_by
from governance.decide.obligations.silences import FADINGS, Fading, end_silence
from governance.desk.permissions import simulation
from governance.desk.permissions.simulation import Subject
from governance.life.closure.registry import OpenRows, OpenText, announce
from governance.life.facts.registry import OPEN_COUNTS
from governance.life.second_look.registry import FIGURES
from governance.life.states.ended import TABLES_AFTER
from governance.record.verification import registry
from governance.workspace_registry import Announcements, Entry, Group
from projects import workspaces
from projects.enums import Workspace
from projects.models import Project
from projects.workspaces import on_projects_using

workspaces.announce(
    Workspace.REQUIREMENTS,
    "amoa.requirements",
    "amoa.imports",
    "amoa.questions",
    "amoa.specification",
    "amoa.traceability",
    "amoa.acceptance",
)
workspaces.announce(Workspace.CHANGE, "amoa.change_plan")

workspace_registry.OF_PROJECT += [
    Entry(
        70,
        _("Recipients"),
        "contact",
        "amoa:recipients:recipient_list",
        ("amoa:recipients",),
        Group.PREPARE,
        ("amoa.describe_group",),
    ),
    Entry(
        80,
        _("Requirements"),
        "table-properties",
        "amoa:requirements:requirement_list",
        ("amoa:imports", "amoa:questions", "amoa:requirements", "amoa:specification", "amoa:traceability"),
        Group.PREPARE,
        ("amoa.write_requirements", "amoa.implement"),
    ),
    Entry(
        90,
        pgettext_lazy("navigation", "Acceptance"),
        "clipboard-check",
        "amoa:acceptance:acceptance",
        ("amoa:acceptance",),
        Group.PREPARE,
        ("amoa.plan_acceptance", "amoa.run_test"),
    ),
    Entry(
        105,
        _("Change plan"),
        "megaphone",
        "amoa:change_plan:change_plan",
        ("amoa:change_plan",),
        Group.PREPARE,
        ("amoa.plan_change",),
    ),
]


def find_messages(decision: Decision) -> QuerySet[CommunicationAction]:
    """Return the messages of the change plan that announce `decision`."""
    about = decision.project.communications.filter(on_projects_using(Workspace.CHANGE), after=decision.proposal.number)
    return about.select_related("group").order_by("pk")


FIGURES.append(measured_figures.list_figures)
workspace_registry.ANNOUNCEMENTS.append(
    Announcements(_("Messages that announce it"), find_messages, "amoa/change_plan/_announcement.html")
)
DEPENDENTS.append(MESSAGE_DEPENDENTS)


def describe_campaigns(keys: list[int]) -> dict[int, OpenText]:
    """Return the number and the title of these campaigns."""
    return {row.pk: OpenText(f"{row.number} · {row.title}") for row in AcceptanceCampaign.objects.filter(pk__in=keys)}


OPEN_COUNTS.extend(open_counts.COUNTS)
announce(
    OpenRows(
        "campaign",
        ACCEPTANCE,
        _("Open acceptance campaign"),
        "SELECT id FROM public.amoa_acceptancecampaign WHERE project_id = {project} AND closed_at IS NULL",
        describe_campaigns,
        Workspace.REQUIREMENTS,
    )
)


def find_requirements(project: Project, references: list[str]) -> dict[str, Ground]:
    """Return the requirements with these codes, in the version that was frozen last."""
    frozen = RequirementVersion.objects.filter(project=project, requirement__code__in=references)
    newest = frozen.order_by("requirement", "-number").distinct("requirement").select_related("requirement")
    return {
        row.requirement.code: Ground(f"requirement:{row.requirement_id}", row.requirement.code, row.hash)
        for row in newest
    }


def find_campaigns(project: Project, references: list[str]) -> dict[str, Ground]:
    """Return the closed campaigns with these numbers, each with the hash of its report."""
    numbers = {int(text.split()[-1]): text for text in references}
    rows = project.campaigns.filter(number__in=numbers).exclude(closed_at=None)
    return {numbers[row.number]: Ground(f"campaign:{row.pk}", numbers[row.number], row.hash) for row in rows}


GROUNDS += [
    GroundRows(
        "requirement",
        _("Requirement"),
        re.compile(r".{1,30}"),
        find_requirements,
        """EXISTS (SELECT FROM public.amoa_requirementversion v
                   WHERE v.requirement_id = {id} AND v.project_id = {project} AND v.hash = {version}
                     AND NOT EXISTS (SELECT FROM public.amoa_requirementversion newer
                                     WHERE newer.requirement_id = {id} AND newer.number > v.number))""",
        lambda number: reverse("amoa:requirements:requirement", args=[number]),
    ),
    GroundRows(
        "campaign",
        _("Campaign"),
        re.compile(r"(campaign|campagne) [0-9]{1,6}", re.IGNORECASE),
        find_campaigns,
        """EXISTS (SELECT FROM public.amoa_acceptancecampaign c
                   WHERE c.id = {id} AND c.project_id = {project} AND c.closed_at IS NOT NULL
                     AND c.hash = {version})""",
        lambda number: reverse("amoa:acceptance:campaign", args=[number]),
    ),
]

registry.add_sealed(Estimate, "project")

OWN_TASKS.update(("AMOA-05", "AMOA-10", "MOE-08"))
arise_after(Act.ASK, "AMOA-05")
arise_after(Act.FREEZE_BASELINE, "AMOA-03")
arise_after(Act.REPORT_DEFECT, "AMOA-09", "MOE-08")
arise_after(Act.GIVE_FEEDBACK, "AMOA-10")
arise_after(Act.IMPLEMENT, "AMOA-14", "SP-02")
arise_after(Act.PLAN_ACCEPTANCE, "DEST-01", "UR-01", "BIG-01")
arise_after(Act.CLOSE_CAMPAIGN, "DEST-03")
end_silence((Act.IMPLEMENT,), "MOE-03", "SP-01", "PCT-01")
FADINGS.append(Fading(("AMOA-07", "PCT-02"), list_changed_must_haves, days=15, gone=30))
fulfil_by(Act.FREEZE_BASELINE, "AMOA-02", "AMOA-03", "BM-10", workspace=Workspace.REQUIREMENTS)
fulfil_by(Act.ANSWER, "AMOA-05", workspace=Workspace.REQUIREMENTS)
fulfil_by(Act.PLAN_ACCEPTANCE, "AMOA-08", "BM-08", workspace=Workspace.REQUIREMENTS)
fulfil_by(Act.CLOSE_CAMPAIGN, "AMOA-09", workspace=Workspace.REQUIREMENTS)
fulfil_by(Act.ANSWER_FEEDBACK, "AMOA-10", workspace=Workspace.CHANGE)
fulfil_by(Act.FREEZE_PLAN, "AMOA-11", workspace=Workspace.CHANGE)
fulfil_by(Act.PLAN_CHANGE, "AMOA-12", "PGAMO-03", "PGBM-03", workspace=Workspace.CHANGE)
fulfil_by(Act.ESTIMATE, "MOE-06", workspace=Workspace.REQUIREMENTS)
fulfil_by(Act.CORRECT_DEFECT, "MOE-08", workspace=Workspace.REQUIREMENTS)
fulfil_by(Act.RUN_TEST, "DEST-04", "UR-02", workspace=Workspace.REQUIREMENTS)
fulfil_by(Act.GIVE_FEEDBACK, "DEST-03", "DEST-07", workspace=Workspace.CHANGE)

simulation.concern(
    Subject.REQUIREMENTS,
    "amoa.describe_group",
    "amoa.write_requirements",
    "amoa.import_requirements",
    "amoa.freeze_baseline",
    "amoa.implement",
    "amoa.ask",
    "amoa.answer",
    "amoa.estimate",
)
simulation.concern(
    Subject.ACCEPTANCE,
    "amoa.plan_acceptance",
    "amoa.run_test",
    "amoa.report_defect",
    "amoa.correct_defect",
    "amoa.close_defect",
    "amoa.close_campaign",
)
simulation.concern(
    Subject.CHANGE,
    "amoa.plan_change",
    "amoa.freeze_plan",
    "amoa.give_feedback",
    "amoa.answer_feedback",
)
simulation.SUPPOSED["amoa.answer"] = lambda project, role: Question(project=project, asked_of=role)

TABLES_AFTER["amoa_importjob"] = ("a file that was being read is cleared", "TG_OP <> 'INSERT'")
