"""Days of standards, checks and waivers: Europe/Paris for every reader, as in the database."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.timezone import localdate

from core.acts import act_time

ZONE = ZoneInfo("Europe/Paris")


def day_of(moment: datetime) -> date:
    """Return the day of an instant."""
    return localdate(moment, ZONE)


def today() -> date:
    """Return the day of the current act, or today outside of one."""
    return day_of(act_time())
