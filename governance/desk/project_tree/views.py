"""The tree of projects, and the page where a person begins after the sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.access import can, reader
from core.pages.lists.exports import export, is_export
from core.pages.lists.pages import build_page
from governance.desk.project_tree.listing import build_listing, is_tree
from governance.desk.project_tree.queries import count_by_level, find_address, find_portfolio_of
from projects.people.opening.queries import list_parents
from projects.project.words import count_levels


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead the owner of a portfolio to its dashboard, everybody else to the inbox."""
    portfolio = find_portfolio_of(reader(request))
    return redirect(find_address(portfolio) if portfolio else "governance:inbox:inbox")


@require_GET
def project_list(request: HttpRequest) -> HttpResponse:
    """List the portfolios, programmes and projects the reader may read, as a tree or as the filter asks."""
    user = reader(request)
    listing, asked = build_listing(user, request.GET)
    if is_export(listing):
        return export(listing, title=_("Projects"), of=_("All my projects"))
    context = {
        "asked": asked,
        "page": build_page(listing),
        "is_tree": is_tree(listing, asked),
        "counts": count_levels(count_by_level(user)),
        "may_open": can(user, "projects.found") or bool(list_parents(user)),
    }
    return render(request, "governance/desk/project_tree/project_list.html", context)
