"""Days as instants."""

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """Return the first instant of a day, in the time zone of the reader."""
    return timezone.make_aware(datetime.combine(day, time()))
