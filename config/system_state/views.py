"""Pages of administrators on the state of the system and on the emails that failed to leave."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from config.system_state.findings import OK
from config.system_state.queries import check_database, read_state
from core.access import ensure
from core.pages.pagination import page_before
from projects.models import Notification
from projects.notices.services import retry_mails
from projects.organisation_settings.mails import describe_failure, mail_server


@never_cache
@require_GET
def system_state(request: HttpRequest) -> HttpResponse:
    """Show the state of every part; with `?database` also compare the database with the code."""
    ensure(request.user, "projects.edit_settings")
    lines = read_state()
    checks = check_database() if "database" in request.GET else []
    faults = sum(line.state != OK for line in [*lines, *checks])
    return render(
        request, "config/system_state/system_state.html", {"lines": lines, "checks": checks, "faults": faults}
    )


@never_cache
@require_GET
def failed_mails(request: HttpRequest) -> HttpResponse:
    """Show the emails that failed to leave: to whom, about what, why, and when the next attempt is."""
    ensure(request.user, "projects.edit_settings")
    failed = Notification.objects.failed()
    page = page_before(request, failed.select_related("recipient"), "pk")
    rows = [(notice, describe_failure(notice.failure, notice.recipient.email)) for notice in page.rows]
    context = {"rows": rows, "next_key": page.next_key, "count": failed.count(), "server": mail_server()}
    return render(request, "config/system_state/failed_mails.html", context)


@require_POST
def mails_retry(request: HttpRequest) -> HttpResponse:
    """Have the worker try one failed email again now, or all of them."""
    ensure(request.user, "projects.edit_settings")
    failed, wanted = Notification.objects.failed(), request.POST.get("notice", "")
    if wanted:
        failed = failed.filter(pk=int(wanted[:18])) if wanted.isdecimal() and wanted.isascii() else failed.none()
    count = retry_mails(failed)
    words = ngettext("%(n)s email is tried again now.", "%(n)s emails are tried again now.", count)
    messages.success(request, words % {"n": count})
    return redirect("failed_mails")
