"""Mailboxes of a person: what concerns their hand or seat goes to the former ones too."""

from datetime import timedelta

from django.utils import timezone

from core.access import Account
from projects.notices.models import FORMER_DAYS


def list_former_addresses(person: Account) -> list[str]:
    """List the other addresses that a person had within the last 30 days; an erasure leaves none."""
    former: list[str] = []
    since = timezone.now() - timedelta(days=FORMER_DAYS)
    versions = person.history.order_by("-history_id").values_list("email", "history_date")
    for email, begun in versions:
        if email not in {person.email, *former}:
            former.append(email)
        if begun < since:
            break
    return former
