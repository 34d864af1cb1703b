"""The days of standards, checks and waivers: those of Paris, whatever the reader's time zone, as in the database."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.timezone import localdate

from core import acts as acting

ZONE = ZoneInfo("Europe/Paris")


def day_of(moment: datetime) -> date:
    """The day of an instant."""
    return localdate(moment, ZONE)


def today() -> date:
    """The day of the act under way; outside any, the day it is now."""
    return day_of(acting.act_time())
