"""Nightly task: announce waivers that expire soon or have expired. Idempotent."""

from datetime import timedelta

from celery import shared_task

from pmo.authorities import KEEPER_OF_STANDARDS
from pmo.standards.conformity.models import Waiver
from pmo.standards.waivers.queries import WARNING, list_ending
from projects.enums import AT_REST, Workspace
from projects.models import Project
from projects.notices.enums import Reason
from projects.notices.services import notify_once
from projects.organisation_settings.queries import today
from projects.seats.mandates.holders import owners
from projects.workspaces import on_projects_using


@shared_task(name="pmo.announce_waivers")
def announce_waivers() -> int:
    """Notify owners and conformity checkers of waivers within 30 days of expiry; return the number of notices.

    Each person gets one notice per step, in their language. Waivers ended early are left out: the act that ended them
    sent notices. Nobody is reminded of a project at rest.
    """
    day = today()
    over = Waiver.objects.not_ended(day).filter(
        on_projects_using(Workspace.STANDARDS), ends_on__lt=day, ends_on__gte=day - timedelta(days=WARNING)
    )
    steps = (
        (Reason.WAIVER_ENDING, list_ending(Project.objects.having(Workspace.STANDARDS), day, WARNING)),
        (Reason.WAIVER_EXPIRED, over),
    )
    running = [(reason, waivers.exclude(project__state__in=AT_REST)) for reason, waivers in steps]
    return sum([_announce(reason, waiver) for reason, waivers in running for waiver in waivers.with_record()])


def _announce(reason: Reason, waiver: Waiver) -> int:
    people = [seat.person for seat in (*owners(waiver.project), *KEEPER_OF_STANDARDS.holders(waiver.project))]
    return notify_once(reason=reason, about=waiver, people=people)
