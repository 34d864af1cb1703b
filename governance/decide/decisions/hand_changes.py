"""How the hand of a signatory had changed before a decision (ADR 50): what a record and the register say of it.

For 30 days after a moved address, or a factor that its person did not come by alone; for good after one that counts
because nobody could vouch.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.history import version_at
from core.words.dates import long_day
from projects.models import AddressChange, Credential, Vouch
from projects.people.addresses.enums import End
from projects.people.credentials.enums import CredentialKind, Origin
from roles.models import User

DAYS = timedelta(days=30)

type Show = Callable[[str], str]


def list_hand_changes(decisions: Iterable[Any], show: Show = str) -> dict[int, list[str]]:
    """List in sentences what had changed before each decision, by its key; one query where nothing had.

    `show` prepares the name of a person for the page.
    """
    listed = list(decisions)
    credentials = _list_credentials({decision.decided_by_id for decision in listed})
    sentences = {
        decision.pk: [
            _describe(credential, change, decision.acted_at, show)
            for credential, change in credentials
            if credential.person_id == decision.decided_by_id and _is_told(credential, change, decision.acted_at)
        ]
        for decision in listed
    }
    return {pk: found for pk, found in sentences.items() if found}


def _list_credentials(people: set[int]) -> list[tuple[Credential, AddressChange | None]]:
    """List the credentials in question with the change of address that gave them, if any."""
    asked = Q(origin__in=[Origin.MAILED, Origin.MOVED]) | Q(vouched_at__isnull=False) | Q(alone_at__isnull=False)
    found = Credential.objects.filter(asked, person__in=people).order_by("pk").prefetch_related("vouches__voucher")
    credentials = list(found)
    moved = [credential.person_id for credential in credentials if credential.kind == CredentialKind.ADDRESS]
    applied = AddressChange.objects.filter(person__in=moved, outcome=End.APPLIED).order_by("-ended_at")
    known = applied.select_related("asked_by").prefetch_related("vouches__voucher")
    changes = list(known) if moved else []
    return [(credential, _find_change(credential, changes)) for credential in credentials]


def _find_change(credential: Credential, changes: list[AddressChange]) -> AddressChange | None:
    """Return the change of address that gave a credential: the last one that was applied until then."""
    if credential.kind != CredentialKind.ADDRESS:
        return None
    mine = (change for change in changes if change.person_id == credential.person_id)
    return next((change for change in mine if change.ended_at and change.ended_at <= credential.given_at), None)


def _is_told(credential: Credential, change: AddressChange | None, at: datetime) -> bool:
    consent = change or credential
    if consent.alone_at and consent.alone_at <= at:
        return True
    instants = (credential.given_at, credential.proved_at, credential.vouched_at)
    return credential.given_at <= at and any(each and at - DAYS < each <= at for each in instants)


def _describe(credential: Credential, change: AddressChange | None, at: datetime, show: Show) -> str:
    how = _describe_consent(credential, change, at, show)
    words = {"on": long_day(credential.given_at), "how": how}
    if change and change.asked_by_id != credential.person_id:
        who = show(str(version_at(change.asked_by, change.asked_at)))
        return _("Email address changed on %(on)s, proposed by %(who)s: %(how)s") % {**words, "who": who}
    if credential.kind == CredentialKind.ADDRESS:
        return _("Email address changed on %(on)s: %(how)s") % words
    words |= {"kind": capfirst(credential.get_kind_display()), "origin": credential.get_origin_display()}
    return _("%(kind)s, %(origin)s, on %(on)s: %(how)s") % words


def _describe_consent(credential: Credential, change: AddressChange | None, at: datetime, show: Show) -> str:
    """Return by whose consent it counted then."""
    consent = change or credential
    if consent.alone_at and consent.alone_at <= at:
        return _("counts since %(on)s without a second person, after 30 days") % {"on": long_day(consent.alone_at)}
    if consent.vouched_at and consent.vouched_at <= at:
        names = [show(_name(vouch)) for vouch in consent.vouches.all() if vouch.acted_at <= at]
        return _("vouched for by %(names)s") % {"names": get_text_list(names, pgettext("people", "and"))}
    if credential.proved_at and credential.proved_at <= at:
        return _("confirmed with another factor: %(proof)s") % {"proof": credential.get_proof_display()}
    if change:
        return _("confirmed by both mailboxes") if change.old_confirmed_at else _("without an objection for 72 hours")
    return _("after the waiting time")


def _name(vouch: Vouch) -> str:
    voucher: User = version_at(vouch.voucher, vouch.acted_at)
    return str(voucher)
