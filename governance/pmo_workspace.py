"""What the project management office adds: its navigation, and what the verification reads of it."""

import re

from django.utils.translation import gettext_lazy as _

from governance import business_side, workspaces
from governance.proofs import registry
from governance.responsibilities import permissions
from governance.responsibilities.permissions import Subject
from governance.workspaces import Entry
from projects.project.models import Project
from projects.risks.models import Risk
from projects.success.models import SuccessCriteriaSet
from roles.sealing import content_hash

workspaces.EVERYWHERE.append(Entry(30, _("Lessons learned"), "lightbulb", "governance:lesson_list"))
workspaces.OF_PROJECT += [
    Entry(20, _("Gates"), "milestone", "governance:gates"),
    Entry(
        30,
        _("Dashboard"),
        "chart-column",
        "governance:dashboard",
        ("governance:dashboard_*", "governance:review*"),
    ),
    Entry(100, _("Risks"), "shield-alert", "governance:risk_list", ("governance:risk*", "governance:issue*")),
    Entry(
        110,
        _("Steering"),
        "cloud-sun",
        "governance:weather",
        (
            "governance:weather_*",
            "governance:steering_*",
            "governance:schedule",
            "governance:milestone_*",
            "governance:dependency_*",
            "governance:means",
            "governance:budget_*",
            "governance:success",
            "governance:criteri*",
            "governance:benefit_*",
            "governance:lessons",
            "governance:lesson_new",
            "governance:lesson_edit",
        ),
    ),
    Entry(
        120,
        _("Conformity"),
        "shield-check",
        "governance:conformity",
        ("governance:conformity_*", "governance:waiver", "governance:waiver_*"),
    ),
    Entry(
        140,
        _("Standards"),
        "library",
        "governance:standard_list",
        ("governance:standard*", "governance:library_*"),
    ),
]


def criteria_hash(frozen: SuccessCriteriaSet) -> str:
    """Return the fingerprint of a frozen set of success criteria."""
    return content_hash({"number": str(frozen.number), "content": frozen.content})


registry.add_frozen(SuccessCriteriaSet, criteria_hash)

permissions.concern(
    Subject.RISKS,
    "governance.raise_risk",
    "governance.edit_risk",
    "governance.assess_risk",
    "governance.treat_risk",
    "governance.review_risks",
    "governance.materialise_risk",
    "governance.raise_issue",
    "governance.settle_issue",
    "governance.set_risk_scale",
)
permissions.concern(
    Subject.CONFORMITY,
    "governance.check_conformity",
    "governance.close_waiver",
    "governance.revoke_waiver",
)
permissions.concern(
    Subject.STEERING,
    "governance.keep_standards",
    "governance.archive_review",
    "governance.follow_indicators",
    "governance.publish_weather",
    "governance.plan_schedule",
    "governance.plan_means",
    "governance.propose_criterion",
    "governance.propose_benefit",
    "governance.freeze_criteria",
    "governance.measure_criterion",
    "governance.note_lesson",
)
permissions.SUPPOSED["governance.edit_risk"] = lambda project, role: Risk(project=project, raised_by_role=role)
permissions.SUPPOSED["governance.treat_risk"] = lambda project, role: Risk(project=project, owner_role=role)


def find_risks(project: Project, codes: list[str]) -> dict[str, Risk]:
    """Return the risks of `project` by those of these codes that they have."""
    return {risk.code: risk for risk in project.risks.filter(code__in=codes).only("code", "title")}


if business_side.IS_INSTALLED:
    from governance.conformity import business_checks  # noqa: F401  (adds its checks)
    from governance.requirements import links

    links.CODES.append(links.Codes(re.compile(r"[A-Z]{1,4}R-\d{1,3}"), find_risks))
