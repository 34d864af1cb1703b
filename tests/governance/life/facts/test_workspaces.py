"""Test what is gone once a workspace is switched off, and that nothing of it is deleted."""

import re
from functools import cache
from typing import Any

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from amoa.models import Question
from core.access import Refused, can
from core.history import version_of
from governance.decide.kinds.registry import kind_of
from governance.decide.obligations.queries import load_obligations
from governance.decide.proposals.services import Incomplete
from governance.desk.inbox.queries import count_waiting
from governance.desk.inbox.reader import list_rows
from governance.life.closure.queries import list_open_items
from governance.life.facts.services import switch_workspaces
from governance.workspace_registry import TASKS
from pmo.models import Risk
from pmo.registers.risks.services import raise_risk
from pmo.registers.weather.calculation import compute_weather
from pmo.steering.dashboards.figures import list_lines
from pmo.steering.dashboards.scope import Scope, visible_parts
from pmo.steering.gates.criteria import list_criteria
from projects.enums import Workspace
from projects.models import Project
from projects.workspaces import workspace_of
from roles.enums import Gate
from tests import acts
from tests.database import fire_deferred_triggers
from tests.pages.visits import visits

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
#: Pages of a workspace that concern no single project.
OF_NO_PROJECT = {"pmo:lessons:lesson_list"}


def switch(owner: Any, project: Project, *workspaces: str) -> Project:
    """Switch these workspaces of the project on and the others off."""
    switched = switch_workspaces(actor=owner, project=project, workspaces=workspaces, seen=version_of(project))
    fire_deferred_triggers()
    return acts.fresh(switched)


@pytest.fixture
def bare(owner: Any, project_one: Project) -> Project:
    """Switch every workspace of project one off."""
    return switch(owner, project_one)


def test_each_page_of_a_workspace_says_that_it_is_off(
    cast: dict[str, Any], proposal: Any, project_one: Project, client_of: Any
) -> None:
    pages = [(name, visit) for name, visit in visits(proposal) if visit.method == "GET"]
    known = [(name, visit) for name, visit in pages if not re.match("/projects/(?!ONE/)", visit.path)]
    switch(cast["owner"], project_one)
    wrong, seen, browser = [], set(), cache(lambda member: client_of(cast[member]))
    for name, visit in known:
        view = resolve(visit.path.partition("?")[0]).view_name
        if workspace_of(view) is None or view in OF_NO_PROJECT or cast[visit.member].is_anonymous:
            continue
        if view in seen:  # whatever it shows, it asks for its project first
            continue
        seen.add(view)
        answer = visit.by(browser(visit.member))
        if answer.status_code != 404 or "projects/switched_off.html" not in {part.name for part in answer.templates}:
            wrong.append(f"{name}: {answer.status_code}")
    assert not wrong
    assert len(seen) > 60


def test_the_page_names_the_workspace_and_the_way_back(cast: dict[str, Any], bare: Project, client_of: Any) -> None:
    page = client_of(cast["pmo"]).get(reverse("pmo:risks:risk_list", args=["ONE"]), headers=ENGLISH)
    assert page.status_code == 404
    for words in (
        "“risks” is switched off",
        "Nothing of it is deleted",
        reverse("governance:facts:facts", args=["ONE"]),
    ):
        assert words in page.text
    assert client_of(cast["outsider"]).get(reverse("pmo:risks:risk_list", args=["ONE"])).templates[0].name == "404.html"


def test_the_menu_shows_what_is_on(cast: dict[str, Any], project_one: Project, client_of: Any) -> None:
    addresses = {
        Workspace.REQUIREMENTS: "amoa:requirements:requirement_list",
        Workspace.CHANGE: "amoa:change_plan:change_plan",
        Workspace.STANDARDS: "pmo:conformity:conformity",
        Workspace.RISKS: "pmo:risks:risk_list",
        Workspace.STEERING: "pmo:weather:weather",
    }
    switch(cast["owner"], project_one, Workspace.RISKS)
    page = client_of(cast["pmo"]).get(project_one.get_absolute_url()).text
    shown = {workspace for workspace, view in addresses.items() if f'href="{reverse(view, args=["ONE"])}"' in page}
    assert shown == {Workspace.RISKS}


