"""Page of administrators on what was changed of accounts, organisations, settings and role templates."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.access import ensure
from core.pages.pagination import page_before
from projects.people.administrators.log import ACTS, list_events, read_entries

SIZE = 50


@require_GET
def administration_log(request: HttpRequest) -> HttpResponse:
    """List the acts, the newest first, by person and act."""
    ensure(request.user, "projects.edit_settings")
    words, act = request.GET.get("q", "").replace("\x00", " ")[:100], request.GET.get("act", "")
    page = page_before(request, list_events(words, act), "seq", SIZE)
    context = {"entries": read_entries(page.rows), "next_key": page.next_key, "words": words, "act": act, "acts": ACTS}
    return render(request, "projects/people/administrators/administration_log.html", context)
