"""Tag of the saved views of a list."""

from typing import Any

from django import template
from django.http import HttpRequest

from core.lists.models import SavedView
from core.lists.pages import Page

register = template.Library()


@register.inclusion_tag("components/list_views.html", takes_context=True)
def saved_views(context: dict[str, Any], page: Page) -> dict[str, Any]:
    """Render the menu of the saved views of the list. One query."""
    request: HttpRequest = context["request"]
    return {
        "views": list(SavedView.objects.offered_to(request.user, request.path).order_by("name", "pk")),
        "user": request.user,
        "path": request.path,
        "query": page.first.removeprefix("?"),
        "in_project": "code" in (request.resolver_match.kwargs if request.resolver_match else {}),
        "csrf_token": context.get("csrf_token", ""),
    }
