"""How a feed names requirements, tests, defects and the change plan, and links to their pages."""

from django.utils.translation import ngettext

from amoa.acceptance.enums import Result
from core.sql.references import plain_reference
from governance.event_subjects import to_project, to_row
from governance.life.actions.sources import SOURCES
from governance.workspace_registry import EVENT_SUBJECTS, EventSubject

REQUIREMENT, TEST = to_row("amoa:requirements:requirement"), to_row("amoa:acceptance:acceptance_test")
CAMPAIGN, DEFECT = to_row("amoa:acceptance:campaign"), to_row("amoa:acceptance:defect")
PLAN, ADOPTION = to_project("amoa:change_plan:change_plan"), to_project("amoa:change_plan:change_adoption")


def count_requirements(count: str) -> str:
    """Return the number of requirements that an import wrote."""
    return ngettext("%(n)s requirement", "%(n)s requirements", int(count)) % {"n": count} if count.isdecimal() else ""


SOURCES["amoa.defect"] = "project"
EVENT_SUBJECTS |= {
    "amoa.requirement": EventSubject(code="code", title="title", link=REQUIREMENT),
    "amoa.requirementbaseline": EventSubject(link=to_project("amoa:requirements:baseline_list")),
    # The import itself is read by its author alone.
    "amoa.importjob": EventSubject(link=to_project("amoa:requirements:requirement_list"), detail=count_requirements),
    "amoa.question": EventSubject(
        code="requirement__code", title="requirement__title", target="requirement", link=REQUIREMENT
    ),
    "amoa.estimate": EventSubject(
        code="requirement__code", title="requirement__title", target="requirement", link=REQUIREMENT
    ),
    "amoa.acceptancetest": EventSubject(code="code", title="title", link=TEST),
    "amoa.testrun": EventSubject(
        code="test__code",
        title="test__title",
        target="test",
        link=TEST,
        detail=lambda result: Result(result).label if result in Result.values else "",
    ),
    "amoa.acceptancecampaign": EventSubject(title="title", link=CAMPAIGN),
    "amoa.deliverable": EventSubject(code="code", title="name", link=to_project("amoa:acceptance:acceptance")),
    "amoa.defect": EventSubject(code=plain_reference("DEF-"), title="title", link=DEFECT),
    "projects.recipientgroup": EventSubject(title="name", link=to_row("amoa:recipients:recipient")),
    "amoa.changeimpact": EventSubject(title="group__name", link=PLAN),
    "amoa.communicationaction": EventSubject(title="title", link=to_project("amoa:change_plan:change_communications")),
    "amoa.trainingsession": EventSubject(title="title", link=to_project("amoa:change_plan:change_trainings")),
    "amoa.feedbackitem": EventSubject(title="text", link=to_project("amoa:change_plan:change_feedback")),
    "amoa.adoptionindicator": EventSubject(title="name", link=ADOPTION),
    "amoa.adoptionreading": EventSubject(title="indicator__name", link=ADOPTION),
    "amoa.changeplan": EventSubject(link=PLAN),
}
