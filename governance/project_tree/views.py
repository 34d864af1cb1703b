"""The tree of projects, and the page where a person begins after the sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.access import can, reader
from governance import workspace_registry
from governance.project_tree.filters import ARCHIVED, MINE, Filter
from governance.project_tree.queries import find_address, find_portfolio_of, read_tree
from projects.enums import PARENTS, Level, ProjectState
from projects.opening.queries import list_parents

LEVELS = [(level.value, level.label) for level in Level if level in PARENTS]


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead the owner of a portfolio to its dashboard, everybody else to the inbox."""
    portfolio = find_portfolio_of(reader(request))
    return redirect(find_address(portfolio) if portfolio else "governance:inbox:inbox")


@require_GET
def project_list(request: HttpRequest) -> HttpResponse:
    """List the portfolios, programmes and projects the reader may read, as a tree or as the filter asks."""
    user, asked = reader(request), Filter.from_query(request.GET)
    tree = read_tree(user, asked)
    context = {
        "asked": asked,
        "tree": tree,
        "counts": count_levels(tree.levels),
        "columns": workspace_registry.in_order(workspace_registry.PROJECT_COLUMNS),
        "levels": LEVELS,
        "states": [*ProjectState.choices, (ARCHIVED, _("archived"))],
        "mine": MINE.items(),
        "may_open": can(user, "projects.found") or bool(list_parents(user)),
    }
    return render(request, "governance/project_tree/project_list.html", context)


def count_levels(levels: dict[str, int]) -> list[str]:
    """Return the count of each level that has rows, in words, the highest level first."""
    portfolios, programmes, projects = (levels[level] for level in (Level.PORTFOLIO, Level.PROGRAMME, Level.PROJECT))
    words = (
        (portfolios, ngettext("%(n)s portfolio", "%(n)s portfolios", portfolios)),
        (programmes, ngettext("%(n)s programme", "%(n)s programmes", programmes)),
        (projects, ngettext("%(n)s project", "%(n)s projects", projects)),
    )
    return [text % {"n": n} for n, text in words if n]
