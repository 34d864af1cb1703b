"""When an approval comes back to its owner: governance.life.second_look holds what they say then."""

from calendar import monthrange
from datetime import date

from django.utils import timezone

from core.acts import act_time

#: Most months after which an approval comes back.
MOST_MONTHS = 36


def find_second_look(months: int) -> date | None:
    """Return the day that many months after the act, at the latest the last of its month; None for 0."""
    if not months:
        return None
    day = timezone.localtime(act_time()).date()
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, monthrange(day.year + years, month + 1)[1]))
