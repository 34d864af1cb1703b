"""Links by which each mailbox answers a change of address. They work once, and until it has ended."""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from projects.people.addresses.enums import Side
from projects.people.addresses.models import AddressChange

SALT = "projects.addresses"


def build_answer_link(change: AddressChange, side: Side) -> str:
    """Return the address at which a mailbox answers."""
    token = signing.dumps([change.pk, side.value], salt=SALT)
    return settings.BASE_URL + reverse("projects:addresses:address_answer", args=[token])


def find_to_answer(token: str) -> tuple[AddressChange, Side] | None:
    """Return the change of this link, and the mailbox it was sent to; None when it no longer works."""
    try:
        number, side = signing.loads(token, salt=SALT)
        mailbox = Side(side)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    waiting = AddressChange.objects.open().filter(person__is_active=True).select_related("person", "asked_by")
    change = waiting.filter(pk=number).first()
    if change is None:
        return None
    if mailbox == Side.NEW and (change.new_confirmed_at or change.expires_at <= timezone.now()):
        return None
    return change, mailbox
