"""Changes that others make to what an account says of its person: one event each, and a mail that tells them."""

import json
from collections.abc import Iterable

from django.core.mail import EmailMessage
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.access import Text
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record_each
from projects.notices.enums import Reason
from projects.notices.models import FORMER_MAILS, MAILS, Notification
from projects.notices.services import notify_each
from projects.notices.subjects import Account
from projects.people.accounts.mails import build_mail_to
from projects.project.models import Project
from roles.models import INSTALLATION, User

#: Fields whose change is told, in the order of the mail.
TOLD = ("name", "title", "organisation", "language")
SUBJECT = _("Your Ouvrage account has changed")


def record_changes(actor: User, chain: Project, changed: Iterable[tuple[User, Iterable[str]]]) -> None:
    """Record which fields of these accounts changed, and tell their people. The caller holds the lock of the chain."""
    people = list(changed)
    facts = [(person, {"person": person.key, "changed": ",".join(sorted(fields))}) for person, fields in people]
    events = record_each(Act.EDIT_ACCOUNT, facts, project=chain)
    told = zip(events, (person for person, _fields in people), strict=True)
    tell_changes([(event, person) for event, person in told if person.pk != actor.pk])


def tell_changes(told: Iterable[tuple[LedgerEvent, User]]) -> None:
    """Have the worker tell each person what its event changed of their account."""
    notify_each(told=told, reason=Reason.ACCOUNT_CHANGED, about=Account())


def _build_from_notice(notice: Notification, former: str = "") -> EmailMessage | None:
    """Build the mail with what the account says now."""
    if notice.event is None:
        return None
    changed = json.loads(bytes(notice.event.body))["facts"]["changed"].split(",")
    return build_mail_to(
        notice.recipient,
        SUBJECT,
        "projects/people/accounts/changed_mail.txt",
        to=former,
        at=notice.event.acted_at,
        by=notice.event.actor if notice.event.actor.email != INSTALLATION else None,
        values=[(_label(name), _show(notice.recipient, name)) for name in TOLD if name in changed],
    )


def _label(name: str) -> Text:
    return capfirst(User._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _show(person: User, name: str) -> Text:
    return person.get_language_display() if name == "language" else getattr(person, name) or "—"


MAILS[Reason.ACCOUNT_CHANGED] = _build_from_notice
FORMER_MAILS[Reason.ACCOUNT_CHANGED] = _build_from_notice
