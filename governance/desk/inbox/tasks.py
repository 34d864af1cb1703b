"""Nightly tasks: remind people of their tasks, and delete past snoozes. Idempotent."""

from celery import shared_task
from django.utils import translation

from core.acts import cached_reads
from governance.decide.obligations.working_days import read_calendar
from governance.desk.inbox.models import Snooze
from governance.desk.inbox.reminders import find_digest, list_reminded_people
from projects.notices.enums import Reason
from projects.notices.services import notify_once
from projects.organisation_settings.queries import organisation, today


@shared_task(name="governance.delete_past_snoozes")
def delete_past_snoozes() -> int:
    """Delete the snoozes whose day has come; return their number."""
    return Snooze.objects.past(today()).delete()[0]


@shared_task(name="governance.remind_of_tasks")
def remind_of_tasks() -> int:
    """Notify people of tasks due in seven working days or in one, or late; return the number of notices.

    Each person gets one notice a day, and one mail. A day without a run has no reminders.
    """
    day, calendar, count = today(), read_calendar(), 0
    for person in list_reminded_people():
        with cached_reads(), translation.override(person.language or organisation().language):
            digest = find_digest(person, day, calendar)
            if digest:
                count += notify_once(reason=Reason.TASKS_DUE, about=digest, people=[person])
    return count
