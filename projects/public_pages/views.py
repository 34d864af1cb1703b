"""Pages that the footer links: help, accessibility, legal notice, privacy. Everyone may read them."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from projects.public_pages.help_texts import ROLES


@login_not_required
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the help of each role."""
    return render(request, "projects/public_pages/help.html", {"roles": ROLES})


@login_not_required
@require_GET
def public_page(request: HttpRequest, template: str) -> HttpResponse:
    """Show a page of text; its template reads the settings of the organisation."""
    return render(request, template)
