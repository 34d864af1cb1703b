"""Address at which an empty instance is set up: valid for a day, and until there is an administrator."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT, SECONDS = "projects.people.accounts.set_up", 24 * 3600
NEW = "new"


def build_set_up_link() -> str:
    """Return the address of the set-up page."""
    return settings.BASE_URL + reverse("projects:people:set_up", args=[signing.dumps(NEW, salt=SALT)])


def is_set_up_link(token: str) -> bool:
    """Return whether this link was made by `build_set_up_link` within the last day."""
    try:
        return bool(signing.loads(token, salt=SALT, max_age=SECONDS) == NEW)
    except signing.BadSignature:
        return False
