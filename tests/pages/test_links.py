"""Follow the links of every page as every member of the cast: none is dead.

Everybody reads each kind of page that a link leads them to. It is read again, up to three times, for a link from a kind
of page from which nobody has followed one. When WHOLE, five links from each kind of page to each other are followed by
each. `test_access_matrix` tells what each address answers to whom.
"""

import html
import re
from collections import Counter, deque
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.http import Http404
from django.urls import resolve
from django.utils import timezone

from core.history import version_of
from governance.life.facts.services import switch_workspaces
from projects.models import Project
from projects.seats.mandates.services import appoint, found_project, role_on
from tests import acts
from tests.amoa.imports import factories as imports_files
from tests.conftest import CAST
from tests.effort import WHOLE
from tests.pmo.standards.standards.factories import write_draft

pytestmark = pytest.mark.django_db
#: Members who read other pages than those of the cast before them.
ROLES = ("owner", "pmo", "amoa", "moe", "recipient", "delegate", "other_owner", "staff_admin", "outsider", "anonymous")
#: Links that are followed from one kind of page to another.
MOST = 5 if WHOLE else 1
#: Pages of a kind that a person reads.
OF_A_KIND = 1000 if WHOLE else 3
#: Files that take long to write: each kind once for all people.
SLOW = (".pdf", ".docx", ".xlsx", ".zip")
#: Served by the web server, or by no view.
ELSEWHERE = ("/static/", "/media/")
#: A link, as the templates write it: to parse each page would take a tenth of the time of this file.
TARGET = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')


class Links:
    """The links of a page: those of its main part, and those of the shell around it."""

    def __init__(self, text: str) -> None:
        before, _, rest = text.partition("<main")
        main, _, after = rest.partition("</main>")
        self.main, self.shell = find_targets(main), find_targets(before + after)


def find_targets(text: str) -> list[str]:
    """List the targets of the links of a part of a page."""
    return [html.unescape(target) for target in TARGET.findall(text) if target]


@cache
def name_of(path: str) -> str:
    """Return the name of the view of a path; empty for none."""
    try:
        return resolve(path).view_name
    except Http404:
        return ""


def crawl(client: Any, start: str, fetched: set[str], known: set[tuple[str, str]]) -> list[str]:
    """Follow the links from a page; return the dead ones, each with the page that has it.

    Of `known` pairs, which somebody has followed before, only those are followed that lead to a new kind of page.
    """
    left: deque[tuple[str, str]] = deque([(start, "")])
    followed: Counter[tuple[str, str]] = Counter()
    read: Counter[str] = Counter()
    seen, dead = set(), []
    while left:
        address, source = left.popleft()
        path = urlsplit(address).path
        target = name_of(path)
        if address in seen or path.startswith(ELSEWHERE):
            continue
        if not target:
            seen.add(address)
            dead.append(f"{source} → {address}: no view")
            continue
        pair = (name_of(urlsplit(source).path) if source else "", target)
        if (
            read[target] >= OF_A_KIND
            or followed[pair] >= MOST
            or (pair in known and read[target] and not WHOLE)
            or ((path.endswith(SLOW) or "export=" in address) and target in fetched)
        ):
            continue
        followed[pair] += 1
        read[target] += 1
        seen.add(address)
        answer = client.get(address, headers={"accept-language": "en"})
        if path.endswith(SLOW) or "export=" in address:
            fetched.add(target)
        if answer.status_code not in {200, 302}:
            dead.append(f"{source} → {address}: {answer.status_code}")
        elif answer.status_code == 302:
            left.append((urljoin(address, answer["Location"]), source))
        elif answer["Content-Type"].startswith("text/html"):
            links = Links(answer.text)
            shell = [(found, "") for found in links.shell]
            for found, place in [*((found, address) for found in links.main), *shell]:
                joined = urlsplit(urljoin(address, found))
                if joined.scheme in {"", "http"} and joined.netloc in {"", "testserver"}:
                    left.append((joined._replace(scheme="", netloc="", fragment="").geturl(), place))
    known |= followed.keys()
    return dead


@pytest.fixture(scope="module")
def fetched() -> set[str]:
    """Return the kinds of files that somebody fetched already."""
    return set()


@pytest.fixture(scope="module")
def known() -> set[tuple[str, str]]:
    """Return the kinds of pages that somebody went between already."""
    return set()


@pytest.mark.parametrize("member", CAST if WHOLE else ROLES)
def test_no_link_is_dead(
    member: str, cast: dict[str, Any], client_of: Any, fetched: set[str], known: set[tuple[str, str]]
) -> None:
    assert crawl(client_of(cast[member]), "/", fetched, known) == []


def find_links(client: Any, address: str) -> list[str]:
    """List the links of the main part of a page."""
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return [link for link in Links(answer.text).main if link.startswith("/")]


@pytest.mark.parametrize("member", ["pmo", "moe", "owner"])
def test_an_import_on_the_home_leads_where_everybody_reads(
    member: str, cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    imports_files.import_file(cast["amoa"], project_one, imports_files.csv_of(imports_files.ROWS[0]))
    client = client_of(cast[member])
    page = client.get(project_one.get_absolute_url(), headers={"accept-language": "en"})
    assert "1 requirement" in page.text
    assert crawl_once(client, find_links(client, project_one.get_absolute_url())) == []


def test_the_home_leads_into_no_workspace_that_is_off(
    cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    switch_workspaces(actor=cast["owner"], project=project_one, workspaces=[], seen=version_of(project_one))
    client = client_of(cast["pmo"])
    assert crawl_once(client, find_links(client, project_one.get_absolute_url())) == []


def test_a_standard_leads_to_no_list_of_a_workspace_that_is_off(cast: dict[str, Any], client_of: Any) -> None:
    words = {"title_fr": "P", "title_en": "P", "language": "en"}
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    owner, other = cast["owner"], cast["other_owner"]
    above = {"code": "PF", "prefix": "F", "level": "portfolio", **words, **dates}
    portfolio = found_project(actor=cast["staff_admin"], owner=other, fields=above)
    appoint(actor=other, project=portfolio, role=role_on(portfolio, "PMO"), holder=cast["pmo"])
    fields = {"parent": portfolio, "workspaces": [], **words, **dates}
    found_project(actor=cast["staff_admin"], owner=owner, fields={"code": "PB", "prefix": "B", **fields})
    version = write_draft(cast["pmo"], portfolio)
    client = client_of(owner)
    assert crawl_once(client, find_links(client, version.get_absolute_url())) == []


def crawl_once(client: Any, links: list[str]) -> list[str]:
    """Return which of these links are dead."""
    return [link for link in links if client.get(link).status_code not in {200, 302}]