def test_a_workspace_with_open_rows_goes_off_after_a_review(
    cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    client, path = client_of(cast["owner"]), reverse("governance:facts:workspaces_switch", args=["ONE"])
    kept = [code for code in project_one.workspaces if code != Workspace.RISKS]
    fields = {"workspaces": kept, "seen": version_of(project_one)}
    shown = client.post(path, fields, headers=ENGLISH)
    assert shown.status_code == 200
    number = Risk.objects.open().filter(project=project_one).count()
    assert f"{number} open risk" in shown.text
    assert "Nothing is deleted." in shown.text
    assert acts.fresh(project_one).has(Workspace.RISKS)
    assert client.post(path, fields | {"step": "change"}, headers=ENGLISH).status_code == 200
    assert client.post(path, fields | {"step": "record"}, headers=ENGLISH).status_code == 302
    assert not acts.fresh(project_one).has(Workspace.RISKS)


def test_a_workspace_without_open_rows_goes_off_and_any_goes_on_at_once(
    cast: dict[str, Any], bare: Project, client_of: Any
) -> None:
    client, path = client_of(cast["owner"]), reverse("governance:facts:workspaces_switch", args=["ONE"])
    on = client.post(path, {"workspaces": [Workspace.RISKS.value], "seen": version_of(bare)})
    assert on.status_code == 302
    other = Project.objects.get(code="TWO")
    client = client_of(cast["other_owner"])
    path = reverse("governance:facts:workspaces_switch", args=["TWO"])
    assert client.post(path, {"workspaces": [], "seen": version_of(other)}).status_code == 302


def test_nothing_is_deleted_and_all_comes_back(cast: dict[str, Any], bare: Project, client_of: Any) -> None:
    rows = Risk.objects.filter(project=bare).count()
    assert rows
    switch(cast["owner"], bare, *Workspace.values)
    page = client_of(cast["pmo"]).get(reverse("pmo:risks:risk_list", args=["ONE"]))
    assert page.status_code == 200
    assert Risk.objects.filter(project=bare).count() == rows


def test_its_acts_are_refused(cast: dict[str, Any], bare: Project) -> None:
    assert not can(cast["pmo"], "pmo.raise_risk", bare)
    assert not can(cast["pmo"], "pmo.keep_standards", bare)
    with pytest.raises(Refused):
        raise_risk(actor=cast["pmo"], project=bare, fields={"title": "Flood", "cause": "Rain", "effect": "Water"})
    assert can(cast["pmo"], "governance.propose", bare)


def test_its_tasks_leave_the_inbox(cast: dict[str, Any], project_one: Project) -> None:
    asked = Question.objects.filter(project=project_one, answer="").earliest("pk")
    person = project_one.mandates.active().get(role__code=asked.asked_of).holder
    questions = next(kind for kind in TASKS if kind.name == "questions")
    before = count_waiting(person, 100)[0]
    assert asked in list_rows(questions, person)
    switch(cast["owner"], project_one, Workspace.RISKS)
    assert not list_rows(questions, person).filter(project=project_one).exists()
    assert count_waiting(person, 100)[0] < before


def test_its_rows_leave_figures_gates_and_the_closing(cast: dict[str, Any], project_one: Project) -> None:
    def look(project: Project) -> tuple[set[str], set[str], int]:
        scope = Scope(project, visible_parts(project, cast["owner"]), timezone.localdate())
        [line] = list_lines(scope.projects, timezone.now(), scope.since)
        criteria = {criterion.name for criterion in list_criteria(project, Gate.G3)}
        items = {item.key.rpartition("-")[0] for item in list_open_items(project)}
        return criteria, items, line.musts + line.initial

    criteria, items, figures = look(project_one)
    assert criteria == {"roles", "standards", "risks", "musts"}
    assert figures
    assert items & {"action", "campaign", "criterion"}
    criteria, items, figures = look(switch(cast["owner"], project_one))
    assert (criteria, figures) == ({"roles"}, 0)
    assert not items & {"action", "check", "waiver", "risk", "criterion", "campaign"}


def test_its_obligations_no_longer_arise(cast: dict[str, Any], project_one: Project) -> None:
    before = {row.duty.code for row in load_obligations(project_one)}
    after = {row.duty.code for row in load_obligations(switch(cast["owner"], project_one))}
    assert {"PMO-05", "PMO-07", "AMOA-08"} <= before - after
    assert {"MOA-12"} <= after


def test_the_weather_leaves_out_what_is_off(cast: dict[str, Any], project_one: Project) -> None:
    assert compute_weather(project_one).skies()["risk"]
    skies = compute_weather(switch(cast["owner"], project_one, Workspace.STEERING)).skies()
    assert (skies["risk"], skies["scope"]) == ("", "")


def test_its_kinds_of_decision_are_not_proposed(cast: dict[str, Any], project_one: Project, client_of: Any) -> None:
    file = acts.draft(cast["pmo"], project_one, kind="waiver")
    bare = switch(cast["owner"], project_one)
    offered = client_of(cast["pmo"]).get(reverse("governance:proposals:proposal_new", args=["ONE"]), headers=ENGLISH)
    assert 'value="waiver"' not in offered.text
    assert 'value="change"' in offered.text
    assert "kind" in kind_of("waiver").gaps(acts.reread(file).draft, bare)


def test_a_new_project_starts_with_risks(client_of: Any, staff_admin: Any, outsider: Any) -> None:
    form = client_of(staff_admin).get("/projects/new/").context["form"]
    assert form["workspaces"].value() == [Workspace.RISKS]


def test_a_file_of_its_kind_is_not_submitted(cast: dict[str, Any], project_one: Project) -> None:
    bare = switch(cast["owner"], project_one)
    assert bare not in Project.objects.having(Workspace.RISKS)
    with pytest.raises(Incomplete):
        acts.submit(cast["pmo"], acts.draft(cast["pmo"], bare, kind="waiver"))


def test_before_the_launch_the_home_says_what_is_off_and_who_switches_it_on(
    cast: dict[str, Any], project_two: Project, client_of: Any
) -> None:
    home, address = project_two.get_absolute_url(), reverse("governance:facts:workspaces_switch", args=["TWO"])
    assert "Workspaces that are off here:" not in client_of(cast["other_owner"]).get(home, headers=ENGLISH).text
    switch(cast["other_owner"], project_two, Workspace.RISKS)
    page = client_of(cast["other_owner"]).get(home, headers=ENGLISH).text
    assert "requirements and acceptance, change management, standards and conformity, steering." in page
    assert f'href="{address}"' in page
    others = client_of(cast["other_pmo"]).get(home, headers=ENGLISH).text
    assert "The project owner switches them on." in others
    assert f'href="{address}"' not in others
