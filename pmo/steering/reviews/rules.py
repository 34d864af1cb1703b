"""Permissions of monthly reviews."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import TakingPart
from roles.enums import DecisionKind, Nature

PERMISSIONS = (
    Permission(
        "pmo.archive_review",
        _("archive a monthly review"),
        "R2",
        _("The role that consolidates schedule and budget also consolidates the figures of the projects."),
        TakingPart(
            _("a holder of a role that produces the schedule and the budget"), DecisionKind.SCHEDULE, Nature.PRODUCE
        ),
    ),
)
