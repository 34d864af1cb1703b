"""Test every list by the one contract: order, pages, search, columns, files, neighbours.

A list is a page at an address; `more` gives it the rows that the cast leaves out.
"""

import csv
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO, StringIO
from typing import Any

import pytest
import python_calamine as calamine
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from amoa.acceptance import services as testing
from amoa.acceptance.enums import Result
from amoa.questions.services import ask
from amoa.recipients.services import describe_group
from core.pages.lists import pages
from core.pages.lists.models import SavedView
from core.pages.lists.neighbours import find_neighbours
from core.pages.lists.pages import BaseListing, ComputedListing, Listing, build_page
from governance.decide.evidence.services import add_document
from governance.life.actions.services import write_action
from pmo.registers.budget.services import write_budget_line
from pmo.registers.lessons.services import note_lesson
from pmo.registers.risks.services import raise_issue
from pmo.registers.schedule import services as schedule
from pmo.standards.conformity.enums import Result as Conformity
from pmo.standards.conformity.services import record_check
from projects.models import Project
from projects.seats.mandates.services import found_project
from tests import acts
from tests.conftest import StrictClient
from tests.effort import WHOLE, in_turn
from tests.files import upload
from tests.pmo.registers.risks import factories as risks
from tests.pmo.standards.conformity.checked_standards import adopted, checkpoint

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


@dataclass(frozen=True)
class Register:
    """A list: who reads it, its address, and a function that adds rows."""

    reader: str
    path: str
    more: Callable[[dict[str, Any], Any], None] = lambda cast, project: None
    #: Whether the pages of its rows lead to their neighbours.
    leads_on: bool = True
    #: Whether it is shown as a table; a timeline has the same addresses and files.
    is_table: bool = True


def more_risks(cast: dict[str, Any], project: Any) -> None:
    for number in range(3):
        risks.create_risk(cast["pmo"], project, title=f"Marée n° {number}", likelihood=1 + number, impact=2)


def more_issues(cast: dict[str, Any], project: Any) -> None:
    for number, urgency in enumerate(("low", "high", "high", "medium")):
        fields = {"title": f"Marée n° {number}", "urgency": urgency, "impact": "low", "size": "small"}
        raise_issue(actor=cast["pmo"], project=project, fields=fields)


def more_defects(cast: dict[str, Any], project: Any) -> None:
    planned: dict[str, Any] = {"actor": cast["amoa"], "project": project}
    tests = [testing.write_test(**planned, fields={"title": f"Marée n° {number}"}) for number in range(4)]
    days = {"stage": "fitness", "starts_on": timezone.localdate(), "ends_on": timezone.localdate()}
    campaign = testing.open_campaign(**planned, fields={"title": "Marées", **days})
    for test, severity in zip(tests, ("minor", "major", "minor", "blocking"), strict=True):
        testing.run_test(actor=cast["amoa"], campaign=campaign, test=test, result=Result.FAILED, note="Trop sombre.")
        testing.report_defect(
            actor=cast["amoa"], campaign=campaign, severity=severity, title=f"Marée {severity}", test=test
        )


def more_milestones(cast: dict[str, Any], project: Any) -> None:
    today = timezone.localdate()
    for number in range(4):
        fields = {"code": f"MM-{number}", "name": f"Marée n° {number}", "baseline_on": today + timedelta(number % 3)}
        row = schedule.write_milestone(actor=cast["pmo"], project=project, fields=fields)
    schedule.forecast(actor=cast["pmo"], milestone=row, forecast_on=today + timedelta(40), reason="Storms.")


def more_lines(cast: dict[str, Any], project: Any) -> None:
    for number in range(4):
        fields = {
            "label": f"Marée n° {number}",
            "envelope": Decimal(5),
            "committed": Decimal(1),
            "forecast": number * 3,
        }
        write_budget_line(actor=cast["pmo"], project=project, fields=fields)


def more_groups(cast: dict[str, Any], project: Any) -> None:
    for number, attitude in enumerate(("favourable", "reluctant", "", "neutral")):
        fields = {"name": f"Équipage n° {number}", "size": number or None, "attitude": attitude}
        describe_group(actor=cast["amoa"], project=project, fields=fields)


