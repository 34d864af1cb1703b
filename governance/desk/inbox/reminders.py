"""Reminders of tasks: seven working days and one before the last day, and once it is over, in one mail a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.acts import act_time, cached_reads
from core.record.erasure import display_text
from core.words.dates import short_day
from governance.decide.obligations.working_days import Calendar, read_calendar
from governance.desk.inbox.queries import load_details, read_tasks
from governance.desk.inbox.task import Task
from projects.models import Delegation, Mandate, Notification
from projects.notices.enums import Reason
from projects.notices.models import MAILS
from projects.organisation_settings.queries import day_of, organisation, sender
from roles.models import User

#: Working days after the last day of a task on which its person is reminded; negative ones are before it.
STEPS = (-7, -1, 1)
#: Most characters of a title in a notice.
LONGEST = 200


def list_steps(due: date, calendar: Calendar) -> list[date]:
    """List the days of the reminders of a task that is due on that day. Each is a working day."""
    return [calendar.add_working_days(due, step) for step in STEPS]


@dataclass(frozen=True)
class Digest:
    """The tasks to remind a person of on one day, late ones first, as the subject of their notice.

    `others` is how many more their list has.
    """

    tasks: list[Task]
    day: date
    others: int = 0

    @property
    def late(self) -> int:
        """Return how many are late."""
        return sum(task.is_late(self.day) for task in self.tasks)

    @property
    def reference(self) -> str:
        """Return the project and the code of the only task, or their number."""
        if len(self.tasks) > 1:
            return ngettext("%(n)s task", "%(n)s tasks", len(self.tasks)) % {"n": len(self.tasks)}
        [task] = self.tasks
        return ", ".join(filter(None, [task.project.code if task.project else "", display_text(task.code)]))

    @property
    def title(self) -> str:
        """Return the title of the only task, or the codes of the projects."""
        if len(self.tasks) == 1:
            return display_text(self.tasks[0].title)[:LONGEST]
        return ", ".join(dict.fromkeys(task.project.code for task in self.tasks if task.project))[:LONGEST]

    @property
    def subject(self) -> str:
        """Return the subject of the mail: act and date, project, reference, title."""
        if len(self.tasks) > 1:
            return _("%(tasks)s: %(projects)s") % {"tasks": self._describe_count(), "projects": self.title}
        [task] = self.tasks
        values = {
            "verb": task.kind.verb,
            "day": short_day(task.due) if task.due else "",
            "what": f"{self.reference} {self.title}",
        }
        if task.is_late(self.day):
            return _("%(verb)s, late since %(day)s: %(what)s") % values
        return _("%(verb)s by %(day)s: %(what)s") % values

    def _describe_count(self) -> str:
        count = ngettext("%(n)s task due", "%(n)s tasks due", len(self.tasks)) % {"n": len(self.tasks)}
        return f"{count}, {_('%(n)s late') % {'n': self.late}}" if self.late else count

    def get_absolute_url(self) -> str:
        """Return the address of the list; the fragment names the day, so that each day has one notice."""
        return f"{reverse('governance:inbox:inbox')}#due-{self.day}"


def find_digest(person: User, day: date, calendar: Calendar) -> Digest | None:
    """Return the tasks that a person is reminded of on that day, in the language in use; None without any.

    A snoozed task is left out if another person can do it. Those of projects at rest are left out.
    """
    listed = read_tasks(person).tasks
    tasks = [
        task
        for task in listed
        if task.kind.is_reminded and (task.kind.is_own or not task.is_snoozed(day)) and _has_step(task, day, calendar)
    ]
    load_details(tasks)
    running = [task for task in tasks if not (task.project and task.project.is_at_rest)]
    if not running:
        return None
    keys = {task.key for task in running}
    others = sum(task.key not in keys and not task.is_snoozed(day) for task in listed)
    return Digest(sorted(running, key=lambda task: (task.due or day, task.key)), day, others)


def _has_step(task: Task, day: date, calendar: Calendar) -> bool:
    return any(day in list_steps(due, calendar) for due in (task.due, *task.others) if due)


def list_reminded_people() -> Iterable[User]:
    """List the open accounts with a mandate or a delegation, now or later."""
    now = act_time()
    held = Mandate.objects.not_over(now).values("holder")
    lent = Delegation.objects.not_over(now).values("delegate")
    return User.objects.filter(Q(pk__in=held) | Q(pk__in=lent), is_active=True).order_by("pk")


def _build_from_notice(notice: Notification) -> EmailMessage | None:
    """Build the mail of a notice, of what is still to do; None once everything is done."""
    person, day = notice.recipient, day_of(notice.created_at)
    language = person.language or organisation().language
    with translation.override(language), timezone.override(person.time_zone), cached_reads():
        digest = find_digest(person, day, read_calendar())
        if digest is None:
            return None
        body = render_to_string(
            "governance/desk/inbox/reminder_mail.txt", {"digest": digest, "base": settings.BASE_URL}
        )
        return EmailMessage(
            subject=" ".join(digest.subject.splitlines()),
            body=body,
            from_email=sender(),
            to=[person.email],
            headers={"Message-ID": f"<notice-{notice.pk}@ouvrage.invalid>", "Auto-Submitted": "auto-generated"},
        )


MAILS[Reason.TASKS_DUE] = _build_from_notice
