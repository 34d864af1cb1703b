"""Test the tree of projects: what it shows to whom, its order and filters, and where an owner begins."""

from copy import deepcopy
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from core.pages.lists import pages
from core.pages.lists.pages import build_page
from governance.desk.inbox import queries as inbox
from governance.desk.project_tree.listing import Row, build_listing
from governance.desk.project_tree.queries import count_by_level
from pmo.registers.weather.services import publish_weather
from projects.enums import Level
from projects.models import Project
from projects.seats.mandates.services import found_project
from tests import acts
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db

LIST = "/projects/"
ENGLISH = {"accept-language": "en"}


def opening(cast: dict[str, Any]) -> Any:
    """Return a function that opens a project owned by a member of the cast."""
    staff_admin, owner = cast["staff_admin"], cast["owner"]
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}

    def found(code: str, level: str = Level.PROJECT, parent: Project | None = None, by: Any = None) -> Project:
        words = {"code": code, "prefix": f"Z{code[0]}", "title_fr": f"Titre {code}", "title_en": f"Title {code}"}
        fields = words | dates | {"level": level, "parent": parent}
        return found_project(actor=staff_admin, owner=by or owner, fields=fields)

    return found


@pytest.fixture
def found(cast: dict[str, Any]) -> Any:
    """Return that function."""
    return opening(cast)


@pytest.fixture(scope="module")
def kept_tree(kept_cast: dict[str, Any]) -> dict[str, Project]:
    """Open a portfolio of the outsider with a programme, two projects below, and one of somebody else beside it."""
    found, outsider, other_owner = opening(kept_cast), kept_cast["outsider"], kept_cast["other_owner"]
    top = found("M-TOP", Level.PORTFOLIO, by=outsider)
    middle = found("Z-MID", Level.PROGRAMME, top)
    rows = [top, middle, found("B-LOW", parent=middle), found("A-LOW", parent=top), found("C-ALONE", by=other_owner)]
    fire_deferred_triggers()
    return {row.code: row for row in rows}


@pytest.fixture
def tree(kept_tree: dict[str, Project]) -> dict[str, Project]:
    """Return these five projects by code."""
    return deepcopy(kept_tree)


def rows_of(user: Any, query: str = "") -> list[Row]:
    """Return the rows that the list shows to `user`."""
    return build_page(build_listing(user, QueryDict(query))[0]).rows


def codes(user: Any, query: str = "") -> list[str]:
    """Return the codes that the list shows to `user`."""
    return [row.project.code for row in rows_of(user, query)]


def test_the_owner_of_a_portfolio_reads_the_tree_below_it(tree: Any, outsider: Any) -> None:
    shown = rows_of(outsider)
    places = [(row.project.code, row.depth) for row in shown]
    assert places == [("M-TOP", 0), ("A-LOW", 1), ("Z-MID", 1), ("B-LOW", 2)]
    assert count_by_level(outsider) == {"portfolio": 1, "programme": 1, "project": 2}
    assert [row.above for row in shown] == [None] * 4


def test_a_branch_begins_where_the_reader_may_read(tree: Any, owner: Any) -> None:
    places = {row.project.code: (row.depth, row.above) for row in rows_of(owner)}
    assert "M-TOP" not in places
    assert "C-ALONE" not in places
    assert [places[code] for code in ("Z-MID", "B-LOW", "A-LOW")] == [(0, None), (1, None), (0, None)]
    flat = {row.project.code: row.above for row in rows_of(owner, "sort=title")}
    assert flat["B-LOW"] == tree["Z-MID"]
    assert flat["A-LOW"] is None


def test_the_list_is_searched_filtered_and_sorted(tree: Any, outsider: Any) -> None:
    assert codes(outsider, "q=lôw title") == ["A-LOW", "B-LOW"]
    assert codes(outsider, "q=nothing") == []
    assert codes(outsider, "level=programme") == ["Z-MID"]
    assert codes(outsider, "state=active") == []
    assert codes(outsider, "mine=held") == ["M-TOP"]
    assert codes(outsider, "sort=title") == ["A-LOW", "B-LOW", "M-TOP", "Z-MID"]


