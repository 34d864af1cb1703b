"""The search page: one address over everything that the reader may read."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from core.access import reader
from core.pages.lists.filters import read_words
from core.search_index.sources import SOURCES
from governance.desk.search.pages import list_pages
from governance.desk.search.queries import (
    MOST,
    MOST_PAGES,
    SIZE,
    Asked,
    Found,
    list_newest,
    read_access,
    search,
)
from governance.desk.search.results import build_results, find_url
from projects.models import Project

#: Rows on the page before anything is searched.
NEWEST = 8
#: Rows that the palette shows.
MOST_FOUND = 8


@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """Show a page of what is found; with `go`, open the row whose code the words are, if it is the only one."""
    readable, asked = read_access(reader(request)), read_asked(request.GET)
    number = read_page(request.GET)
    found = search(readable, asked, page=number)
    exact = [hit for hit in found.hits if hit.exact]
    if "go" in request.GET and len(exact) == 1:
        return redirect(find_url(SOURCES[exact[0].source], exact[0], readable))
    newest = [] if asked.words else list_newest(readable, NEWEST)
    context = {
        "asked": asked,
        "found": found,
        "is_capped": found.total >= MOST,
        "results": build_results(found.hits, readable),
        "near": build_results(found.near, readable, asked.terms),
        "newest": build_results(newest, readable),
        "projects": readable.projects.values(),
        "kinds": list_kinds(found, asked),
        "states": SOURCES[asked.kind].states.items() if asked.kind else (),
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number * SIZE < found.total and number < MOST_PAGES else None,
    }
    return render(request, "governance/desk/search/search.html", context)


def read_asked(query: QueryDict) -> Asked:
    """Read what the query string asks for; what it does not say readably is as if unsaid."""
    kind = query.get("kind", "")
    source = SOURCES.get(kind)
    state = query.get("state", "")
    return Asked(
        words=read_words(query),
        kind=kind if source else "",
        project=query.get("project", "").replace("\x00", "")[:20],
        state=state if source and state in source.states else "",
        since=read_day(query, "from"),
        until=read_day(query, "to"),
    )


def read_day(query: QueryDict, name: str) -> date | None:
    """Return the day of a field, or None without a readable one."""
    value = query.get(name, "")
    try:
        day = date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None
    return day if day and 1900 <= day.year <= 2999 else None


def read_page(query: QueryDict) -> int:
    """Return the number of the page, 1 without a readable one."""
    value = query.get("page", "")
    return min(int(value), MOST_PAGES) if value.isdecimal() and value.isascii() and len(value) < 4 and int(value) else 1


def list_kinds(found: Found, asked: Asked) -> list[dict[str, Any]]:
    """List the registers in which something was found, with the number of rows, and the one that is chosen."""
    counts = {asked.kind: 0, **found.kinds} if asked.kind else found.kinds
    return [
        {"name": name, "label": SOURCES[name].plural, "count": count}
        for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """List what the palette offers for the words typed so far: pages to open, rows that are found, the search page."""
    user = reader(request)
    readable, asked = read_access(user), read_asked(request.GET)
    here = next((row.pk for row in readable.projects.values() if row.code == request.GET.get("in")), None)
    found = search(readable, asked, size=MOST_FOUND, typing=True)
    context = {
        "asked": asked,
        "pages": list_pages(user, Project.objects.get(pk=here) if here else None, asked.words),
        "results": build_results([*found.hits, *found.near], readable),
    }
    return render(request, "governance/desk/search/_palette_results.html", context)
