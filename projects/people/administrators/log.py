"""Acts on accounts, organisations, settings and role templates, from the chain of the organisation."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from core.access import Text
from projects.enums import Level
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.organisation_settings.models import OrganisationSettings
from projects.people.administrators.models import AdministratorEnding
from roles.models import User

#: Acts of the log, in the order of the filter.
ACTS = (
    Act.SET_UP,
    Act.INVITE,
    Act.INVITE_HOLDER,
    Act.OPEN_ACCOUNT,
    Act.EDIT_ACCOUNT,
    Act.CHANGE_PASSWORD,
    Act.PLAN_DEPARTURE,
    Act.STATE_ABSENCE,
    Act.CLOSE_ACCOUNT,
    Act.REOPEN_ACCOUNT,
    Act.PROVISION_ACCOUNT,
    Act.MAKE_TOKEN,
    Act.END_TOKEN,
    Act.NAME_ADMINISTRATOR,
    Act.ASK_RIGHTS_END,
    Act.OBJECT_RIGHTS_END,
    Act.KEEP_RIGHTS,
    Act.END_ADMINISTRATOR,
    Act.EDIT_SETTINGS,
    Act.CHANGE_EMPLOYER,
    Act.KEEP_ORGANISATION,
    Act.LINK_ORGANISATIONS,
    Act.END_LINK,
    Act.PUBLISH_ROLE,
    Act.RETIRE_ROLE,
    Act.INSTALL_PACK,
)
ACCOUNT, ENDING = User._meta.label_lower, AdministratorEnding._meta.label_lower
#: Models whose fields an act may name.
WITH_FIELDS: dict[str, Any] = {ACCOUNT: User, OrganisationSettings._meta.label_lower: OrganisationSettings}


@dataclass(frozen=True)
class Entry:
    """One act: its event, the account it is about, and the names of the fields it changed."""

    event: LedgerEvent
    account: User | None
    changed: list[Text]


def list_events(words: str, act: str) -> QuerySet[LedgerEvent]:
    """Filter the acts by words of the name or address of who acted or of the account, and by code of act."""
    acts = [act] if act in ACTS else list(ACTS)
    events = LedgerEvent.objects.filter(project__level=Level.ORGANISATION, act__in=acts).select_related("actor")
    for word in words.split()[:5]:
        people = User.objects.filter(Q(name__icontains=word) | Q(email__icontains=word))
        endings = AdministratorEnding.objects.filter(person__in=people.values("pk"))
        about = Q(subject=ACCOUNT, subject_id__in=people.values("pk"))
        about |= Q(subject=ENDING, subject_id__in=endings.values("pk"))
        events = events.filter(Q(actor__in=people) | about)
    return events


def read_entries(events: Iterable[LedgerEvent]) -> list[Entry]:
    """Return the entries of these events. One query for all accounts, and one for all ends of rights."""
    listed = list(events)
    accounts = User.objects.in_bulk({event.subject_id for event in listed if event.subject == ACCOUNT})
    endings = AdministratorEnding.objects.select_related("person").in_bulk(
        {event.subject_id for event in listed if event.subject == ENDING}
    )
    about = {ACCOUNT: accounts, ENDING: {number: ending.person for number, ending in endings.items()}}
    return [
        Entry(event, about.get(event.subject, {}).get(event.subject_id), _changed_fields(event)) for event in listed
    ]


def _changed_fields(event: LedgerEvent) -> list[Text]:
    """Return the names of the fields that an act says it changed."""
    changed = json.loads(bytes(event.body))["facts"].get("changed", "")
    model = WITH_FIELDS.get(event.subject)
    if not changed or model is None:
        return []
    return [capfirst(model._meta.get_field(name).verbose_name) for name in changed.split(",")]
