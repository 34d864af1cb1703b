"""Test the first screen of a portfolio: what to act on today, and one row for each project."""

import csv
import re
import shutil
import subprocess
from datetime import timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.history import version_of
from governance.decide.obligations.enums import Standing
from governance.decide.obligations.queries import load_obligations
from governance.desk.inbox.obligations import OBLIGATIONS
from governance.desk.inbox.queries import list_tasks, sort_by_weight
from governance.desk.inbox.weights import Weight
from governance.life.facts.services import switch_workspaces
from pmo.registers.budget.queries import project_totals
from pmo.registers.risks.models import Risk
from pmo.registers.schedule.queries import largest_slip
from pmo.registers.weather.queries import WITHOUT, latest_reports
from pmo.steering.dashboards import today as block
from pmo.steering.dashboards.nodes import ALARMS, KEYS, Asked, Node
from pmo.steering.dashboards.obligations import MOST_RED, list_obligations, list_with_red
from pmo.steering.dashboards.scope import Scope, visible_parts
from projects.enums import ProjectState, Workspace
from projects.models import Project
from projects.seats.mandates.services import found_project
from roles.models import User
from tests.effort import in_turn
from tests.pmo.steering.dashboards.test_dashboards import CODES
from tools.servers.embedded import ROOT

pytestmark = pytest.mark.django_db
BOARD = "/projects/SN28/dashboard/"
#: Writes the bottom edge of the first rows into the page (Playwright would not let the test read the database).
MEASURE = """<script>
const rows = [...document.querySelectorAll("[aria-labelledby=projects] tbody tr")];
const bottoms = rows.map((row) => row.getBoundingClientRect().bottom);
document.documentElement.dataset.bottoms = bottoms.join(" ");
document.documentElement.dataset.width = document.documentElement.scrollWidth;
</script>"""


@pytest.fixture
def valette(demo: None, db: None) -> User:
    """Return the project office of the portfolio SN28 alone."""
    return User.objects.get(email="bruno.valette@example.org")


@pytest.fixture
def client(valette: User, client_of: Any) -> Any:
    """Return the client of the office."""
    return client_of(valette)


def nodes_of(client: Any, query: str = "") -> list[Node]:
    """List the rows of the portfolio."""
    found: list[Node] = client.get(BOARD + query).context["nodes"]
    return found


def test_each_column_sorts_both_ways_and_empty_values_come_last(client: Any) -> None:
    for place, (name, key) in enumerate(KEYS.items()):
        for sort in in_turn(place, (name, f"-{name}")):
            values = [key(node) for node in nodes_of(client, f"?sort={sort}")]
            known = [value for value in values if value is not None]
            assert values == sorted(known, reverse=sort != name) + [None] * (len(values) - len(known)), sort
            assert len(values) == len(CODES)


def test_each_alarm_filters_and_its_number_is_that_of_the_rows(client: Any) -> None:
    counts = {name: count for name, _words, count in client.get(BOARD).context["alarms"]}
    assert counts
    for name in ALARMS:
        assert len(nodes_of(client, f"?alarm={name}")) == counts.get(name, 0), name
    assert all("late" in node.alarms for node in nodes_of(client, "?alarm=late"))


@pytest.mark.parametrize("query", ["?sort=owner&alarm=%00", "?sort=--late&alarm=x", "?sort=%F0%9F%92%A5"])
def test_an_unknown_order_or_filter_is_ignored_and_the_worst_come_first(query: str, client: Any) -> None:
    weights = [node.weight for node in nodes_of(client, query)]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) == len(CODES)
    assert Asked.read({"sort": "owner"}) == Asked()


def test_the_file_says_what_the_rows_say(client: Any) -> None:
    file = client.get(f"{BOARD}?export=csv").content.decode("utf-8-sig")
    rows = {row[0]: row for row in csv.reader(StringIO(file))}
    for node in nodes_of(client):
        row = rows[node.line.project.code]
        assert row[17:20] == [
            node.gate.code if node.gate else "",
            str(node.gaps),
            "" if node.slip is None else str(node.slip),
        ]
        assert row[21] == str(node.late)


