"""Mails on changes of what proves people, with the day from which each counts. The sender before the change sends."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import Text
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.notices.enums import Reason
from projects.notices.models import FORMER_MAILS, MAILS, Notification
from projects.organisation_settings.models import OrganisationSettings
from projects.organisation_settings.queries import WEEK, find_waiting_time, organisation, organisation_at, sender
from projects.people.accounts.mails import build_mail_to
from projects.people.administrators.proof_notices import is_proving

SETTINGS, TOKEN = _("Ouvrage: settings of sign-in have changed"), _("Ouvrage: a token of provisioning")


@dataclass(frozen=True)
class Change:
    """A setting before and after a change, and from when the new one counts; None: at once."""

    label: Text
    before: Text
    after: Text
    counts_from: datetime | None


def list_changes(event: LedgerEvent) -> list[Change]:
    """List the changes of an event of the settings that prove people; a secret is never shown."""
    history: Any = OrganisationSettings.history
    before = organisation_at(event.acted_at)
    after = history.filter(history_date__gt=event.acted_at).order_by("history_id").first() or organisation()
    names = json.loads(bytes(event.body))["facts"]["changed"].split(",")
    changes = []
    for name in filter(is_proving, names):
        label = capfirst(OrganisationSettings._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        counts_from = _counts_from(name, before, after, event.acted_at)
        changes.append(Change(label, _show(before, name), _show(after, name), counts_from))
    return changes


def _counts_from(name: str, before: OrganisationSettings, after: Any, at: datetime) -> datetime | None:
    """Return from when a changed setting counts: what proves less, a week later; a sender, after the waiting time."""
    is_weaker = name == "credential_hours" and after.credential_hours < before.credential_hours
    if is_weaker or (name == "provider_own_factor" and not after.provider_own_factor):
        return at + WEEK
    return at + find_waiting_time(at) if name.startswith("sender_") else None


def _show(row: Any, name: str) -> Text:
    """Return a setting as its page shows it."""
    if name == "provider_secret":
        return "•••"
    value = getattr(row, name)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(value) or "—"
    display = getattr(row, f"get_{name}_display", None)
    return capfirst(display()) if display else str(value) or "—"


def _build_settings(notice: Notification, former: str = "") -> EmailMessage | None:
    """Build the mail on changed settings, in the language of its reader."""
    event = notice.event
    if event is None:
        return None
    with translation.override(notice.recipient.language or organisation().language):
        changes = list_changes(event)
    return _build(notice, event, SETTINGS, "projects/people/administrators/settings_mail.txt", former, changes=changes)


def _build_token(notice: Notification, former: str = "") -> EmailMessage | None:
    """Build the mail on a token that was made or ended."""
    event = notice.event
    if event is None:
        return None
    token = json.loads(bytes(event.body))["facts"]["token"]
    context = {"token": token, "is_made": event.act == Act.MAKE_TOKEN}
    return _build(notice, event, TOKEN, "projects/people/administrators/token_mail.txt", former, **context)


def _build(
    notice: Notification, event: LedgerEvent, subject: Any, template: str, former: str, **context: Any
) -> EmailMessage:
    by_administration = notice.link.startswith("/administration/")
    context |= {"by": event.actor, "at": event.acted_at, "page": settings.BASE_URL + notice.link}
    message = build_mail_to(notice.recipient, subject, template, former, by_administration=by_administration, **context)
    message.from_email = sender(event.acted_at)
    return message


MAILS[Reason.PROOF_CHANGED] = FORMER_MAILS[Reason.PROOF_CHANGED] = _build_settings
MAILS[Reason.TOKEN_CHANGED] = FORMER_MAILS[Reason.TOKEN_CHANGED] = _build_token
