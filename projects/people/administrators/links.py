"""Link by which an administrator objects to the end of their rights, without signing in. It works until the end."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from projects.people.administrators.models import AdministratorEnding

SALT, DAYS = "projects.administrators", 30


def build_objection_link(ending: AdministratorEnding) -> str:
    """Return the address at which the person objects."""
    token = signing.dumps([ending.pk], salt=SALT)
    return settings.BASE_URL + reverse("projects:administrators:administrator_object", args=[token])


def find_to_object(token: str) -> AdministratorEnding | None:
    """Return the request of this link; None once it has ended or its person has objected."""
    try:
        (number,) = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except (signing.BadSignature, ValueError):
        return None
    waiting = AdministratorEnding.objects.open().select_related("person", "asked_by")
    return waiting.filter(pk=number, objected_at=None).first()
