"""Calendar of a project: one month as a page, and a feed for calendar clients.

A calendar client cannot sign in. Its address carries a token that only the server can make, over the person, the
project and the hash of their password. The token opens nothing else. It ends with the account, the seat or a new
password.
"""

import calendar as months
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import override
from django.views.decorators.http import require_GET

from amoa.change_plan.calendar import Entry, list_entries
from core.access import reader
from core.acts import cached_reads
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404
from projects.workspaces import ensure_on
from roles.models import User

FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Day:
    """A day of the month view; days of adjacent months complete its weeks."""

    day: date
    in_month: bool
    entries: list[Entry]


@require_GET
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Show the month of the query string, the current one by default."""
    project = get_project_or_404(request, code)
    month = _parse_month(request.GET.get("month", ""))
    weeks = months.Calendar().monthdatescalendar(month.year, month.month)
    first, last = weeks[0][0], weeks[-1][-1]
    entries_by_day = defaultdict(list)
    for entry in list_entries(project, request.user, first, last):
        entries_by_day[entry.day].append(entry)
    context = {
        "project": project,
        "month": month,
        "before": _shift_month(month, -1),
        "after": _shift_month(month, 1),
        "today": timezone.localdate(),
        "heads": weeks[0],
        "days": [Day(day, day.month == month.month, entries_by_day[day]) for week in weeks for day in week],
        "total": sum(len(on) for day, on in entries_by_day.items() if day.month == month.month),
        "feed": request.build_absolute_uri(build_feed_url(reader(request), project)),
    }
    return render(request, "amoa/change_plan/calendar.html", context)


@login_not_required
@require_GET
def calendar_feed(request: HttpRequest, person: UUID, project_id: int, token: str) -> HttpResponse:
    """Return the feed of one person on one project. Raises Http404 on any mismatch."""
    user = User.objects.filter(key=person, is_active=True).first()
    if user is None or not constant_time_compare(token, build_feed_token(user, project_id)):
        raise Http404
    project = get_object_or_404(Project.objects.visible_to(user), pk=project_id)
    ensure_on(__name__, project)
    from amoa.change_plan.calendar_feeds import render_feed

    with override(user.language or project.language), cached_reads():
        content = render_feed(project, user)
    return HttpResponse(content, "text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"})


def build_feed_token(user: User, project_id: int) -> str:
    """Return the secret token of a feed; it changes with the password of `user`."""
    message = f"{user.key}:{project_id}:{user.password}"
    return salted_hmac("ouvrage.calendar", message, algorithm="sha256").hexdigest()


def build_feed_url(user: User, project: Project) -> str:
    """Return the address of the feed of `user` on `project`."""
    return reverse("amoa:change_plan:calendar_feed", args=[user.key, project.pk, build_feed_token(user, project.pk)])


def _parse_month(text: str) -> date:
    """Return the first day of the month asked for, or of the current month."""
    match = re.fullmatch("([0-9]{4})-(0[1-9]|1[0-2])", text)
    if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return date(int(match[1]), int(match[2]), 1)
    return timezone.localdate().replace(day=1)


def _shift_month(month: date, by: int) -> date | None:
    """Return the month shifted by `by`; None outside the years of the calendar."""
    place = month.year * 12 + month.month - 1 + by
    year, number = divmod(place, 12)
    return date(year, number + 1, 1) if FIRST_YEAR <= year <= LAST_YEAR else None
