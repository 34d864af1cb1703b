"""Page of administrators on the state of the system."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from config.system_state.queries import OK, check_database, read_state
from core.access import ensure


@never_cache
@require_GET
def system_state(request: HttpRequest) -> HttpResponse:
    """Show the state of every part; with `?database` also compare the database with the code."""
    ensure(request.user, "projects.edit_settings")
    lines = read_state()
    checks = check_database() if "database" in request.GET else []
    faults = sum(line.state != OK for line in [*lines, *checks])
    return render(
        request, "config/system_state/system_state.html", {"lines": lines, "checks": checks, "faults": faults}
    )
