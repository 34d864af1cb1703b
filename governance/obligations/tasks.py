"""Nightly task: remind the holders of a role of obligations that are due soon or late. Idempotent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from celery import shared_task
from django.urls import reverse

from core.acts import act_time
from governance.obligations.enums import Standing
from governance.obligations.facts import with_facts
from governance.obligations.queries import Obligation, derive_obligations
from projects.enums import ProjectState
from projects.mandates.holders import holders
from projects.models import Project
from projects.notices.models import Reason
from projects.notices.services import notify_once
from projects.organisation_settings.queries import day_of

#: An obligation is announced within so many days before its due date, and told late within as many after it.
WINDOW = timedelta(days=7)
#: Longest title of a notice: the column holds the reference too.
LONGEST = 200
#: Number of projects per batch.
AT_ONCE = 100


@dataclass(frozen=True)
class Reminder:
    """An obligation as the subject of a notice, in the language of its reader."""

    obligation: Obligation

    @property
    def reference(self) -> str:
        """Return project and role."""
        return f"{self.obligation.project.code} · {self.obligation.role}"

    @property
    def title(self) -> str:
        """Return the responsibility and its occasion."""
        return f"{self.obligation} ({self.obligation.occasion_label})"[:LONGEST]

    def get_absolute_url(self) -> str:
        """Return the address of the obligations of the role; the fragment names this one, and no other."""
        row = self.obligation
        address = reverse("governance:obligations:obligation_list", args=[row.project.code])
        return f"{address}?{urlencode({'role': row.role})}#{row.duty.code}-{row.key}"


@shared_task(name="governance.remind_of_obligations")
def remind_of_obligations() -> int:
    """Notify holders of obligations due within seven days, or late since at most seven; return the number of notices.

    Each person gets one notice per step and obligation. What is late for longer was told before.
    """
    now, count = act_time(), 0
    running = list(Project.objects.filter(state=ProjectState.ACTIVE).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(running), AT_ONCE):
        for project in with_facts(Project.objects.filter(pk__in=running[start : start + AT_ONCE]), now):
            count += sum(_remind(row, reason) for row, reason in _list_due(project, now))
    return count


def _list_due(project: Project, now: datetime) -> Iterator[tuple[Obligation, Reason]]:
    """Yield the open obligations to announce now, each with the step."""
    today = day_of(now)
    for row in derive_obligations(project, now):
        if row.is_open and row.due_on and today - WINDOW <= row.due_on <= today + WINDOW:
            yield row, Reason.OBLIGATION_LATE if row.standing == Standing.LATE else Reason.OBLIGATION_DUE


def _remind(row: Obligation, reason: Reason) -> int:
    people = [mandate.holder for mandate in holders(row.project, row.role)]
    return notify_once(reason=reason, about=Reminder(row), people=people) if people else 0
