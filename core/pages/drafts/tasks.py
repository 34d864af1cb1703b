"""Nightly task: erase what was not sent."""

from celery import shared_task

from core.pages.drafts.store import erase_old


@shared_task(name="core.erase_drafts")
def erase_drafts() -> int:
    """Erase the drafts of forms that are older than 30 days; return their number. Idempotent."""
    return erase_old()