def test_a_project_that_is_not_launched_has_nothing_late_on_its_row_nor_on_its_page(client: Any) -> None:
    rdv = Project.objects.get(code="RDV")
    duties, day = load_obligations(rdv), timezone.localdate()
    assert rdv.state == ProjectState.DRAFT
    assert any(row.is_open and row.due_on and row.due_on < day for row in duties)
    assert [row for row in duties if row.standing == Standing.LATE] == []
    counted = [row.key for row in list_obligations(Scope(rdv, Project.objects.filter(pk=rdv.pk), day, only=rdv.code))]
    assert not any(key.startswith(OBLIGATIONS.name) for key in counted)
    assert sum(node.late for node in nodes_of(client) if node.line.project == rdv) <= len(counted)


def test_a_row_says_what_the_pages_of_its_project_say(client: Any) -> None:
    day, nodes = timezone.localdate(), nodes_of(client)
    assert any(node.weather for node in nodes)
    assert any(node.slip for node in nodes)
    assert any(node.budget for node in nodes)
    for node in nodes:
        project = node.line.project
        steered = project.has(Workspace.STEERING)
        cell = latest_reports([project]).get(project.pk)
        assert node.published == (timezone.localdate(cell.report.acted_at) if cell and cell.report else None)
        said = cell and cell is not WITHOUT and (cell.sky, cell.trend, cell.month)
        assert (node.weather and node.weather[:3]) == (said or None)
        assert node.slip == (largest_slip(project.milestones.all(), project.ends_on, day) if steered else None)
        totals = project_totals(project)
        assert node.budget == (totals.percent_of(project.budget) if steered and totals.lines else None)
        alone = Scope(project, Project.objects.filter(pk=project.pk), day, only=project.code)
        owed = list_obligations(alone)
        assert node.late == sum(row.is_late(day) and not row.is_routine for row in owed), project.code
        assert all(row.is_routine == row.key.startswith(OBLIGATIONS.name) for row in owed)
        held = set(project.mandates.active().values_list("role__code", flat=True))
        filled = {code for code, state in node.line.seats.states.items() if state != "vacant"}
        assert filled == held & set(node.line.seats.states)


@pytest.mark.parametrize("query", ["", "?period=90", "?within=PARCOURS"])
def test_the_filters_offer_the_programmes_and_owners_of_the_whole_portfolio(
    query: str, valette: User, client: Any
) -> None:
    root = Project.objects.get(code="SN28")
    board = client.get(BOARD + query).context["board"]
    with override("fr"):
        offered = Scope(root, visible_parts(root, valette), timezone.localdate()).choices()
        assert board.choices() == offered
    assert all(offered.values())


def test_the_worst_red_risks_come_with_the_obligations(demo: None) -> None:
    scope = Scope(Project.objects.get(code="SN28"), Project.objects.all(), timezone.localdate())
    rows: Any = Risk.objects.filter(project__in=scope.using(Workspace.RISKS)).red_and_unaccepted(scope.today)
    worst = rows.order_by("-level_now", "pk").values_list("pk", "project__code", "code", "title", "owner_role")
    obligations, red = list_with_red(scope, [])
    assert [tuple(risk) for risk in red] == list(worst[:MOST_RED]) != []
    assert sorted(row.key for row in obligations) == sorted(row.key for row in list_obligations(scope, []))


def links_of(page: str) -> list[str]:
    """List the addresses of the block."""
    found = page.partition('aria-labelledby="today"')[2].partition('aria-labelledby="projects"')[0]
    return [unescape(url) for url in re.findall(r'<li>\s*<a href="([^"]+)"', found)]


