"""Where and when a person signed in: noted in the session itself, which ends within hours."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from core.access import Account
from core.allauth_internals import get_client_ip
from core.pages.sessions.models import AccountSession
from core.pages.sessions.store import SIGN_IN

FIRST, LONGEST = "is_first", 300
#: Words of a user agent → browser and system; the first that is found counts, because each one also names earlier ones.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class SignIn:
    """A session of a person: when it began, from which device and address, and whether it is the reader's."""

    at: datetime | None
    device: str
    address: str
    is_current: bool


def note_sign_in(request: HttpRequest) -> None:
    """Note time, address and browser in the session that begins."""
    request.session[SIGN_IN] = {
        "at": timezone.now().isoformat(),
        "address": get_client_ip(request) or "",
        "agent": request.META.get("HTTP_USER_AGENT", "")[:LONGEST],
    }


def note_first_session(request: HttpRequest) -> None:
    """Note in the session that the link which lets a person choose their first password has opened it."""
    request.session[FIRST] = True


def is_first_session(request: HttpRequest) -> bool:
    """Return whether the link which lets a person choose their first password has opened the session."""
    return bool(request.session.get(FIRST))


def list_sign_ins(person: Account, current_key: str | None) -> list[SignIn]:
    """List the sessions in which the person is signed in, the reader's first, then the newest."""
    rows = AccountSession.objects.filter(account_id=person.pk, expire_date__gt=timezone.now())
    valid = person.get_session_auth_hash()
    found = []
    for row in rows:
        data = row.get_decoded()
        if constant_time_compare(data.get(HASH_SESSION_KEY, ""), valid):
            found.append(_read(data.get(SIGN_IN, {}), is_current=row.session_key == current_key))
    return sorted(found, key=lambda sign_in: (sign_in.is_current, sign_in.at or timezone.now()), reverse=True)


def end_sessions(person: Account) -> int:
    """Sign the person out of every browser; return the number of sessions that ended."""
    return AccountSession.objects.filter(account_id=person.pk).delete()[0]


def describe_device(agent: str) -> str:
    """Return browser and system of a user agent in words."""
    browser = next((name for word, name in BROWSERS.items() if word in agent), "")
    system = next((name for word, name in SYSTEMS.items() if word in agent), "")
    return ", ".join(filter(None, (browser, system))) or _("Unknown device")


def _read(note: dict[str, str], *, is_current: bool) -> SignIn:
    at = datetime.fromisoformat(note["at"]) if "at" in note else None
    return SignIn(at, describe_device(note.get("agent", "")), note.get("address", ""), is_current)
