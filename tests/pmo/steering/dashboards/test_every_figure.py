"""Test every number of every page of a dashboard, under every filter, against its list and a recount.

The pages themselves list their numbers: one without a link, or without a recount in recount.py, fails here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.decide.obligations.queries import load_obligations
from pmo.models import Snapshot
from pmo.steering.dashboards.drilldown import LISTINGS
from pmo.steering.dashboards.duties import progress_of_night
from pmo.steering.dashboards.filter_labels import WORDS
from pmo.steering.dashboards.overview import load_consolidated, load_exposure
from pmo.steering.dashboards.scope import Scope, visible_parts
from pmo.steering.dashboards.snapshots import NAMES, take_missing
from projects.models import Project
from roles.models import User
from tests import acts
from tests.addresses import full_name
from tests.database import undone
from tests.effort import in_turn
from tests.pmo.steering.dashboards.recount import COUNTED, Part, count, threats
from tests.pmo.steering.dashboards.test_dashboards import is_without_weather

pytestmark = pytest.mark.django_db
PAGES = ("dashboard", "dashboard_standards", "dashboard_risks", "dashboard_advice")
#: The part of SOURCES for each programme, owner and period of the address.
WITHIN = {"": {"SN28", "PARCOURS", "LITS", "RDV"}, "PARCOURS": {"PARCOURS", "LITS", "RDV"}, "LITS": {"LITS"}}
OWNED = {"": WITHIN[""], "maud.esteve@example.org": {"SN28"}, "antoine.lemercier@example.org": WITHIN["PARCOURS"]}
#: Charts of past figures and sums of levels: no list has as many rows. The bars of the exposure lead to their threats.
WITHOUT_LISTS = {"backlog", "exposure", "duties_of_night"}
LINK = re.compile(r'<a (?:class="[^"]*" )?href="([^"]*/dashboard/list/[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


@pytest.fixture(scope="module")
def sources(demo: None) -> Iterator[None]:
    """Take a snapshot once for the tests of this file, a moment ago."""
    with undone():
        take_missing(Project.objects.filter(code__in=WITHIN[""]))
        yield


@pytest.fixture
def office(sources: None, db: None) -> User:
    """Return the project office of the portfolio SN28."""
    return User.objects.get(email="bruno.valette@example.org")


def numbers(page: str) -> list[tuple[str, int]]:
    """Yield the numbers of a page that link to a list, with its address."""
    found = []
    for href, text in LINK.findall(page):
        number = re.search(r"\d+", re.sub(r"<[^>]+>", " ", text))
        assert number, text
        found.append((unescape(href), int(number[0])))
    return found


def agree(client: Any, text: str, part: Part, followed: set[tuple[str, int]]) -> int:
    """Follow every number of a page that no page before it showed, and recount it; return how many there were."""
    for href, number in set(numbers(text)) - followed:
        said = dict(parse_qsl(urlsplit(href).query))
        answer = client.get(href)
        page = answer.context["page"]
        assert page.found == number, href
        assert len(page.rows) == min(number, page.listing.page_size), href
        only = said.pop("project", "")
        said = {name: value for name, value in said.items() if name not in {"within", "owner", "period"}}
        looked_at = replace(part, codes=part.codes & {only}) if only else part
        assert count(urlsplit(href).path.rstrip("/").rpartition("/")[2], looked_at, said) == number, href
    followed.update(numbers(text))
    return len(numbers(text))


def leads_everywhere(context: Any) -> None:
    """Each non-zero number of the charts and key figures links to its list."""
    drawn = [*context.get("pictures", ()), *(context[name] for name in ("stands",) if name in context)]
    for picture in drawn:
        cells = [cell for row in picture.rows for place, cell in enumerate(row) if place not in picture.words]
        for cell in cells if picture.name not in WITHOUT_LISTS else ():
            assert cell.href or not cell.text.isdecimal() or cell.text == "0", (picture.name, cell)
    for figure in context.get("numbers", ()):
        assert figure.href or not figure.value or isinstance(figure.value, str), figure
        assert figure.of_href or not figure.of, figure
        assert all(part.href for part in figure.parts), figure


def test_every_list_and_every_snapshot_is_counted_again() -> None:
    assert set(COUNTED) == {*LISTINGS, "obligations"}
    assert set(WORDS) == {name for listing in LISTINGS.values() for name in listing.filters}


@pytest.mark.parametrize(
    ("within", "owner", "period"),
    [
        ("", "", ""),
        ("", "maud.esteve@example.org", "30"),
        ("PARCOURS", "", "90"),
        ("LITS", "antoine.lemercier@example.org", ""),
        ("LITS", "maud.esteve@example.org", ""),
    ],
)
def test_every_number_of_a_portfolio_is_counted_rightly_and_opens_as_many_rows(
    within: str, owner: str, period: str, office: User, client_of: Any
) -> None:
    client, opened, followed = client_of(office), 0, set[tuple[str, int]]()
    key = User.objects.get(email=owner).key if owner else ""
    since = timezone.localdate() - timedelta(days=int(period or 365))
    part = Part(frozenset(WITHIN[within] & OWNED[owner]), since)
    first, *others = PAGES
    for page in PAGES if not within and not owner else [first, *in_turn(len(within + owner + period), others)]:
        address = reverse(full_name(page), args=["SN28"])
        answer = client.get(address, {"within": within, "owner": key, "period": period})
        opened += agree(client, answer.content.decode(), part, followed)
        leads_everywhere(answer.context)
    assert bool(opened) == bool(part.codes)


def test_every_number_of_one_project_is_counted_rightly_and_opens_as_many_rows(
    owner: Any, amoa: Any, pmo: Any, project_one: Project, client_of: Any
) -> None:
    acts.prepare(amoa, pmo, project=project_one)
    acts.submit(amoa, acts.draft(amoa, project_one))
    client, opened, followed = client_of(owner), 0, set[tuple[str, int]]()
    for period in (30, 365):
        part = Part(frozenset({"ONE"}), timezone.localdate() - timedelta(days=period))
        for page in PAGES:
            answer = client.get(reverse(full_name(page), args=["ONE"]), {"period": period})
            opened += agree(client, answer.content.decode(), part, followed)
            leads_everywhere(answer.context)
    assert opened > 40


@pytest.mark.parametrize("page", PAGES)
def test_each_linked_bar_opens_exactly_its_rows(page: str, office: User, client_of: Any) -> None:
    """Follow the bars that say something else than the table of their chart, whose numbers are followed above."""
    client, linked = client_of(office), 0
    for code in ("SN28", "LITS"):
        answer = client.get(reverse(full_name(page), args=[code]))
        in_tables = set(numbers(answer.text))
        for picture in (*answer.context.get("pictures", ()), answer.context.get("exposure")):
            for bar in picture.bars.bars if picture and picture.bars else ():
                if not bar.href:
                    continue
                linked += 1
                assert f'aria-label="{bar.label}, {bar.number}"' in unescape(answer.text)
                if (bar.href, int(bar.number)) not in in_tables:
                    found = client.get(bar.href).context["page"].found
                    assert f"{found}" == bar.number, (picture.name, bar.label)
    assert linked


def test_every_figure_of_a_snapshot_is_what_counting_again_says(office: User) -> None:
    today = timezone.localdate()
    for code in WITHIN[""]:
        part = Part(frozenset({code}), today - timedelta(days=365))
        asked: dict[str, tuple[str, dict[str, str]]] = {
            "pending": ("pending", {}),
            "late": ("pending", {"late": "1"}),
            "roles": ("roles", {}),
            "held": ("roles", {"state": "held"}),
            "overdue": ("overdue", {}),
            "musts": ("musts", {}),
            "covered": ("musts", {"covered": "1"}),
            "red": ("risks", {"red": "1"}),
            "due": ("checkpoints", {}),
            "conform": ("checkpoints", {"result": "conform"}),
            "waived": ("checkpoints", {"result": "waived"}),
            "gaps": ("checkpoints", {"result": "gaps"}),
        }
        counted = {name: count(listing, part, said) for name, (listing, said) in asked.items()}
        counted["initial"] = sum(threat.level for threat in threats(part))
        counted["residual"] = sum(threat.residual_level for threat in threats(part))
        kept = Snapshot.objects.get(project__code=code, day=today).figures
        assert set(counted) == set(NAMES)
        assert {name: kept[name] for name in NAMES} == {name: str(number) for name, number in counted.items()}, code


def test_the_progress_of_a_group_by_role_is_the_sum_over_its_projects(office: User) -> None:
    root = Project.objects.get(code="SN28")
    projects = visible_parts(root, office)
    counted: Counter[tuple[str, str]] = Counter()
    for project in projects.exclude(level="organisation"):
        counted.update((row.role, str(row.standing)) for row in load_obligations(project) if row.standing != "idle")
    found = {(line.role, str(one)): n for line in progress_of_night(projects) for one, n in line.counts.items() if n}
    assert found == dict(counted)
    assert len({role for role, _standing in found}) > 3


def test_the_progress_of_last_night_says_so_and_names_the_chart_that_leads_to_the_open_obligations(
    office: User, client_of: Any
) -> None:
    for code, said in (("SN28", True), ("LITS", False)):
        page = client_of(office).get(
            reverse("pmo:dashboards:dashboard_advice", args=[code]), headers={"accept-language": "en"}
        )
        duties, open_ones = page.context["pictures"][:2]
        assert (f"Counted last night, without a list. “{open_ones.question}”" in page.text) == bool(duties.note) == said
        assert open_ones.bars.is_linked
        assert duties.bars.is_linked != said


def test_the_exposure_of_today_is_that_of_the_open_risks(office: User) -> None:
    root, today = Project.objects.get(code="SN28"), timezone.localdate()
    drawn = load_exposure(Scope(root, visible_parts(root, office), today))
    now = [row for row in drawn.rows if row[0].text == drawn.rows[-1][0].text]
    rows = threats(Part(frozenset(WITHIN[""]), today))
    assert sum(int(row[2].text) for row in now) == sum(threat.level for threat in rows) > 0
    assert sum(int(row[3].text) for row in now) == sum(threat.residual_level for threat in rows) > 0


def test_each_chart_of_every_page_has_its_question_its_conclusion_and_its_data(office: User) -> None:
    root = Project.objects.get(code="SN28")
    board = load_consolidated(Scope(root, visible_parts(root, office), timezone.localdate()))
    names = [picture.name for picture in board.drawn]
    assert len(names) == len(set(names)) == 12
    for picture in board.drawn:
        assert picture.question.endswith("?"), picture.name
        assert len(picture.conclusion) > 10, picture.name
        assert picture.rows or is_without_weather(picture), picture.name
        assert all(len(row) == len(picture.heads) for row in picture.rows), picture.name
