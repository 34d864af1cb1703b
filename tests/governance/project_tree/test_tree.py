"""Test the tree of projects: what it shows to whom, its order and filters, and where an owner begins."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.inbox import queries as inbox
from governance.project_tree import queries
from governance.project_tree.filters import Filter
from pmo.weather.services import publish_weather
from projects.enums import Level
from projects.mandates.services import found_project
from projects.models import Project
from tests import acts

pytestmark = pytest.mark.django_db

LIST = "/projects/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def found(staff_admin: Any, owner: Any) -> Any:
    """Return a function that opens a project owned by a member of the cast."""
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}

    def found(code: str, level: str = Level.PROJECT, parent: Project | None = None, by: Any = None) -> Project:
        words = {"code": code, "prefix": f"Z{code[0]}", "title_fr": f"Titre {code}", "title_en": f"Title {code}"}
        fields = words | dates | {"level": level, "parent": parent}
        return found_project(actor=staff_admin, owner=by or owner, fields=fields)

    return found


@pytest.fixture
def tree(found: Any, outsider: Any, other_owner: Any) -> dict[str, Project]:
    """Open a portfolio of the outsider with a programme, two projects below, and one of somebody else beside it."""
    top = found("M-TOP", Level.PORTFOLIO, by=outsider)
    middle = found("Z-MID", Level.PROGRAMME, top)
    rows = [top, middle, found("B-LOW", parent=middle), found("A-LOW", parent=top), found("C-ALONE", by=other_owner)]
    return {row.code: row for row in rows}


def codes(user: Any, **asked: Any) -> list[str]:
    """Return the codes that the list shows to `user`."""
    return [row.project.code for row in queries.read_tree(user, Filter(**asked)).rows]


def test_the_owner_of_a_portfolio_reads_the_tree_below_it(tree: Any, outsider: Any) -> None:
    shown = queries.read_tree(outsider, Filter())
    places = [(row.project.code, row.depth) for row in shown.rows]
    assert places == [("M-TOP", 0), ("A-LOW", 1), ("Z-MID", 1), ("B-LOW", 2)]
    assert shown.levels == {"portfolio": 1, "programme": 1, "project": 2}
    assert [row.above for row in shown.rows] == [None] * 4


def test_a_branch_begins_where_the_reader_may_read(tree: Any, owner: Any) -> None:
    places = {row.project.code: (row.depth, row.above) for row in queries.read_tree(owner, Filter()).rows}
    assert "M-TOP" not in places
    assert "C-ALONE" not in places
    assert [places[code] for code in ("Z-MID", "B-LOW", "A-LOW")] == [(0, None), (1, None), (0, None)]
    flat = {row.project.code: row.above for row in queries.read_tree(owner, Filter(sort="title")).rows}
    assert flat["B-LOW"] == tree["Z-MID"]
    assert flat["A-LOW"] is None


def test_the_list_is_searched_filtered_and_sorted(tree: Any, outsider: Any) -> None:
    assert codes(outsider, q="low title") == ["A-LOW", "B-LOW"]
    assert codes(outsider, q="nothing") == []
    assert codes(outsider, level="programme") == ["Z-MID"]
    assert codes(outsider, state="active") == []
    assert codes(outsider, mine="held") == ["M-TOP"]
    assert codes(outsider, sort="title") == ["A-LOW", "B-LOW", "M-TOP", "Z-MID"]


def test_what_waits_is_counted_by_project(cast: dict[str, Any], project_one: Any) -> None:
    amoa, pmo = cast["amoa"], cast["pmo"]
    acts.prepare(amoa, pmo, project=project_one)
    for key in ("owner", "pmo", "amoa", "moe", "outsider", "superuser"):
        person = cast[key]
        counts = inbox.count_by_project(person)
        assert sum(counts.values()) == inbox.count_waiting(person, 1000)[0]
        assert set(codes(person, mine="waiting")) == set(
            Project.objects.filter(pk__in=counts).values_list("code", flat=True)
        )
    assert inbox.count_by_project(cast["owner"])[project_one.pk] >= 1


def test_the_page_shows_state_owner_tasks_and_weather(cast: dict[str, Any], project_one: Any, client_of: Any) -> None:
    acts.prepare(cast["amoa"], cast["pmo"], project=project_one)
    publish_weather(actor=cast["pmo"], project=project_one, overall="stormy", comment="Rain", reason="It rains")
    page = client_of(cast["owner"]).get(f"{LIST}?q=ONE", headers=ENGLISH)
    row = next(row for row in page.context["tree"].rows if row.project == project_one)
    assert (row.owner, row.waiting > 0) == (cast["owner"].name, True)
    for words in ("Launched", cast["owner"].name, "stormy", "Weather"):
        assert words in page.text


def test_the_levels_are_counted_in_their_words(tree: Any, outsider: Any, client_of: Any) -> None:
    page = client_of(outsider).get(LIST, headers=ENGLISH)
    for words in ("1 portfolio,", "1 programme,", "2 projects."):
        assert words in page.text
    french = client_of(outsider).get(LIST, headers={"accept-language": "fr"}).text
    assert page.status_code == 200
    assert "4 projets" not in french


def test_an_invalid_filter_is_ignored(client_of: Any, owner: Any) -> None:
    asked = "?state=x&level=organisation&mine=y&sort=pk&page=-3&q=%00"
    page = client_of(owner).get(f"{LIST}{asked}")
    assert page.context["asked"] == Filter()


def test_a_long_list_has_pages(found: Any, outsider: Any, client_of: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(queries, "SIZE", 2)
    top = found("P-TOP", Level.PORTFOLIO, by=outsider)
    for code in ("A-1", "B-1", "C-1"):
        found(code, parent=top)
    second = client_of(outsider).get(f"{LIST}?page=2", headers=ENGLISH)
    tree = second.context["tree"]
    assert [row.project.code for row in tree.rows] == ["B-1", "C-1"]
    assert [row.above for row in tree.rows] == [top, None]
    assert (tree.page, tree.pages, tree.previous, tree.next) == (2, 2, 1, None)
    assert codes(outsider, page=9) == ["B-1", "C-1"]


def test_the_owner_of_a_portfolio_begins_on_its_dashboard(tree: Any, outsider: Any, pmo: Any, client_of: Any) -> None:
    dashboard = reverse("pmo:dashboards:dashboard", args=["M-TOP"])
    assert client_of(outsider).get("/start/")["Location"] == dashboard
    assert client_of(pmo).get("/start/")["Location"] == "/"
    [first, *others] = queries.read_tree(outsider, Filter()).rows
    assert first.address == dashboard
    assert [row.address for row in others] == [row.project.get_absolute_url() for row in others]
