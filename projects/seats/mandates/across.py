"""Roles across levels (R8): the provider of a project has no role on the programme or portfolio above it."""

from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext as _

from core.acts import act_time
from projects.enums import OVER
from projects.project.models import Project
from projects.seats.mandates.models import Mandate, MandateQuerySet
from roles.enums import Authority
from roles.models import RoleTemplate, User


def holds_across(project: Project, role: RoleTemplate, holder: User, period: DateTimeTZRange | None) -> bool:
    """Return whether the role would make `holder` the provider of a project with a role above it in `period`.

    The role of an owner needs no period.
    """
    held = list_opposed(project, delivers=role.delivers).filter(holder=holder)
    return (held.filter(period__overlap=period) if period else held.not_over(act_time())).exists()


def describe_across(holder: User) -> str:
    """Return the sentence that refuses `holder`, without the name of a project that the reader may not see."""
    return _(
        "%(person)s would be the provider of a project and have a role on the programme or portfolio above it. "
        "Appoint another person."
    ) % {"person": holder}


def is_opposed(project: Project, now: datetime) -> Q:
    """Return the condition that the holder of a mandate of a project has an opposed role above or below at `now`."""
    delivering, others = (
        list_opposed(project, delivers=delivers).active(now).values("holder") for delivers in (True, False)
    )
    provides = Q(authority=Authority.DELIVERS)
    return provides & Q(holder__in=delivering) | ~provides & Q(holder__in=others)


def list_opposed(project: Project, *, delivers: bool) -> MandateQuerySet:
    """Return the mandates above or below that oppose a role on a project; SQL twin: the trigger of mandates."""
    held = Mandate.objects.filter(taken_back=False).exclude(project__state__in=sorted(OVER))
    if not delivers:
        below = Q(project__parent=project.pk) | Q(project__parent__parent=project.pk)
        return held.filter(below, authority=Authority.DELIVERS)
    above = Q(project=project.parent_id) | Q(project__children=project.parent_id)
    return held.filter(above).exclude(authority=Authority.DELIVERS) if project.parent_id else held.none()