def test_what_waits_is_counted_by_project(cast: dict[str, Any], project_one: Any) -> None:
    amoa, pmo = cast["amoa"], cast["pmo"]
    acts.prepare(amoa, pmo, project=project_one)
    for key in ("owner", "pmo", "amoa", "moe", "outsider", "superuser"):
        person = cast[key]
        counts = inbox.count_by_project(person)
        assert sum(counts.values()) == inbox.count_waiting(person, 1000)[0]
        assert set(codes(person, "mine=waiting")) == set(
            Project.objects.filter(pk__in=counts).values_list("code", flat=True)
        )
    assert inbox.count_by_project(cast["owner"])[project_one.pk] >= 1


def test_the_page_shows_state_owner_tasks_and_weather(cast: dict[str, Any], project_one: Any, client_of: Any) -> None:
    acts.prepare(cast["amoa"], cast["pmo"], project=project_one)
    publish_weather(actor=cast["pmo"], project=project_one, overall="stormy", comment="Rain", reason="It rains")
    page = client_of(cast["owner"]).get(f"{LIST}?q=ONE", headers=ENGLISH)
    row = next(row for row in page.context["page"].rows if row.project == project_one)
    assert (row.owner, row.waiting > 0) == (cast["owner"].name, True)
    for words in ("Launched", cast["owner"].name, "Stormy", "Weather"):
        assert words in page.text


def test_the_levels_are_counted_in_their_words(tree: Any, outsider: Any, client_of: Any) -> None:
    page = client_of(outsider).get(LIST, headers=ENGLISH)
    for words in ("1 portfolio,", "1 programme,", "2 projects."):
        assert words in page.text
    french = client_of(outsider).get(LIST, headers={"accept-language": "fr"}).text
    assert page.status_code == 200
    assert "4 projets" not in french


def test_an_invalid_filter_is_ignored(client_of: Any, owner: Any) -> None:
    asked = "?state=x&level=organisation&mine=y&sort=pk&after=-3&q=%00"
    page = client_of(owner).get(f"{LIST}{asked}")
    assert page.context["is_tree"]
    assert [row.pk for row in page.context["page"].rows] == [row.pk for row in rows_of(owner)]


def test_a_long_list_has_pages(found: Any, outsider: Any, client_of: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "SIZES", (2, 50))
    top = found("P-TOP", Level.PORTFOLIO, by=outsider)
    for code in ("A-1", "B-1", "C-1"):
        found(code, parent=top)
    client = client_of(outsider)
    first = client.get(f"{LIST}?size=2", headers=ENGLISH).context["page"]
    page = client.get(f"{LIST}{first.next}", headers=ENGLISH).context["page"]
    assert [row.project.code for row in page.rows] == ["B-1", "C-1"]
    assert [row.above for row in page.rows] == [top, None]
    assert (page.found, page.next) == (4, "")


def test_a_column_flattens_the_tree_and_says_so(tree: Any, outsider: Any, client_of: Any) -> None:
    client, told = client_of(outsider), "the projects are not shown as a tree"
    assert told not in client.get(LIST, headers=ENGLISH).text
    for query in ("?sort=end", "?sort=-tree", "?q=low"):
        page = client.get(f"{LIST}{query}", headers=ENGLISH)
        assert told in page.text
        assert "data-level" not in page.text
        assert {row.above for row in page.context["page"].rows if row.project.code == "B-LOW"} == {tree["Z-MID"]}


def test_projects_without_weather_come_last_both_ways(cast: dict[str, Any], project_one: Any) -> None:
    publish_weather(actor=cast["pmo"], project=project_one, overall="stormy", comment="Rain", reason="It rains")
    for query in ("sort=weather", "sort=-weather"):
        [first, *others] = rows_of(cast["owner"], query)
        column = build_listing(cast["owner"], QueryDict(query))[0].sort_column
        assert first.project == project_one
        assert column.value(first)
        assert not any(column.value(row) for row in others)


def test_the_owner_of_a_portfolio_begins_on_its_dashboard(tree: Any, outsider: Any, pmo: Any, client_of: Any) -> None:
    dashboard = reverse("pmo:dashboards:dashboard", args=["M-TOP"])
    assert client_of(outsider).get("/start/")["Location"] == dashboard
    assert client_of(pmo).get("/start/")["Location"] == "/"
    [first, *others] = rows_of(outsider)
    assert first.address == dashboard
    assert [row.address for row in others] == [row.project.get_absolute_url() for row in others]
