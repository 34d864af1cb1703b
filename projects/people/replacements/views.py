"""Pages of a replacement: where it stands, and the objection of the former owner by a mailed link."""

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from core.access import can
from core.acts import act_time
from projects.form_views import get_row_or_404
from projects.people.replacements import services
from projects.people.replacements.links import find_to_object, objection_path
from projects.people.replacements.models import Replacement
from projects.people.replacements.queries import counts_alone, list_announcements, list_seconds

REFUSED = "projects/people/replacements/link_refused.html"
RELATED = ("former", "successor", "proposed_by", "seconded_by")


@require_GET
def replacement(request: HttpRequest, replacement_id: int) -> HttpResponse:
    """Show who proposed what and why, who can second it, what the former owner said, and what comes next."""
    row = get_row_or_404(request, Replacement, replacement_id, *RELATED)
    return render(
        request, "projects/people/replacements/replacement.html", {"replacement": row, **describe(request, row)}
    )


def describe(request: HttpRequest, row: Replacement) -> dict[str, Any]:
    """Return who can second it, and what the reader can do."""
    user, is_open = request.user, row.ended_at is None
    title = _("Replacement of the project owner") if row.is_of_owner else _("Closing of the account of a project owner")
    waits = is_open and not row.is_asked and row.seconded_by is None
    has_confirmed = row.reproposed_at if user.pk == row.proposed_by_id else row.reseconded_at
    return {
        "title": title,
        "seconds": list_seconds(row) if waits and not row.alone else [],
        "announcements": list_announcements(row) if row.alone else [],
        "may_propose": is_open and row.is_asked and can(user, "projects.propose_replacement", row.former),
        "may_second": waits and can(user, "projects.second_replacement", row),
        "may_take": is_open
        and not row.is_contested
        and (row.seconded_by is not None or counts_alone(row))
        and can(user, "projects.take_replacement", row),
        "may_confirm": row.is_contested and not has_confirmed and can(user, "projects.confirm_replacement", row),
        "object_at": objection_path(row) if user.pk == row.former_id and _can_object(row) else "",
        "may_withdraw": is_open and can(user, "projects.end_replacement", row),
    }


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def replacement_object(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked about the former owner, who objects on POST. Nobody needs to be signed in."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password_from_key")
    if limited:
        return limited
    row = find_to_object(token)
    if row is None:
        return render(request, REFUSED)
    if request.method == "POST":
        try:
            services.object_to_replacement(actor=row.former, replacement=row)
        except services.NoLongerPossible:
            return render(request, REFUSED)
        return render(request, "projects/people/replacements/objected.html", {"replacement": row})
    template = "projects/people/replacements/object.html" if _can_object(row) else REFUSED
    return render(request, template, {"replacement": row})


def _can_object(row: Replacement) -> bool:
    return Replacement.objects.recent(act_time()).filter(former=row.former).exists()
