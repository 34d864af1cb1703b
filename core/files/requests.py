"""Ask the worker for a file that takes long, on behalf of the reader of a page."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import task_queue
from core.access import reader
from core.allauth_internals import ratelimit
from core.files.prepared import FileState, Wanted, note

#: Files of the worker that a person may ask for.
RATES = {"prepare": "30/h/user"}


def ask_for(request: HttpRequest, wanted: Wanted, task: Any) -> None:
    """Queue the file. Without Redis it stays waiting, and its page says so."""
    if not ratelimit.consume(request, app="core.files", action="prepare", config=RATES, user=reader(request)):
        messages.error(request, _("You have asked for many files. Try again in an hour."))
        return
    note(wanted, FileState.WAITING)
    transaction.on_commit(lambda: task_queue.send(task, kwargs=asdict(wanted)), robust=True)
