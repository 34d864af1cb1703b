"""The address by which a calendar client reads the calendar of a person without signing in, and its buttons."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from core.access import reader
from core.acts import cached_reads
from core.allauth_internals import ratelimit
from governance.desk.calendar import services
from governance.desk.calendar.models import CalendarFeed
from governance.desk.calendar.queries import list_entries, list_projects
from projects.organisation_settings.queries import organisation
from projects.seats.mandates.seats import seats_of

APP = "governance.calendar"
#: Requests of one address, and of strangers.
RATES = {"read": "60/h/key", "stranger": "30/m/ip"}


@require_POST
def feed_create(request: HttpRequest) -> HttpResponse:
    """Give the calendar of the reader an address, or another one."""
    services.create_feed(person=reader(request))
    messages.success(request, _("Your calendar has a new address."))
    return redirect("governance:calendar:my_calendar")


@require_POST
def feed_end(request: HttpRequest) -> HttpResponse:
    """Stop the address of the calendar of the reader."""
    services.end_feed(person=reader(request))
    messages.success(request, _("The address of your calendar has stopped."))
    return redirect("governance:calendar:my_calendar")


@login_not_required
@require_GET
def feed(request: HttpRequest, person: UUID, token: str) -> HttpResponse:
    """Return the calendar of a person. Raises Http404 on any mismatch."""
    known = CalendarFeed.objects.filter(person__key=person, person__is_active=True).select_related("person").first()
    if known is None or not services.is_token_of(known, token):
        if not ratelimit.consume(request, app=APP, action="stranger", config=RATES, limit_get=True):
            return HttpResponse(status=429)
        raise Http404
    if not ratelimit.consume(request, app=APP, action="read", config=RATES, key=str(known.pk), limit_get=True):
        return HttpResponse(status=429)
    from governance.desk.calendar.feeds import find_span, render_feed

    user = known.person
    with override(user.language or organisation().language), cached_reads():
        entries = list_entries(user, find_span(), list_projects(user))
        held = {seat.project_id for seat in seats_of(user)}
        content = render_feed(_("Ouvrage · my calendar"), entries, held)
    return HttpResponse(content, "text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"})
