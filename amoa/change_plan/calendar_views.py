"""Calendar of a project: one month as a page, and a feed for calendar clients.

A calendar client cannot sign in. Its address carries a token that only the server can make, over the person, the
project and the hash of their password. The token opens nothing else. It ends with the account, the seat or a new
password.
"""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import override
from django.views.decorators.http import require_GET

from core.access import reader
from core.acts import cached_reads
from governance.desk.calendar.months import lay_out, list_weeks, read_month, shift_month
from governance.desk.calendar.queries import list_entries
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404
from projects.workspaces import ensure_on
from roles.models import User

#: Kinds of entries in the calendar of a project.
OF_A_PROJECT = frozenset({"communication", "training", "decision", "condition", "campaign"})


@require_GET
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Show the month of the query string, the current one by default."""
    project = get_project_or_404(request, code)
    month = read_month(request.GET.get("month", ""))
    weeks = list_weeks(month)
    span = (weeks[0][0], weeks[-1][-1])
    days = lay_out(month, list_entries(reader(request), span, {project.pk: project}, OF_A_PROJECT))
    context = {
        "project": project,
        "month": month,
        "before": shift_month(month, -1),
        "after": shift_month(month, 1),
        "today": timezone.localdate(),
        "heads": weeks[0],
        "days": days,
        "total": sum(len(one.entries) for one in days if one.in_month),
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
    from governance.desk.calendar.feeds import find_span, render_feed

    with override(user.language or project.language), cached_reads():
        entries = list_entries(user, find_span(), {project.pk: project}, OF_A_PROJECT)
        content = render_feed(f"{project.code} · {project.title}", entries)
    return HttpResponse(content, "text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"})


def build_feed_token(user: User, project_id: int) -> str:
    """Return the secret token of a feed; it changes with the password of `user`."""
    message = f"{user.key}:{project_id}:{user.password}"
    return salted_hmac("ouvrage.calendar", message, algorithm="sha256").hexdigest()


def build_feed_url(user: User, project: Project) -> str:
    """Return the address of the feed of `user` on `project`."""
    return reverse("amoa:change_plan:calendar_feed", args=[user.key, project.pk, build_feed_token(user, project.pk)])
