"""Context of the frame around every page of a signed-in reader."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.access import can
from core.pages.cookies import read_cookie
from governance import workspace_registry
from governance.desk.inbox.queries import count_waiting
from governance.desk.inbox.statements import CAP
from governance.workspace_registry import in_order
from projects.models import OrganisationSettings
from projects.organisation_settings.queries import organisation
from projects.people.sign_in_provider.queries import find_provider
from projects.seats.mandates.seats import seats_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return release, settings of the organisation, its identity provider, the navigation (`nav`) and the theme."""
    user = getattr(request, "user", None)
    theme = read_cookie(request, "theme")
    home = {
        "organisation": SimpleLazyObject(_organisation),
        "release": settings.VERSION,
        "find_provider": find_provider,
    }
    if user is None or not user.is_authenticated:
        return home | {"theme": theme if theme in {"light", "dark"} else "", "nav": None}
    return home | {"theme": user.theme, "nav": SimpleLazyObject(lambda: _nav(user))}


def _organisation() -> OrganisationSettings:
    """Return the settings, or the defaults: a page about a broken database has to be shown too."""
    try:
        return organisation()
    except DatabaseError:
        return OrganisationSettings()


def _nav(user: Any) -> dict[str, Any]:
    """Return the counters, the menu and the projects of the navigation."""
    waiting, unread = count_waiting(user, CAP + 1)
    seats = [seat for seat in seats_of(user) if not seat.archived]
    return {
        "waiting": min(waiting, CAP),
        "waiting_capped": waiting > CAP,
        "unread": min(unread, CAP),
        "unread_capped": unread > CAP,
        "everywhere": in_order(workspace_registry.EVERYWHERE),
        "administration": in_order(workspace_registry.ADMINISTRATION),
        "configures": can(user, "roles.configure"),
        "projects": sorted({seat.code: seat for seat in seats}.values(), key=lambda seat: seat.code)[:20],
    }
