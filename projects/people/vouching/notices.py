"""Notify those who may vouch."""

from projects.ledger.models import LedgerEvent
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.people.vouching.models import Waiting
from projects.people.vouching.queries import list_vouchers
from projects.people.vouching.subjects import VouchPage


def tell_vouchers(event: LedgerEvent, waiting: Waiting) -> None:
    """Notify who may vouch for a credential or a change of address, with the link to do so."""
    notify(event=event, reason=Reason.VOUCH_ASKED, about=VouchPage(waiting), people=list_vouchers(waiting))
