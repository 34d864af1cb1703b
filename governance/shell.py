"""What every page of a signed-in reader shows around its content."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from governance.inbox.waiting import counts
from projects.mandates.seats import seats_of
from roles.access import can

CAP = 99


def shell(request: HttpRequest) -> dict[str, Any]:
    """`nav`: what waits, what is unread, the reader's projects, whether they configure; `theme`: the one they chose."""
    user = getattr(request, "user", None)
    theme = request.COOKIES.get("theme", "")
    if user is None or not user.is_authenticated:
        return {"theme": theme if theme in {"light", "dark"} else "", "nav": None}
    return {"theme": user.theme, "nav": SimpleLazyObject(lambda: _nav(user))}


def _nav(user: Any) -> dict[str, Any]:
    waiting, unread = counts(user, CAP + 1)
    return {
        "waiting": min(waiting, CAP),
        "waiting_capped": waiting > CAP,
        "unread": min(unread, CAP),
        "unread_capped": unread > CAP,
        "configures": can(user, "roles.configure"),
        "projects": sorted({seat.code: seat for seat in seats_of(user)}.values(), key=lambda seat: seat.code)[:20],
    }