def more_checkpoints(cast: dict[str, Any], project: Any) -> None:
    standard = adopted(project, "STD-TIDE", "Marée basse", "Marée haute", "Étale", "Crue")
    for number, result in ((1, Conformity.CONFORM), (2, Conformity.NOT_CONFORM)):
        fields = {"checkpoint": checkpoint(standard, number), "result": result, "finding": f"Vu {number}"}
        record_check(actor=cast["pmo"], project=project, **fields)


def more_projects(cast: dict[str, Any], project: Any) -> None:
    dates = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate() + timedelta(99)}
    for code in ("ALPHA", "GAMMA", "BETA"):
        fields = {"code": code, "prefix": code[:2], "title_fr": f"Marée {code}", "title_en": f"Tide {code}"} | dates
        found_project(
            actor=cast["staff_admin"], owner=cast["owner"], fields=fields | {"level": "project", "parent": None}
        )


def more_waivers(cast: dict[str, Any], project: Any) -> None:
    for number in range(4):
        request = acts.draft(cast["amoa"], project, "waiver", title=f"Marée n° {number}")
    acts.submit(cast["amoa"], request)


def more_questions(cast: dict[str, Any], project: Any) -> None:
    for requirement in project.requirements.order_by("pk")[:2]:
        for number in range(2):
            ask(actor=cast["moe"], requirement=requirement, text=f"Marée n° {number} ?")


def more_lessons(cast: dict[str, Any], project: Any) -> None:
    for number, family in enumerate(("supplier", "schedule", "supplier", "other")):
        fields = {"title": f"Marée n° {number}", "family": family, "lesson": f"Attendre {number}"}
        note_lesson(actor=cast["pmo"], project=project, fields=fields)


def more_documents(cast: dict[str, Any], project: Any) -> None:
    for number in range(4):
        add_document(actor=cast["pmo"], project=project, name=f"Marée n° {number}", upload=upload(f"{number}.txt"))


def more_actions(cast: dict[str, Any], project: Any) -> None:
    for number in range(4):
        fields = {"text": f"Marée n° {number}", "seat": f"MOE-{cast['moe'].pk}", "due_on": timezone.localdate()}
        write_action(actor=cast["amoa"], project=project, fields=fields)


REGISTERS = {
    "actions": Register("owner", "/projects/ONE/actions/", more_actions),
    "tests": Register("amoa", "/projects/ONE/acceptance/", more_defects),
    "defects": Register("moe", "/projects/ONE/acceptance/defects/", more_defects),
    "proposals": Register("owner", "/projects/ONE/proposals/"),
    "decisions": Register("owner", "/decisions/", leads_on=False),
    "register": Register("owner", "/projects/ONE/register/", is_table=False, leads_on=False),
    "requirements": Register("amoa", "/projects/ONE/requirements/"),
    "risks": Register("pmo", "/projects/ONE/risks/", more_risks),
    "issues": Register("pmo", "/projects/ONE/issues/", more_issues),
    "milestones": Register("pmo", "/projects/ONE/schedule/", more_milestones, leads_on=False),
    "budget lines": Register("pmo", "/projects/ONE/means/", more_lines, leads_on=False),
    "recipients": Register("amoa", "/projects/ONE/recipients/", more_groups),
    "obligations": Register("pmo", "/projects/ONE/dashboard/list/obligations/", leads_on=False),
    "responsibilities": Register("owner", "/projects/ONE/obligations/", leads_on=False),
    "checkpoints": Register("pmo", "/projects/ONE/conformity/", more_checkpoints),
    "projects": Register("owner", "/projects/", more_projects),
    "people": Register("staff_admin", "/administration/people/"),
    "waivers": Register("amoa", "/projects/ONE/waivers/", more_waivers, leads_on=False),
    "questions": Register("amoa", "/projects/ONE/liaison/", more_questions, leads_on=False),
    "lessons": Register("pmo", "/projects/ONE/lessons/", more_lessons, is_table=False, leads_on=False),
    "all lessons": Register("pmo", "/lessons/", more_lessons, is_table=False, leads_on=False),
    "documents": Register("pmo", "/projects/ONE/documents/", more_documents, leads_on=False),
}
#: The lists on which the head and the saved views are tried: one template and one view serve them all.
SOME = [name for place, name in enumerate(REGISTERS) if in_turn(place, [True, False, False])[0]]


