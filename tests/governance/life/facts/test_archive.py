"""Test the archive: who, when, what stays readable, what nothing changes any more, and where it is left out."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused, can
from core.history import Outdated, version_of
from governance.desk.home.levels import list_children
from governance.enums import Act
from governance.life.facts.services import archive, unarchive
from governance.models import Proposal
from projects.ledger.enums import ACTS
from projects.ledger.services import record
from projects.models import Project
from projects.people.opening.queries import list_project_seats
from projects.seats.mandates.services import name_owner
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db
READ_ONLY = "An archived project is read only: its owner takes it out of the archive first"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture(scope="module")
def kept_ended(kept_cast: dict[str, Any]) -> Project:
    """Abandon project one, once for the file."""
    project = Project.objects.get(code="ONE")
    with override("en"):
        acts.abandon(kept_cast["owner"], project)
    fire_deferred_triggers()
    return project


@pytest.fixture
def ended(kept_ended: Project) -> Any:
    """Return project one, abandoned."""
    return acts.fresh(kept_ended)


def put_away(actor: Any, project: Project) -> Project:
    """Archive the project as its reader."""
    done = archive(actor=actor, project=project, seen=version_of(project))
    fire_deferred_triggers()
    return done


def test_the_owner_archives_a_project_that_has_ended(owner: Any, ended: Project) -> None:
    read_before = version_of(ended)
    project = put_away(owner, ended)
    assert project.archived
    assert project.events.latest("seq").act == "archive"
    with pytest.raises(Outdated):
        unarchive(actor=owner, project=project, seen=read_before)
    assert not unarchive(actor=owner, project=project, seen=version_of(acts.fresh(project))).archived
    fire_deferred_triggers()


def test_a_project_that_goes_on_is_not_archived(owner: Any, project_one: Project) -> None:
    with pytest.raises(ValidationError):
        put_away(owner, project_one)
    acts.suspend(owner, project_one)
    with pytest.raises(ValidationError):
        put_away(owner, acts.fresh(project_one))


@pytest.mark.parametrize("member", ["pmo", "amoa", "moe", "delegate", "other_owner", "staff_admin", "superuser"])
def test_nobody_else_archives_it(member: str, cast: dict[str, Any], owner: Any, ended: Project) -> None:
    with pytest.raises(Refused):
        put_away(cast[member], ended)
    project = put_away(owner, ended)
    with pytest.raises(Refused):
        unarchive(actor=cast[member], project=project, seen=version_of(project))


def test_an_archived_project_is_read_only(owner: Any, amoa: Any, ended: Project) -> None:
    project = put_away(owner, ended)
    for member, name in (
        (owner, "projects.appoint"),
        (owner, "governance.add_document"),
        (owner, "governance.edit_facts"),
    ):
        assert not can(member, name, project)
    assert not can(amoa, "governance.propose", Proposal(project=project, kind="reopening"))
    assert can(owner, "governance.unarchive", project)
    with pytest.raises(Refused):
        acts.draft(amoa, project, "reopening")


def test_its_next_owner_is_named_and_takes_it_out(owner: Any, outsider: Any, ended: Project) -> None:
    project = put_away(owner, ended)
    name_owner(actor=owner, project=project, holder=outsider)
    fire_deferred_triggers()
    unarchive(actor=outsider, project=project, seen=version_of(acts.fresh(project)))


def test_lists_leave_it_out_unless_they_are_asked(
    english: Callable[[Any], Any], owner: Any, pmo: Any, ended: Project
) -> None:
    put_away(owner, ended)
    tree = reverse("governance:project_tree:project_list")
    assert not english(pmo).get(tree).context["page"].rows
    [row] = english(pmo).get(f"{tree}?state=archived").context["page"].rows
    assert row.project == ended
    assert ended not in [line.project for line in list_project_seats(timezone.now())]
    assert list_children(ended, pmo) == []


def test_the_pages_say_so_and_lead_out_of_it(english: Callable[[Any], Any], owner: Any, ended: Project) -> None:
    client = english(owner)
    path = reverse("governance:facts:archive", args=["ONE"])
    assert path in client.get(reverse("governance:facts:facts", args=["ONE"])).text
    assert client.post(path, {"seen": version_of(ended)}).status_code == 302
    facts = client.get(reverse("governance:facts:facts", args=["ONE"])).text
    back = reverse("governance:facts:unarchive", args=["ONE"])
    assert back in facts
    assert "Archived: read only" in facts
    refused = client.get(reverse("projects:appointments:mandate_appoint", args=["ONE"]))
    assert refused.status_code == 403
    assert "read only until its owner takes it out" in refused.text
    assert client.post(back, {"seen": version_of(acts.fresh(ended))}).status_code == 302
    assert not acts.fresh(ended).archived


class World:
    """What the attacks need: an ended project, and the people who try."""

    def __init__(self, cast: dict[str, Any], ended: Project, running: Project) -> None:
        self.cast, self.ended, self.running = cast, ended, running

    def set(self, project: Project, event: str, by: str = "owner", **columns: Any) -> None:
        """Change columns of the project, with an event of this act in the name of a member of the cast."""
        Project.objects.filter(pk=project.pk).update(**columns)
        record(act=ACTS[event], actor=self.cast[by], project=project, subject=project)
        fire_deferred_triggers()

    def act(self) -> None:
        """Leave an event on the archived project."""
        put_away(self.cast["owner"], self.ended)
        record(act=Act.EDIT, actor=self.cast["owner"], project=self.ended, subject=self.ended)


@pytest.fixture
def world(cast: dict[str, Any], ended: Project, project_two: Project) -> World:
    return World(cast, ended, project_two)


ATTACKS = Attacks(
    triggers=[
        ("ledgerevent.leaves_an_archive_as_it_is", "another act", lambda w: w.act(), READ_ONLY),
        (
            "project.changes_by_its_owner",
            "archived by the office",
            lambda w: w.set(w.ended, "archive", "pmo", archived=True),
            "The owner in office alone changes the facts of a project, by an act (R1)",
        ),
    ],
    constraints={
        "an_archived_project_has_ended": lambda w: w.set(w.running, "archive", "other_owner", archived=True),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
