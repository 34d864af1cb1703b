"""Rows of the business workspaces that are open, counted before their project switches a workspace off."""

from django.utils.translation import ngettext_lazy

from amoa.change_plan.enums import ActionState
from amoa.models import AcceptanceCampaign, CommunicationAction, Defect, FeedbackItem, Question
from governance.life.facts.registry import OpenCount
from projects.enums import Workspace

COUNTS = (
    OpenCount(
        Workspace.REQUIREMENTS,
        lambda project: Question.objects.open().filter(project=project).count(),
        ngettext_lazy("%(n)s question without an answer", "%(n)s questions without an answer", "n"),
    ),
    OpenCount(
        Workspace.REQUIREMENTS,
        lambda project: AcceptanceCampaign.objects.filter(project=project, closed_at=None).count(),
        ngettext_lazy("%(n)s open campaign", "%(n)s open campaigns", "n"),
    ),
    OpenCount(
        Workspace.REQUIREMENTS,
        lambda project: Defect.objects.unsettled().filter(project=project).count(),
        ngettext_lazy("%(n)s open defect", "%(n)s open defects", "n"),
    ),
    OpenCount(
        Workspace.CHANGE,
        lambda project: CommunicationAction.objects.filter(project=project, state=ActionState.PLANNED).count(),
        ngettext_lazy("%(n)s communication planned", "%(n)s communications planned", "n"),
    ),
    OpenCount(
        Workspace.CHANGE,
        lambda project: FeedbackItem.objects.filter(project=project, answer="").count(),
        ngettext_lazy("%(n)s piece of feedback without an answer", "%(n)s pieces of feedback without an answer", "n"),
    ),
)
