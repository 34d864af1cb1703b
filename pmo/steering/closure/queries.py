"""Texts of the steering rows that are open at the closing of a project, by primary key."""

from django.utils.translation import gettext_lazy as _

from core.record.erasure import display_text
from governance.decide.kinds import groups
from governance.life.closure.registry import OpenRows, OpenText
from pmo.registers.risks.models import Risk, RiskAction
from pmo.registers.success_criteria.models import SuccessCriterion
from pmo.standards.conformity.models import ConformityCheck, Waiver
from pmo.steering.closure.guards import ACCEPTED_RISKS, ACTIONS, CHECKS, UNMEASURED, WAIVERS
from projects.enums import Workspace


def describe_actions(keys: list[int]) -> dict[int, OpenText]:
    """Return the code of the risk and the text of each action."""
    rows = RiskAction.objects.filter(pk__in=keys).select_related("risk")
    return {row.pk: OpenText(f"{row.risk.code} · {display_text(row.text)}", row.role) for row in rows}


def describe_checks(keys: list[int]) -> dict[int, OpenText]:
    """Return the code of the standard and the action of each check."""
    rows = ConformityCheck.objects.filter(pk__in=keys).select_related("checkpoint__version__standard")
    return {
        row.pk: OpenText(f"{row.checkpoint.version.standard.code} · {display_text(row.action)}", row.action_role)
        for row in rows
    }


def describe_waivers(keys: list[int]) -> dict[int, OpenText]:
    """Return the reference and the standard of each waiver."""
    rows = Waiver.objects.filter(pk__in=keys).select_related("project", "version__standard")
    return {row.pk: OpenText(f"{row.reference} · {row.title}") for row in rows}


def describe_risks(keys: list[int]) -> dict[int, OpenText]:
    """Return the code and the title of each risk."""
    return {
        row.pk: OpenText(f"{row.code} · {display_text(row.title)}", row.owner_role)
        for row in Risk.objects.filter(pk__in=keys)
    }


def describe_criteria(keys: list[int]) -> dict[int, OpenText]:
    """Return the text of each success criterion."""
    return {row.pk: OpenText(row.text, row.proposed_by_role) for row in SuccessCriterion.objects.filter(pk__in=keys)}


OPEN_ROWS = (
    OpenRows("action", groups.RISKS, _("Action on a risk"), ACTIONS, describe_actions, Workspace.RISKS),
    OpenRows("check", groups.RISKS, _("Action after a check"), CHECKS, describe_checks, Workspace.STANDARDS),
    OpenRows("waiver", groups.WAIVERS, _("Waiver in force"), WAIVERS, describe_waivers, Workspace.STANDARDS),
    OpenRows("risk", groups.RISKS, _("Accepted risk"), ACCEPTED_RISKS, describe_risks, Workspace.RISKS),
    OpenRows(
        "criterion",
        groups.UNMEASURED,
        _("Success criterion not measured"),
        UNMEASURED,
        describe_criteria,
        Workspace.STEERING,
    ),
)
