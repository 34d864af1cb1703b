"""Write and erase drafts of forms."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.pages.drafts.models import FormDraft

#: Days after which a draft that was not sent is erased.
DAYS = 30
#: Drafts that a person may have; the oldest makes room.
MOST = 100


class AnotherDraft(Exception):
    """Raised when the form keeps a text of this person that another page holds."""


def keep(account: Any, form: str, page: str, body: str) -> FormDraft:
    """Write the draft of the page, in the place of the one it wrote before. Raises AnotherDraft."""
    draft = FormDraft(account=account, form=form, page=page, body=body)
    mine = FormDraft.objects.filter(account=account)
    if mine.filter(form=form, page=page).update(body=body, saved_at=draft.saved_at):
        return draft
    if find(account, form):
        raise AnotherDraft
    try:
        with transaction.atomic():
            mine.filter(form=form).delete()  # encrypted with another key: nobody reads it any more
            draft.save(force_insert=True)
    except IntegrityError as error:
        raise AnotherDraft from error
    newest = mine.order_by("-saved_at", "-pk").values("pk")[:MOST]
    mine.exclude(pk__in=newest).delete()
    return draft


def find(account: Any, form: str) -> FormDraft | None:
    """Return the draft of the person in the form; None when there is none, or when it cannot be read any more."""
    draft = FormDraft.objects.filter(account=account, form=form).first()
    return draft if draft and draft.fields else None


def erase(account: Any, **which: Any) -> None:
    """Erase the drafts of the person, all of them or those of one form or page."""
    FormDraft.objects.filter(account=account, **which).delete()


def erase_old() -> int:
    """Erase the drafts that were not touched for DAYS; return their number."""
    return FormDraft.objects.filter(saved_at__lt=timezone.now() - timedelta(days=DAYS)).delete()[0]
