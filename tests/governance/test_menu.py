"""Test the menu of a project: three groups, open for those who work in them."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from core.history import version_of
from governance.desk.inbox.queries import list_tasks
from governance.life.facts.services import switch_workspaces
from projects.enums import Workspace
from projects.models import Project

pytestmark = pytest.mark.django_db

OPEN = re.compile(r"<details open>\s*<summary>(\w+)<")
GROUPS = re.compile(r"<details(?: open)?>\s*<summary>(\w+)<")
ENTRIES = re.compile(r'<a href="([^"]+)" aria-current="\w+">\s*<svg')
HOME, RISKS = "/projects/ONE/", "/projects/ONE/risks/"


def menu(client: Any, path: str) -> str:
    """Return the navigation of a page."""
    page: str = client.get(path, headers={"accept-language": "en"}).text
    return page.partition('id="sidenav"')[2].partition("</nav>")[0]


@pytest.mark.parametrize(
    ("member", "path", "expected"),
    [
        ("owner", HOME, ["Decide"]),
        ("owner", RISKS, ["Decide", "Follow"]),
        ("amoa", HOME, ["Decide", "Prepare"]),
        ("pmo", HOME, ["Decide", "Follow"]),
        ("moe", HOME, ["Decide", "Prepare"]),
    ],
)
def test_the_groups_where_a_role_works_are_open(
    member: str, path: str, expected: list[str], cast: Any, client_of: Any
) -> None:
    shown = menu(client_of(cast[member]), path)
    assert GROUPS.findall(shown) == ["Decide", "Prepare", "Follow"]
    assert OPEN.findall(shown) == expected


def test_the_inbox_is_marked_on_its_own_page_and_below_it(cast: Any, client_of: Any) -> None:
    client = client_of(cast["owner"])
    inbox = reverse("governance:inbox:inbox")
    assert f'<a href="{inbox}" aria-current="page">' in menu(client, inbox)
    task = list_tasks(cast["owner"])[0]
    snooze = f"{reverse('governance:inbox:task_snooze')}?{urlencode({'task': task.key})}"
    assert f'<a href="{inbox}" aria-current="true">' in menu(client, snooze)
    assert f'<a href="{inbox}">' in menu(client, HOME)


def test_a_group_names_the_pages_of_workspaces_in_use_only(cast: Any, client_of: Any) -> None:
    client = client_of(cast["pmo"])
    assert RISKS in menu(client, HOME)
    project = Project.objects.get(code="ONE")
    used = [workspace for workspace in project.workspaces if workspace != Workspace.RISKS]
    switch_workspaces(actor=cast["owner"], project=project, workspaces=used, seen=version_of(project))
    assert RISKS not in menu(client, HOME)


@pytest.mark.parametrize(
    ("member", "path", "entry"),
    [
        ("pmo", "/projects/ONE/import/risks/", RISKS),
        ("pmo", "/projects/ONE/lessons/new/", "/projects/ONE/weather/"),
        ("staff_admin", "/administration/import/people/", "/administration/people/"),
        ("staff_admin", "/administration/people/{pmo}/absence/", "/administration/people/"),
        ("staff_admin", "/administration/people/{pmo}/address/", "/administration/people/"),
    ],
)
def test_one_entry_says_where_a_page_is(member: str, path: str, entry: str, cast: Any, client_of: Any) -> None:
    shown = menu(client_of(cast[member]), path.format(pmo=cast["pmo"].pk))
    assert ENTRIES.findall(shown) == [entry]
