"""Page of the reader's notifications."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.pages.pagination import page_before
from projects.notices.models import Notification, load_sentences


@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    """Show the reader's notifications, newest first."""
    notices = Notification.objects.standing().filter(recipient_id=request.user.pk)
    page = page_before(request, notices.select_related("event__actor", "event__project"), "pk")
    load_sentences(page.rows)
    return render(request, "projects/notices/notification_list.html", {"page": page})


@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark all notifications of the reader as read."""
    Notification.objects.filter(recipient_id=request.user.pk).unread().update(read_at=timezone.now())
    return redirect("projects:notices:notification_list")
