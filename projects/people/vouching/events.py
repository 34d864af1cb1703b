"""What an event of the hand of a person is about: a credential or a change of address, also behind a vouch."""

import json

from django.utils.translation import gettext as _

from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.people.addresses.models import AddressChange
from projects.people.credentials.models import Credential
from projects.people.vouching.models import Vouch, Waiting


def find_origin(event: LedgerEvent) -> LedgerEvent:
    """Return the event of the organisation that an entry of a project names; any other event as it is."""
    if event.act != Act.CHANGE_HAND:
        return event
    facts = json.loads(bytes(event.body))["facts"]
    return LedgerEvent.objects.select_related("actor").get(hash=bytes.fromhex(facts["entry"].partition(":")[2]))


def find_subject(event: LedgerEvent) -> Waiting | None:
    """Return the credential or the change of address that an event is about, with its person."""
    models: dict[str, type[Waiting]] = {model._meta.label_lower: model for model in (Credential, AddressChange)}
    if event.subject == Vouch._meta.label_lower:
        vouch = Vouch.objects.select_related("credential__person", "change__person").get(pk=event.subject_id)
        return vouch.credential or vouch.change
    model = models.get(event.subject)
    return model.objects.select_related("person").filter(pk=event.subject_id).first() if model else None


def is_open(waiting: Waiting) -> bool:
    """Return whether it does not count yet, and has not ended."""
    if isinstance(waiting, Credential):
        return waiting.ended_at is None and not waiting.counts
    return waiting.ended_at is None


def describe(waiting: Waiting | None) -> str:
    """Return the kind of a credential with how it was come by, or the addresses of a change while it waits."""
    if isinstance(waiting, Credential):
        kind, how = waiting.get_kind_display(), waiting.get_origin_display()
        return _("%(kind)s, %(how)s") % {"kind": kind, "how": how}
    if waiting and waiting.new:
        return _("email address %(new)s instead of %(old)s") % {"new": waiting.new, "old": waiting.old}
    return _("another email address")
