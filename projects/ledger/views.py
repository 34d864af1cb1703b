"""Page that finds out whether an act is recorded whose commit was not confirmed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.access import reader
from core.commits import are_commits_confirmed
from projects.enums import Level
from projects.ledger.models import LedgerEvent

#: Seconds after which a browser asks again.
AGAIN = "5"


@require_GET
def act_check(request: HttpRequest, event: str) -> HttpResponse:
    """Say whether the act of the reader that left this event (its hash) is lost or not confirmed; else go to it."""
    events = LedgerEvent.objects.select_related("project", "proposal")
    found = events.filter(actor=reader(request), hash=bytes.fromhex(event)).first()
    if found and are_commits_confirmed():
        messages.success(request, _("Recorded, and confirmed."))
        return redirect(find_address(found))
    response = render(request, "projects/ledger/act_check.html", {"is_lost": found is None})
    if found:
        response["Refresh"] = AGAIN
    return response


def find_address(event: LedgerEvent) -> str:
    """Return the address of the dossier or project of an event; of what waits for the reader outside projects."""
    if event.proposal:
        return event.proposal.get_absolute_url()
    return "/" if event.project.level == Level.ORGANISATION else event.project.get_absolute_url()
