"""Rows of the steering workspaces that are open, counted before their project switches a workspace off."""

from django.utils.translation import ngettext_lazy

from governance.life.facts.registry import OpenCount
from pmo.models import ConformityCheck, Issue, Milestone, Risk, Waiver
from pmo.standards.conformity.enums import FAILED
from projects.enums import Workspace
from projects.organisation_settings.queries import today

COUNTS = (
    OpenCount(
        Workspace.RISKS,
        lambda project: Risk.objects.open().filter(project=project).count(),
        ngettext_lazy("%(n)s open risk", "%(n)s open risks", "n"),
    ),
    OpenCount(
        Workspace.RISKS,
        lambda project: Risk.objects.red_and_unaccepted(today()).filter(project=project).count(),
        ngettext_lazy("%(n)s of them red and not accepted", "%(n)s of them red and not accepted", "n"),
    ),
    OpenCount(
        Workspace.RISKS,
        lambda project: Issue.objects.unsettled().filter(project=project).count(),
        ngettext_lazy("%(n)s open issue", "%(n)s open issues", "n"),
    ),
    OpenCount(
        Workspace.STANDARDS,
        lambda project: ConformityCheck.objects.filter(project=project, result__in=FAILED).without_later().count(),
        ngettext_lazy("%(n)s checkpoint not met", "%(n)s checkpoints not met", "n"),
    ),
    OpenCount(
        Workspace.STANDARDS,
        lambda project: Waiver.objects.in_force(today()).filter(project=project).count(),
        ngettext_lazy("%(n)s waiver in force", "%(n)s waivers in force", "n"),
    ),
    OpenCount(
        Workspace.STEERING,
        lambda project: Milestone.objects.filter(project=project, actual_on=None).count(),
        ngettext_lazy("%(n)s milestone to come", "%(n)s milestones to come", "n"),
    ),
)
