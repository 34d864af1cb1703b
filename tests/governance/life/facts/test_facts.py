"""Test the facts of a project: who changes them, when, what stays, and since when the project is in its state."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.access import Refused
from core.history import Outdated, version_of
from governance.life.facts.queries import find_since, has_references
from governance.life.facts.services import edit_facts, switch_workspaces
from projects.enums import Workspace
from projects.ledger.enums import ACTS
from projects.ledger.services import record
from projects.models import Project
from projects.seats.mandates.services import found_project
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
BY_ITS_OWNER = "The owner in office alone changes the facts of a project, by an act (R1)"


@pytest.fixture
def fresh_project(staff_admin: Any, owner: Any) -> Project:
    """Open a project of the owner that has given no reference."""
    words = {"code": "NEW", "prefix": "NW", "title_fr": "Neuf", "title_en": "New"}
    dates = {"starts_on": "2026-01-05", "ends_on": acts.FUTURE}
    project = found_project(actor=staff_admin, owner=owner, fields=words | dates)
    fire_deferred_triggers()
    return project


def edit(actor: Any, project: Project, **fields: Any) -> Project:
    """Change facts as the reader of the present version."""
    return edit_facts(actor=actor, project=project, fields=fields, seen=version_of(project))


def switch(actor: Any, project: Project, *workspaces: str) -> Project:
    """Switch these workspaces on and the others off."""
    return switch_workspaces(actor=actor, project=project, workspaces=workspaces, seen=version_of(project))


def test_the_owner_renames_a_project_and_leaves_an_event(owner: Any, project_one: Project) -> None:
    language = "fr" if project_one.language == "en" else "en"
    project = edit(owner, project_one, title_fr="Port neuf", language=language)
    fire_deferred_triggers()
    project.refresh_from_db()
    assert (project.title_fr, project.language) == ("Port neuf", language)
    event = project.events.order_by("-seq").first()
    assert (event.act, event.actor, event.subject_id) == ("edit_facts", owner, project.pk)
    assert '"changed":"language,title_fr"' in bytes(event.body).decode()
    assert project.history.latest().history_user == owner


def test_nothing_changed_leaves_no_event(owner: Any, project_one: Project) -> None:
    before = project_one.events.count()
    edit(owner, project_one, title_fr=project_one.title_fr)
    switch(owner, project_one, *Workspace.values)
    assert project_one.events.count() == before


@pytest.mark.parametrize("member", ["pmo", "amoa", "moe", "delegate", "other_owner", "staff_admin", "superuser"])
def test_nobody_else_changes_a_fact(member: str, cast: dict[str, Any], project_one: Project) -> None:
    with pytest.raises(Refused):
        edit(cast[member], project_one, title_fr="X")
    with pytest.raises(Refused):
        switch(cast[member], project_one)


def test_the_prefix_changes_until_the_first_reference(owner: Any, pmo: Any, fresh_project: Project) -> None:
    assert not has_references(fresh_project)
    project = edit(owner, fresh_project, prefix="NX")
    fire_deferred_triggers()
    assert project.prefix == "NX"


def test_a_prefix_in_use_is_refused(owner: Any, fresh_project: Project, project_one: Project) -> None:
    with pytest.raises(ValidationError) as refused:
        edit(owner, fresh_project, prefix=project_one.prefix)
    assert set(refused.value.message_dict) == {"prefix"}


def test_the_prefix_stays_once_a_reference_begins_with_it(owner: Any, project_one: Project, client_of: Any) -> None:
    assert has_references(project_one)
    with pytest.raises(ValidationError):
        edit(owner, project_one, prefix="XY")
    form = client_of(owner).get(reverse("governance:facts:facts_edit", args=["ONE"])).context["form"]
    assert "prefix" not in form.fields


def test_a_change_since_the_page_was_read_is_told(owner: Any, project_one: Project) -> None:
    seen = version_of(project_one)
    edit(owner, project_one, title_fr="Port neuf")
    with pytest.raises(Outdated):
        edit_facts(actor=owner, project=project_one, fields={"title_en": "X"}, seen=seen)
    with pytest.raises(Outdated):
        switch_workspaces(actor=owner, project=project_one, workspaces=[], seen=seen)


def test_a_closed_project_keeps_its_facts(owner: Any, project_one: Project) -> None:
    acts.close(owner, project_one)
    closed = acts.fresh(project_one)
    assert closed.state == "closed"
    with pytest.raises(Refused):
        edit(owner, closed, title_fr="X")
    with pytest.raises(Refused):
        switch(owner, closed)


def test_the_page_says_since_when_and_because_of_what(owner: Any, project_one: Project, client_of: Any) -> None:
    since = find_since(project_one)
    page = client_of(owner).get(reverse("governance:facts:facts", args=["ONE"]), headers=ENGLISH)
    assert since.at is not None
    for words in (project_one.prefix, "Launched", "Switch workspaces", "Edit the facts", "Steering"):
        assert words in page.text
    if since.because:
        assert since.because.reference in page.text


def test_others_read_the_facts_without_buttons(pmo: Any, client_of: Any) -> None:
    page = client_of(pmo).get(reverse("governance:facts:facts", args=["ONE"]), headers=ENGLISH)
    assert page.status_code == 200
    assert "Switch workspaces" not in page.text
    assert client_of(pmo).get(reverse("governance:facts:facts_edit", args=["ONE"])).status_code == 403


def test_the_owner_changes_facts_in_the_browser(owner: Any, project_one: Project, client_of: Any) -> None:
    client, seen = client_of(owner), version_of(project_one)
    path = reverse("governance:facts:facts_edit", args=["ONE"])
    typed = {"title_fr": "Port", "title_en": "", "language": "fr", "seen": seen}
    assert client.post(path, typed).status_code == 422
    answer = client.post(path, typed | {"title_en": "Harbour"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("governance:facts:facts", args=["ONE"]))
    path = reverse("governance:facts:workspaces_switch", args=["ONE"])
    client.post(path, {"workspaces": ["risks"], "seen": version_of(project_one), "step": "record"})
    assert Project.objects.get(code="ONE").workspaces == ["risks"]


class World:
    """What the attacks need: project one, and the people who try."""

    def __init__(self, cast: dict[str, Any], project: Project, free: Project) -> None:
        self.cast, self.project, self.free = cast, project, free

    def set(self, project: Project, event: str = "", by: str = "owner", **columns: Any) -> None:
        """Change columns of the project, with an event of this act in the name of a member of the cast."""
        Project.objects.filter(pk=project.pk).update(**columns)
        record(act=ACTS[event or "edit"], actor=self.cast[by], project=project, subject=project)
        fire_deferred_triggers()


@pytest.fixture
def world(cast: dict[str, Any], project_one: Project, fresh_project: Project) -> World:
    return World(cast, project_one, fresh_project)


ATTACKS = Attacks(
    triggers=[
        (
            "project.changes_by_its_owner",
            "another title by no act",
            lambda w: w.set(w.project, title_fr="X"),
            BY_ITS_OWNER,
        ),
        (
            "project.changes_by_its_owner",
            "another title by the office",
            lambda w: w.set(w.project, "edit_facts", "pmo", title_fr="X"),
            BY_ITS_OWNER,
        ),
        (
            "project.changes_by_its_owner",
            "workspaces by another act",
            lambda w: w.set(w.project, "edit_facts", workspaces=[]),
            BY_ITS_OWNER,
        ),
        (
            "project.changes_by_its_owner",
            "another prefix after the first reference",
            lambda w: w.set(w.project, "edit_facts", prefix="XY"),
            "A project keeps its prefix once a reference begins with it",
        ),
    ],
    constraints={
        "a_project_has_known_workspaces": lambda w: w.set(w.free, "switch_workspaces", workspaces=["kitchen"]),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