def test_the_block_of_today_leads_to_ten_things_that_its_reader_may_open(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Project.objects.get(code="SN28")
    own = [item for project, items in groups_of(client) if project == root for item in items]
    assert len(own) <= block.MOST_OF_ONE
    assert sum(item.why.startswith("Routine") for item in own) == block.MOST_ROUTINE
    monkeypatch.setattr(block, "LEAST_BELOW", 0)
    monkeypatch.setattr(block, "MOST_ROUTINE", block.MOST)
    assert len(client.get(BOARD).context["today"].groups) > 1
    monkeypatch.setattr(block, "MOST_OF_ONE", block.MOST)
    links = links_of(client.get(BOARD).content.decode())
    assert len(links) == block.MOST
    for link in links:
        assert client.get(link.partition("#")[0]).status_code == 200, link


def groups_of(client: Any) -> list[tuple[Project, list[Any]]]:
    """List the items of the block by project."""
    groups: list[tuple[Project, list[Any]]] = (
        client.get(BOARD, headers={"accept-language": "en"}).context["today"].groups
    )
    return groups


def items_of(client: Any) -> list[Any]:
    """List the items of the block."""
    return [item for _project, items in groups_of(client) for item in items]


class Offer(NamedTuple):
    """What a test offers to the block."""

    project: str
    number: int
    late: int


@pytest.mark.parametrize(
    ("offers", "chosen"),
    [
        # A decision due tomorrow comes before routine, however late, and routine takes two rows at most.
        ([("A", 30, 200), ("A", 100, -1), ("B", 30, 300), ("C", 30, 400)], [("A", 100, -1), ("A", 30, 200)]),
        ([("A", 30, 1), ("A", 30, 2), ("A", 20, 9), ("A", 50, 0)], [("A", 50, 0), ("A", 30, 2), ("A", 30, 1)]),
        # The own level comes first, three rows of one project, nothing light from below.
        ([("B", 100, 9), ("A", 45, 0), ("B", 74, 99)], [("A", 45, 0), ("B", 100, 9)]),
        ([("B", 100, day) for day in range(5)], [("B", 100, day) for day in (4, 3, 2)]),
        (
            [(code, 80, day) for code in "BCDE" for day in range(3)],
            [(code, 80, day) for day in (2, 1) for code in "BCDE"] + [("B", 80, 0), ("C", 80, 0)],
        ),
    ],
)
def test_what_is_listed_today_follows_weight_then_days_late(
    offers: list[tuple[str, int, int]], chosen: list[tuple[str, int, int]]
) -> None:
    day = timezone.localdate()
    choices: Any = [
        block.Choice(code, Weight(number, ""), day - timedelta(days=late), Offer(code, number, late))
        for code, number, late in offers
    ]
    assert [tuple(choice.one) for choice in block.choose(block.sort_choices(choices, "A"))] == chosen


def test_the_block_of_today_says_why_each_is_listed_and_what_is_late_for_somebody(
    valette: User, client_of: Any
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
        client = client_of(valette)
        today = client.get(BOARD, headers={"accept-language": "en"}).context["today"]
        late = {
            "decisions": client.get(today.late.decisions_url).context["page"].found,
            "work": client.get(today.late.work_url).context["page"].found,
            "routine": client.get(today.late.routine_url).context["page"].found,
        }
        assert late == {name: getattr(today.late, name) for name in late}
        assert all(late.values()), late
        below = [item for project, items in today.groups for item in items if project.code != "SN28"]
        assert "The date to decide has passed" in {item.why for item in below}
        assert sum(int(item.title.split()[0]) for item in below if "late decision" in item.title) == late["decisions"]
        assert not any(item.why.startswith("Routine") for item in below)


def test_the_block_of_today_names_own_late_tasks_first_and_nothing_of_others_projects(
    valette: User, client: Any, client_of: Any
) -> None:
    root = Project.objects.get(code="SN28")
    first = client.get(BOARD).context["today"].groups[0]
    mine = sort_by_weight(task for task in list_tasks(valette) if task.project_id == root.pk)
    assert (first[0], first[1][0].role, first[1][0].due) == (root, "", mine[0].due)
    assert first[1][0].why.startswith(str(mine[0].weight.why))
    lemercier = User.objects.get(email="antoine.lemercier@example.org")  # owner of the programme, not of the portfolio
    page = client_of(lemercier).get(reverse("pmo:dashboards:dashboard", args=["PARCOURS"]))
    readable = set(Project.objects.visible_to(lemercier).values_list("code", flat=True))
    assert {project.code for project, _items in page.context["today"].groups} <= readable


def test_a_project_alone_has_no_rows_of_others(client: Any) -> None:
    page = client.get(reverse("pmo:dashboards:dashboard", args=["LITS"]))
    assert "nodes" not in page.context


@pytest.fixture
def twelve(demo: None, db: None) -> list[str]:
    """Open projects of the portfolio until twelve are part of it."""
    actor = User.objects.get(email="maud.esteve@example.org")
    owner = User.objects.get(email="antoine.lemercier@example.org")
    day = timezone.localdate()
    for number in range(12 - len(CODES) + 1):
        words = {
            "code": f"T{number}",
            "prefix": f"T{number}",
            "title_fr": f"Projet {number}",
            "title_en": f"P {number}",
        }
        dates = {"starts_on": day, "ends_on": day + timedelta(days=300), "language": "fr"}
        parent = {"parent": Project.objects.get(code="SN28")}
        found_project(actor=actor, owner=owner, fields=words | dates | parent)
    return [*CODES]


def test_the_three_worst_of_twelve_projects_stand_on_the_first_screen(
    twelve: list[str], client: Any, tmp_path: Path
) -> None:
    answer = client.get(BOARD)
    assert len(answer.context["nodes"]) > 12
    worst = [node.line.project.code for node in answer.context["nodes"][:3]]
    assert set(worst) <= set(twelve)
    styles = "".join((ROOT / f"static/css/{name}.css").read_text() for name in ("tokens", "components", "shell"))
    page = re.sub(r"<(link|script)\b[^>]*>(</script>)?", "", answer.content.decode())
    page = page.replace("</head>", f"<style>{styles}</style></head>").replace("</body>", f"{MEASURE}</body>")
    file = tmp_path / "portfolio.html"
    file.write_text(page)
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
    command = [program, "--no-sandbox", "--disable-gpu", "--window-size=1440,900", "--dump-dom", file.as_uri()]
    drawn = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    bottoms = [float(edge) for edge in re.findall(r'data-bottoms="([\d. ]+)"', drawn)[0].split()]
    assert len(bottoms) == len(answer.context["nodes"])
    assert bottoms[2] <= 900
    assert int(re.findall(r'data-width="(\d+)"', drawn)[0]) <= 1440


def test_the_home_of_a_project_leads_with_what_comes_next(valette: User, client: Any, client_of: Any) -> None:
    kolic = User.objects.get(email="vera.kolic@example.org")
    project = Project.objects.get(code="LITS")
    home = client_of(kolic).get(project.get_absolute_url())
    gate, milestone, weather, red = home.context["leading"]
    ahead = project.milestones.filter(actual_on=None).order_by("forecast_on").first()
    unmet = client.get(reverse("pmo:dashboards:dashboard_list", args=["LITS", "checkpoints"]), {"result": "unmet"})
    assert gate.value == project.next_gate
    assert gate.note.startswith(f"{unmet.context['page'].found} ")
    assert milestone.note == ahead.name
    assert str(weather.value).casefold() == project.weather.latest("pk").get_overall_display()
    assert red.value == client.get(red.url).context["page"].found
    mine = [task for task in list_tasks(kolic) if task.project_id == project.pk]
    assert home.context["task_count"] == len(mine) > len(home.context["tasks"]) > 0
    for link in (gate.url, milestone.url, weather.url, *(task.url for task in home.context["tasks"])):
        assert client_of(kolic).get(link.partition("#")[0]).status_code == 200, link


def test_the_home_shows_only_what_the_workspaces_of_the_project_hold(
    owner: User, project_one: Project, client_of: Any
) -> None:
    switch_workspaces(actor=owner, project=project_one, workspaces=[], seen=version_of(project_one))
    home = client_of(owner).get(project_one.get_absolute_url())
    assert [figure.value for figure in home.context["leading"]] == [project_one.next_gate]
    assert all(term["because"] for term in home.context["terms"])  # only what a decision changed