#: Each list without a choice, once it was read.
LISTINGS: dict[Register, BaseListing] = {}


@pytest.fixture(scope="module")
def more_rows(kept_cast: dict[str, Any]) -> None:
    """Give every list enough rows, once for the tests of this file."""
    project = Project.objects.get(code="ONE")
    for more in dict.fromkeys(register.more for register in REGISTERS.values()):
        more(kept_cast, project)


@pytest.fixture(params=REGISTERS)
def register(request: pytest.FixtureRequest, more_rows: None, db: None) -> Register:
    """Return one of the lists, with enough rows."""
    return REGISTERS[request.param]


@pytest.fixture
def client(register: Register, cast: dict[str, Any], client_of: Any) -> StrictClient:
    """Return the client of the reader of the list."""
    client: StrictClient = client_of(cast[register.reader])
    return client


def read(client: StrictClient, path: str) -> Any:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200, path
    return answer


def menu_of(client: StrictClient, register: Register) -> str:
    """Return the address of the menu of the saved views that the list names."""
    [address] = re.findall(r'hx-get="(/views/[^"]+)"', read(client, register.path).text)
    return unescape(address)


def views_of(client: StrictClient, menu: str) -> str:
    """Return what the menu of the saved views shows when it opens."""
    answer = client.get(menu, headers=ENGLISH | {"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    return unescape(answer.text)


def listing_of(client: StrictClient, register: Register) -> BaseListing:
    """Return a list without a choice, which each test finds as the one before."""
    if register not in LISTINGS:
        LISTINGS[register] = read(client, register.path).context["page"].listing
    return LISTINGS[register]


def columns_of(client: StrictClient, register: Register) -> list[str]:
    """Return the names of the columns of a list."""
    return [column.name for column in listing_of(client, register).columns]


def asking(listing: BaseListing, **changes: Any) -> BaseListing:
    """Return the list as another query string shows it."""
    query = QueryDict(mutable=True)
    for name, value in changes.items():
        query.setlist(name, value if isinstance(value, list) else [str(value)])
    return replace(listing, query=query)


def sorted_values(listing: BaseListing) -> list[Any]:
    """Return what the rows are sorted by, in their order."""
    if isinstance(listing, ComputedListing):
        return [listing.sort_column.key(row) for row in listing.sort_rows()]
    assert isinstance(listing, Listing)
    return [value for (value,) in listing.order.sort(listing.rows).values_list("sorted_by")]


def walk(listing: BaseListing, **changes: Any) -> list[int]:
    """Return the rows of all pages, forwards, after checking that the way back shows the same."""
    shown, page = [], build_page(asking(listing, **changes))
    while True:
        shown.append([row.pk for row in page.rows])
        if not page.next:
            break
        page = build_page(asking(listing, **changes | QueryDict(page.next[1:]).dict()))
    back = []
    while True:
        back.insert(0, [row.pk for row in page.rows])
        if not page.previous:
            break
        page = build_page(asking(listing, **changes | QueryDict(page.previous[1:]).dict()))
        assert page.next, "a page reached backwards leads forwards again"
    assert shown == back
    return [pk for rows in shown for pk in rows]


def test_every_column_sorts_both_ways_and_pages_through_the_same_rows(
    register: Register, client: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = listing_of(client, register)
    if isinstance(listing, Listing):
        listing = replace(listing, load=lambda rows: rows)  # no cell is read here
    everything = set(listing.list_keys(200))  # a list may leave out what is closed
    assert len(everything) >= 4
    size = 3 if WHOLE else max(3, len(everything) // 4)  # four pages or five
    monkeypatch.setattr(pages, "SIZES", (size, 50))
    for place, column in enumerate(listing.columns):
        values, both = {}, (column.name, f"-{column.name}")
        for sort in in_turn(place, both):
            rows = walk(listing, sort=sort, size=size)
            assert len(rows) == len(everything), sort
            assert set(rows) == everything, sort
        for sort in both:
            values[sort] = sorted_values(asking(listing, sort=sort))
        filled = [[value for value in found if value is not None] for found in values.values()]
        assert filled[0] == filled[1][::-1], column.name
        for found, full in zip(values.values(), filled, strict=True):
            assert found[: len(full)] == full, f"{column.name}: empty values come last"


@pytest.mark.parametrize("register", SOME, indirect=True)
def test_the_head_sorts_and_turns_the_order_round(register: Register, client: StrictClient) -> None:
    if not register.is_table:
        return
    column = listing_of(client, register).shown[0].name
    first = read(client, f"{register.path}?sort={column}").text
    assert first.count("aria-sort=") == 1
    assert 'aria-sort="ascending"' in first
    assert f"?sort=-{column}" in first
    assert 'aria-sort="descending"' in read(client, f"{register.path}?sort=-{column}").text


def test_a_search_ignores_case_and_accents(register: Register, client: StrictClient) -> None:
    listing = listing_of(client, register)
    [head] = [column for column in listing.columns if column.head]
    row = next(iter(listing.list_rows(1)))
    with translation.override("en"):
        word = max(re.findall(r"\w+", head.value(row)), key=len)
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    for asked in (bare.upper(), re.sub("e", "é", bare)):
        assert row.pk in {
            found.pk for found in read(client, f"{register.path}?q={asked}&size=200").context["page"].rows
        }


def test_a_row_is_found_by_the_reference_it_bears(register: Register, client: StrictClient) -> None:
    row = next(iter(listing_of(client, register).list_rows(1)))
    reference = getattr(row, "reference", "") or getattr(row, "code", "")
    if not reference:
        return
    found = read(client, f"{register.path}?q={reference.lower()}&size=200").context["page"].rows
    assert row.pk in {each.pk for each in found}


@pytest.mark.parametrize("register", SOME, indirect=True)
def test_a_search_that_finds_nothing_is_a_chip_that_removes_it(register: Register, client: StrictClient) -> None:
    answer = read(client, f"{register.path}?q=nothingislikethis&size=50")
    assert answer.context["page"].rows == []
    [(label, url)] = [chip for chip in answer.context["page"].chips if "nothingislikethis" in chip[0]]
    assert "nothingislikethis" not in url
    assert "size=50" in url
    assert f'<a class="chip" aria-current="true" href="{url}">' in unescape(answer.text)
    assert label in unescape(answer.text)
    file = client.get(f"{register.path}?q=nothingislikethis&export=csv", headers=ENGLISH)
    assert len(list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))) == 1


def test_a_file_holds_exactly_what_is_shown(register: Register, client: StrictClient) -> None:
    columns = columns_of(client, register)[-3:]
    query = f"?sort=-{columns[0]}&" + "&".join(f"column={name}" for name in columns)
    page = read(client, f"{register.path}{query}&size=200").context["page"]
    shown = page.listing.shown
    with translation.override("en"):
        head = [str(column.label) for column in shown]
    rows = [[column.text(row) for column in shown] for row in page.rows]
    for kind in ("csv", "xlsx"):
        answer = client.get(f"{register.path}{query}&export={kind}", headers=ENGLISH)
        assert answer["Content-Disposition"].startswith("attachment")
        if kind == "csv":
            table = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        else:
            with calamine.CalamineWorkbook.from_filelike(BytesIO(answer.content)) as book:
                table = book.get_sheet_by_index(0).to_python()
        assert table[0] == head
        assert [[str(cell).lstrip("'") for cell in row] for row in table[1:]] == rows


@pytest.mark.parametrize("register", SOME, indirect=True)
def test_the_address_chooses_columns_and_size_and_ignores_what_it_cannot_read(
    register: Register, client: StrictClient
) -> None:
    listing = listing_of(client, register)
    [head] = [column for column in listing.columns if column.head]
    last = listing.columns[-1]
    page = read(client, f"{register.path}?column={last.name}&size=50").context["page"]
    with translation.override("en"):
        assert [str(shown.label) for shown in page.heads if shown.url] == [str(head.label), str(last.label)]
    usual = [row.pk for row in build_page(listing).rows]
    odd = "sort=x&size=7&column=x&after=99999999999999999999999&before=%00&after=x&export=exe&changed=9&q=%00"
    assert [row.pk for row in read(client, f"{register.path}?{odd}").context["page"].rows] == usual
    assert listing.page_size in pages.SIZES
    assert build_page(asking(listing, size=200)).listing.page_size == 200


def test_spare_columns_give_way_only_while_none_is_chosen(pmo: Any, project_one: Any, client_of: Any) -> None:
    more_risks({"pmo": pmo}, project_one)
    client = client_of(pmo)
    usual = read(client, "/projects/ONE/risks/").text
    assert re.search(r"<table[^>]* data-usual>", usual)
    heads = re.findall(r'<th scope="col"[^>]* data-spare', usual)
    rows = usual.count("<tr data-row ")
    assert len(heads) * rows == len(re.findall(r"<td[^>]* data-spare", usual)) > 0
    assert "data-usual" not in read(client, "/projects/ONE/risks/?column=holder&column=action").text


@pytest.mark.parametrize("register", SOME, indirect=True)
def test_the_form_of_the_display_is_read_when_its_menu_opens(register: Register, client: StrictClient) -> None:
    shown = read(client, f"{register.path}?size=50")
    assert 'name="column"' not in shown.text
    [address] = re.findall(r'hx-get="(\?[^"]*display=1)"', shown.text)
    asked = read(client, f"{register.path}{unescape(address)}")
    offered = re.findall(r'name="column" value="(\w+)"', asked.text)
    page = asked.context["page"]
    assert offered == [column.name for column in page.listing.columns if not column.head]
    assert page.listing.page_size == 50
    assert "display" not in page.query + page.csv + "".join(head.url for head in page.heads)


def test_the_page_of_a_row_leads_to_its_neighbours_and_back(
    register: Register, client: StrictClient, cast: dict[str, Any], client_of: Any
) -> None:
    if not register.leads_on:
        return
    query = f"?sort=-{columns_of(client, register)[0]}&size=50"
    page = read(client, f"{register.path}{query}").context["page"]
    links = re.findall(r'<th scope="row"[^>]*><a href="([^"?]+)"', page.body)
    assert len(links) == len(page.rows) >= 3
    trail = f"?list=1&{query[1:]}"
    for address, referer in ((links[1], f"http://testserver{register.path}{query}"), (f"{links[1]}{trail}", "")):
        text = unescape(client.get(address, headers=ENGLISH | {"referer": referer}).text)
        assert f"2 of {page.found} in the list" in " ".join(text.split())
        assert f'href="{links[0]}{trail}" rel="prev"' in text
        assert f'href="{links[2]}{trail}" rel="next"' in text
        assert f'href="{register.path}{query}"' in text
    form = ENGLISH | {"referer": f"http://testserver{links[1]}edit/"}
    assert f'href="{links[2]}{trail}" rel="next"' in unescape(client.get(links[1], headers=form).text), "after a form"
    stranger, place = client_of(cast[register.reader]), list(REGISTERS.values()).index(register)
    others = "", "/", "http://[", f"http://elsewhere.example{register.path}", "http://testserver/projects/"
    for other in in_turn(place, others, 2):
        if other != f"http://testserver{register.path}":
            text = stranger.get(links[1], headers=ENGLISH | {"referer": other}).text
            assert f" of {page.found} in the list" not in " ".join(text.split())


@pytest.mark.parametrize("register", SOME, indirect=True)
def test_a_row_that_no_list_led_to_offers_the_whole_list(
    register: Register, client: StrictClient, cast: dict[str, Any], client_of: Any
) -> None:
    if not register.leads_on or register.path == "/projects/":
        return
    page = read(client, register.path).context["page"]
    address = re.findall(r'<th scope="row"[^>]*><a href="([^"?]+)"', page.body)[1]
    client = client_of(cast[register.reader])
    assert '<a href="?list=1">Show in the list</a>' in read(client, address).text
    for _visit in ("?list=1", ""):
        text = unescape(read(client, f"{address}{_visit}").text)
        assert f"2 of {page.found} in the list" in " ".join(text.split())
        assert "Show its place" not in text


def test_a_row_outside_the_list_read_last_leads_back_to_it(pmo: Any, project_one: Any, client_of: Any) -> None:
    more_risks({"pmo": pmo}, project_one)
    client, path = client_of(pmo), "/projects/ONE/risks/?q=n%C2%B0+1"
    address, other = (
        reverse("pmo:risks:risk", args=[project_one.risks.get(title=f"Marée n° {number}").pk]) for number in (1, 2)
    )
    from_list = ENGLISH | {"referer": f"http://testserver{path}"}
    assert "1 of 1 in the list" in " ".join(client.get(address, headers=from_list).text.split())
    text = unescape(read(client, other).text)
    assert f'<a href="{path}">Back to the list</a>' in text
    assert '<a href="?list=1">Show in the list</a>' in text


def test_the_session_keeps_the_lists_read_last() -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    rows = ComputedListing(rows=[], columns=[], query=QueryDict(), sort="title")
    for number in range(30):
        request.GET = QueryDict(f"list=1&q={number}")
        find_neighbours(request, lambda query: rows, 1, f"/{number}/", str)
    request.GET = QueryDict(f"list=1&q={'x' * 2_000}")
    find_neighbours(request, lambda query: rows, 1, "/29/", str)
    assert request.session["lists"] == {f"/{number}/": f"q={number}" for number in range(10, 30)}


@pytest.mark.parametrize("register", SOME, indirect=True)
def test_a_view_is_saved_opened_renamed_and_deleted(register: Register, client: StrictClient) -> None:
    kept = {"path": register.path, "query": "sort=-title&size=50", "name": "By title"}
    menu = menu_of(client, register)
    answer = client.post("/views/save/", kept)
    assert answer["Location"] == f"{register.path}?sort=-title&size=50"
    view = SavedView.objects.get()
    assert (view.path, view.query, view.shared) == (register.path, kept["query"], False)
    assert f'href="{view.url}"' in views_of(client, menu)
    client.post("/views/save/", kept | {"query": "size=100"})  # the same name takes another address
    assert SavedView.objects.get().query == "size=100"
    client.post(f"/views/{view.pk}/rename/", {"name": "Long"})
    assert "Long" in views_of(client, menu)
    client.post(f"/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("register", SOME, indirect=True)
def test_a_view_is_shared_with_those_who_may_open_the_list(
    register: Register, client: StrictClient, cast: dict[str, Any], client_of: Any
) -> None:
    if "/projects/ONE/" not in register.path:
        return
    kept = {"path": register.path, "query": "size=50", "name": "By fifty"}
    client.post("/views/save/", kept | {"name": "Mine"})
    other = client_of(cast["recipient"])
    menu = menu_of(other, register)
    assert "Mine" not in views_of(other, menu)
    client.post("/views/save/", kept | {"shared": "on"})
    assert "By fifty" in views_of(other, menu)
    view = SavedView.objects.get(name="By fifty")
    for act in ("rename", "delete"):
        assert other.post(f"/views/{view.pk}/{act}/", {"name": "Theirs"}).status_code == 404
    stranger = client_of(cast["outsider"])
    assert stranger.get("/views/", {"path": register.path}).status_code == 404
    assert stranger.post("/views/save/", kept | {"shared": "on"}).status_code == 404
    assert SavedView.objects.filter(name="By fifty").count() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"path": "/nowhere/"}, 404),
        ({"path": "https://example.org/"}, 404),
        ({"path": "//example.org/projects/ONE/risks/"}, 404),
        ({"path": "/projects/NONE/risks/"}, 404),
        ({"path": "x" * 300}, 302),
        ({"name": " "}, 302),
        ({"name": "x" * 61}, 302),
        ({"name": "a\x00b"}, 302),
        ({"query": "q=\r\nSet-Cookie: x"}, 302),
        ({"query": "q=" + "x" * 3000}, 302),
    ],
)
def test_a_view_that_cannot_be_saved_is_refused(changes: dict[str, str], status: int, pmo: Any, client_of: Any) -> None:
    kept = {"path": "/projects/ONE/risks/", "query": "size=50", "name": "By fifty"}
    answer = client_of(pmo).post("/views/save/", kept | changes)
    assert answer.status_code == status
    assert not SavedView.objects.exists()


def test_two_views_of_one_name_stay_apart(pmo: Any, client_of: Any) -> None:
    client, kept = client_of(pmo), {"path": "/projects/ONE/risks/", "query": "", "name": "One"}
    for name in ("One", "Two"):
        client.post("/views/save/", kept | {"name": name})
    view = SavedView.objects.get(name="Two")
    answer = client.post(f"/views/{view.pk}/rename/", {"name": "One"}, follow=True, headers=ENGLISH)
    assert "You already have a view of this name here" in answer.text
    assert set(SavedView.objects.values_list("name", flat=True)) == {"One", "Two"}
