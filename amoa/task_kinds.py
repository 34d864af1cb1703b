"""Tasks of the business workspace: questions and feedback to answer, tests to run, defects to correct and to close."""

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from amoa.acceptance.enums import DefectState, Severity
from amoa.acceptance.models import AcceptanceCampaign, Defect, TestRun
from amoa.change_plan.models import FeedbackItem
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.requirements.question_models import Question
from core.sql.references import plain_reference
from governance.decide.obligations.facts import LocalDay
from governance.workspace_registry import ADVISING, TASKS, Mine, RowTasks, goes_on
from projects.enums import Workspace


def _list_campaigns_to_run(mine: Mine) -> QuerySet[AcceptanceCampaign]:
    """Filter the open campaigns that have begun and have tests without a result; see `list_tests_not_run`."""
    of_deliverable = Requirement.objects.filter(project=OuterRef("project"), deliverable=OuterRef("deliverable"))
    tests = AcceptanceTest.objects.filter(project=OuterRef("project"), retired=False)
    run = TestRun.objects.filter(campaign=OuterRef(OuterRef("pk")), test=OuterRef("pk"))
    left = tests.filter(~Exists(run))
    meant = left.filter(requirement__deliverable=OuterRef("deliverable"))
    begun = AcceptanceCampaign.objects.filter(goes_on(), closed_at=None, starts_on__lte=mine.day)
    return begun.filter(Exists(meant) | (Q(deliverable=None) | ~Exists(of_deliverable)) & Exists(left))


DEFECT: dict[str, Any] = {
    "code": plain_reference("DEF-"),
    "title": "title",
    "workspace": Workspace.REQUIREMENTS,
}

TASKS += [
    RowTasks(
        name="questions",
        heading=_("Questions to answer"),
        verb=_("Answer the question"),
        seat=ADVISING,
        rows=lambda mine: Question.objects.awaiting(mine.reader, mine.at).filter(goes_on(), mine.holds("asked_of")),
        code=Concat(F("requirement__code"), Value(" Q"), Cast("number", TextField()), output_field=TextField()),
        title="text",
        since="asked_at",
        role="asked_of",
        workspace=Workspace.REQUIREMENTS,
        link=lambda task: reverse("amoa:questions:question_answer", args=[task.row]),
    ),
    RowTasks(
        name="tests",
        heading=_("Tests to run"),
        verb=_("Run the tests"),
        rows=_list_campaigns_to_run,
        code=Concat(Value("C"), Cast("number", TextField()), output_field=TextField()),
        title="title",
        due="ends_on",
        permission="amoa.run_test",
        workspace=Workspace.REQUIREMENTS,
        link=lambda task: reverse("amoa:acceptance:campaign", args=[task.row]),
    ),
    RowTasks(
        name="defects",
        heading=_("Defects to correct"),
        verb=_("Correct the defect"),
        rows=lambda mine: Defect.objects.filter(goes_on(), state=DefectState.OPEN),
        presses=Case(When(severity=Severity.BLOCKING, then=LocalDay("reported_at"))),
        since="reported_at",
        permission="amoa.correct_defect",
        link=lambda task: reverse("amoa:acceptance:defect_correct", args=[task.row]),
        **DEFECT,
    ),
    RowTasks(
        name="corrections",
        heading=_("Corrections to check"),
        verb=_("Check the correction"),
        rows=lambda mine: Defect.objects.filter(goes_on(), state=DefectState.CORRECTED),
        since="corrected_at",
        permission="amoa.close_defect",
        link=lambda task: reverse("amoa:acceptance:defect", args=[task.row]),
        **DEFECT,
    ),
    RowTasks(
        name="feedback",
        heading=_("Feedback to answer"),
        verb=_("Answer the feedback"),
        rows=lambda mine: FeedbackItem.objects.filter(goes_on(), answer=""),
        code="group__name",
        title="text",
        since="given_at",
        permission="amoa.answer_feedback",
        workspace=Workspace.CHANGE,
        link=lambda task: reverse("amoa:change_plan:feedback_answer", args=[task.row]),
    ),
]
