"""What the business side adds: its navigation, the questions that wait, what the verification reads of it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from governance import workspaces
from governance.decisions.models import Decision
from governance.proofs import registry
from governance.responsibilities import permissions
from governance.responsibilities.permissions import Subject
from governance.workspaces import Announcements, Entry, WaitingList
from projects.acceptance.models import AcceptanceCampaign, AcceptanceTest, Defect, Deliverable
from projects.change_plan.models import (
    AdoptionIndicator,
    ChangeImpact,
    ChangePlan,
    CommunicationAction,
    FeedbackItem,
    TrainingSession,
)
from projects.recipients.models import RecipientGroup
from projects.requirements.models import (
    BaselineInForce,
    Estimate,
    Question,
    Requirement,
    RequirementBaseline,
    RequirementVersion,
    hash_of,
)
from roles.sealing import content_hash

workspaces.OF_PROJECT += [
    Entry(70, _("Recipients"), "contact", "governance:recipient_list", ("governance:recipient*",)),
    Entry(
        80,
        _("Requirements"),
        "table-properties",
        "governance:requirement_list",
        (
            "governance:requirement*",
            "governance:import_*",
            "governance:baseline*",
            "governance:traceability*",
            "governance:trace_path",
            "governance:liaison",
            "governance:question_*",
            "governance:estimate_*",
        ),
    ),
    Entry(
        90,
        pgettext_lazy("navigation", "Acceptance"),
        "clipboard-check",
        "governance:acceptance",
        ("governance:acceptance_*", "governance:campaign*", "governance:defect*", "governance:deliverable_*"),
    ),
    Entry(
        105,
        _("Change plan"),
        "megaphone",
        "governance:change_plan",
        ("governance:change_*", "governance:calendar", "governance:feedback_*"),
    ),
]


def count_questions(n: int) -> str:
    """Say how many questions wait."""
    return ngettext("%(n)s question waits for your answer.", "%(n)s questions wait for your answer.", n) % {"n": n}


workspaces.WAITING.append(
    WaitingList(
        name="questions",
        heading=_("Questions to answer"),
        seat=workspaces.ADVISING,
        rows=Question.objects.awaiting,
        shown=lambda rows: rows.select_related("project", "requirement", "asked_by").order_by("asked_at"),
        row="governance/_question_row.html",
        summary=count_questions,
    )
)


def find_messages(decision: Decision) -> QuerySet[CommunicationAction]:
    """Return the messages of the change plan that announce `decision`."""
    about = decision.project.communications.filter(after=decision.proposal.number)
    return about.select_related("group").order_by("pk")


workspaces.ANNOUNCEMENTS.append(
    Announcements(_("Messages that announce it"), find_messages, "governance/_announcing_message.html")
)


def estimate_pairs(estimate: Any, actor: int, facts: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Pair what an estimate and its event say."""
    return {
        "given_by": (estimate.given_by_id, actor),
        "version": (str(estimate.version), facts.get("version")),
        "requirement": (str(estimate.requirement_id), facts.get("requirement")),
    }


def baseline_hash(baseline: RequirementBaseline) -> str:
    """Return the fingerprint of the versions that a baseline holds."""
    return hash_of(baseline.number, list(baseline.versions.values_list("content__code", "number", "hash")))


def plan_hash(plan: ChangePlan) -> str:
    """Return the fingerprint of a frozen change plan."""
    return content_hash({"number": str(plan.number), "content": plan.content})


registry.add_sealed(Estimate, "project", estimate_pairs)
registry.add_frozen(RequirementVersion, lambda version: version.seal(), fact="")
registry.add_frozen(RequirementBaseline, baseline_hash)
registry.add_frozen(AcceptanceCampaign, lambda campaign: content_hash(campaign.report))
registry.add_frozen(ChangePlan, plan_hash)
registry.add_changing(
    BaselineInForce,
    Requirement,
    Question,
    RecipientGroup,
    Deliverable,
    AcceptanceTest,
    AcceptanceCampaign,
    Defect,
    ChangeImpact,
    CommunicationAction,
    TrainingSession,
    FeedbackItem,
    AdoptionIndicator,
)

permissions.concern(
    Subject.REQUIREMENTS,
    "governance.describe_group",
    "governance.write_requirements",
    "governance.import_requirements",
    "governance.freeze_baseline",
    "governance.implement",
    "governance.ask",
    "governance.answer",
    "governance.estimate",
)
permissions.concern(
    Subject.ACCEPTANCE,
    "governance.plan_acceptance",
    "governance.run_test",
    "governance.report_defect",
    "governance.correct_defect",
    "governance.close_defect",
    "governance.close_campaign",
)
permissions.concern(
    Subject.CHANGE,
    "governance.plan_change",
    "governance.freeze_plan",
    "governance.give_feedback",
    "governance.answer_feedback",
)
permissions.SUPPOSED["governance.answer"] = lambda project, role: Question(project=project, asked_of=role)
