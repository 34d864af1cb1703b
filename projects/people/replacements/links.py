"""Links by which a former owner objects, without signing in. They work before, and for 30 days after."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from projects.people.replacements.models import Replacement

SALT = "projects.replacements"


def build_objection_link(replacement: Replacement) -> str:
    """Return the address at which the former owner objects."""
    return settings.BASE_URL + objection_path(replacement)


def objection_path(replacement: Replacement) -> str:
    """Return the path of that address."""
    token = signing.dumps([replacement.pk], salt=SALT)
    return reverse("projects:replacements:replacement_object", args=[token])


def find_to_object(token: str) -> Replacement | None:
    """Return the replacement of this link; None for a link that is not ours. The service says whether it is late."""
    try:
        (number,) = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Replacement.objects.select_related("project", "former", "successor", "proposed_by", "seconded_by")
    return rows.filter(pk=number).first()
