"""Permissions to write the change plan and to record and answer feedback."""

from django.utils.translation import gettext_lazy as _

from amoa.authorities import CHANGE_PLANNER
from core.access import Permission
from projects.seats.mandates.authorities import ROLE_HOLDER

CHANGE_IS_PREPARED = _("The role that proposes the communication writes the change plan. The owner approves it.")

PERMISSIONS = (
    Permission("amoa.plan_change", _("write the change plan"), "R2", CHANGE_IS_PREPARED, CHANGE_PLANNER),
    Permission("amoa.freeze_plan", _("freeze the change plan for the owner"), "R2", CHANGE_IS_PREPARED, CHANGE_PLANNER),
    Permission(
        "amoa.give_feedback",
        _("add feedback from recipients"),
        "R2",
        _("Role holders add the feedback of recipients."),
        ROLE_HOLDER,
    ),
    Permission(
        "amoa.answer_feedback", _("answer the feedback of recipients"), "R2", CHANGE_IS_PREPARED, CHANGE_PLANNER
    ),
)
