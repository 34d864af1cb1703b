"""Celery task of the imports of lists: let go of the files that nobody goes on with."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from projects.imports.enums import OPEN, ListState
from projects.imports.models import LET_GO, ListImport

#: Age at which an abandoned import is cancelled, so that its file is not stored for ever.
ABANDONED_AFTER = timedelta(days=7)


@shared_task(name="projects.cancel_abandoned_imports")
def cancel_abandoned_imports() -> int:
    """Cancel the abandoned imports of lists; return their number. Idempotent."""
    now = timezone.now()
    old = ListImport.objects.filter(state__in=OPEN, changed_at__lt=now - ABANDONED_AFTER)
    return old.update(state=ListState.CANCELLED, finished_at=now, changed_at=now, **LET_GO)
