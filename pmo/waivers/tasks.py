"""What time does to waivers, told to who must know: run every night, safe to run twice at once."""

from datetime import timedelta

from celery import shared_task

from pmo.authorities import KEEPER_OF_STANDARDS
from pmo.standards.days import today
from pmo.waivers.models import Waiver
from pmo.waivers.queries import WARNING, ending
from projects.models import Project
from projects.notices.models import Reason
from projects.notices.services import tell_by_time
from projects.rules import owners


@shared_task(name="pmo.announce_waivers")
def tell_of_waivers() -> int:
    """Tell owners and who checks conformity of waivers that end within 30 days, and of those that ran out within 30.

    Each is told once of each step, in their language; returns how many notices were written. A waiver that somebody
    ended is not told of: whoever ended it told already.
    """
    day = today()
    over = Waiver.objects.not_ended(day).filter(ends_on__lt=day, ends_on__gte=day - timedelta(days=WARNING))
    steps = ((Reason.WAIVER_ENDING, ending(Project.objects.all(), day, WARNING)), (Reason.WAIVER_EXPIRED, over))
    return sum([_tell(reason, waiver) for reason, found in steps for waiver in found.with_record()])


def _tell(reason: Reason, waiver: Waiver) -> int:
    people = [seat.person for seat in (*owners(waiver.project), *KEEPER_OF_STANDARDS.holders(waiver.project))]
    return tell_by_time(reason=reason, about=waiver, people=people)
