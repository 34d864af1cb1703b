"""Test moves under another parent: who asks, who accepts, when, and what the database refuses."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.pages.refusals.exceptions import MovedOn
from governance.enums import Act
from governance.life.moves.enums import MoveState
from governance.life.moves.models import Move
from governance.life.moves.services import accept_move, ask_move, refuse_move, take_back_move
from governance.record.verification.verifier import verify
from projects.ledger.services import record
from projects.models import Notification, Project
from projects.seats.mandates.services import found_project
from tests import acts
from tests.attacks import Attacks, leaves
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


def found(admin: Any, owner: Any, code: str, level: str = "portfolio", parent: Project | None = None) -> Project:
    """Open a node of this level."""
    words = {"code": code, "prefix": code[:4], "title_fr": f"Nœud {code}", "title_en": f"Node {code}", "level": level}
    dates = {"starts_on": "2026-01-05", "ends_on": acts.FUTURE, "parent": parent}
    return found_project(actor=admin, owner=owner, fields=words | dates)


@pytest.fixture
def north(staff_admin: Any, outsider: Any) -> Project:
    """Open the portfolio of the outsider."""
    return found(staff_admin, outsider, "NORTH")


@pytest.fixture
def south(staff_admin: Any, other_owner: Any) -> Project:
    """Open the portfolio of the other owner."""
    return found(staff_admin, other_owner, "SOUTH")


@pytest.fixture
def placed(owner: Any, outsider: Any, project_one: Project, north: Project) -> Project:
    """Move project one, which stands alone, under the northern portfolio."""
    accept_move(actor=outsider, move=ask_move(actor=owner, project=project_one, target=north))
    fire_deferred_triggers()
    return acts.fresh(project_one)


def test_a_project_that_stands_alone_moves_once_the_owner_above_accepts(
    owner: Any, outsider: Any, project_one: Project, north: Project
) -> None:
    move = ask_move(actor=owner, project=project_one, target=north)
    assert (move.state, acts.fresh(project_one).parent) == (MoveState.ASKED, None)
    assert Move.objects.awaiting(outsider).get() == move
    assert Notification.objects.get(reason="move_asked").recipient == outsider
    done = accept_move(actor=outsider, move=move)
    fire_deferred_triggers()
    project = acts.fresh(project_one)
    assert (done.state, project.parent) == (MoveState.DONE, north)
    assert not Move.objects.awaiting(outsider)
    told = list(project.events.order_by("-seq").values_list("act", "actor", "role")[:2])
    assert told == [("accept_move", outsider.pk, "MOA"), ("ask_move", owner.pk, "MOA")]
    assert Notification.objects.get(reason="move_settled").recipient == owner
    assert verify(project).faults == []
    assert project in Project.objects.visible_to(outsider)


def test_both_owners_accept_and_the_last_one_moves_it(
    owner: Any, outsider: Any, other_owner: Any, placed: Project, south: Project
) -> None:
    move = ask_move(actor=owner, project=placed, target=south)
    accept_move(actor=other_owner, move=move)
    assert acts.fresh(placed).parent.code == "NORTH"
    with pytest.raises(MovedOn):
        accept_move(actor=other_owner, move=move)
    accept_move(actor=outsider, move=move)
    fire_deferred_triggers()
    assert acts.fresh(placed).parent == south
    assert placed not in Project.objects.visible_to(outsider)


def test_who_owns_both_nodes_accepts_once(staff_admin: Any, owner: Any, outsider: Any, placed: Project) -> None:
    west = found(staff_admin, outsider, "WEST")
    accept_move(actor=outsider, move=ask_move(actor=owner, project=placed, target=west))
    fire_deferred_triggers()
    assert acts.fresh(placed).parent == west


@pytest.mark.parametrize("member", ["pmo", "amoa", "delegate", "other_owner", "outsider", "staff_admin", "superuser"])
def test_the_owner_alone_asks(member: str, cast: dict[str, Any], project_one: Project, north: Project) -> None:
    with pytest.raises(Refused):
        ask_move(actor=cast[member], project=project_one, target=north)


@pytest.mark.parametrize("member", ["owner", "pmo", "other_owner", "staff_admin", "superuser"])
def test_the_owners_above_alone_answer(
    member: str, cast: dict[str, Any], owner: Any, project_one: Project, north: Project
) -> None:
    move = ask_move(actor=owner, project=project_one, target=north)
    with pytest.raises(Refused):
        accept_move(actor=cast[member], move=move)
    with pytest.raises(Refused):
        refuse_move(actor=cast[member], move=move, because="Not here.")


def test_a_move_is_refused_with_a_reason_or_taken_back(
    owner: Any, outsider: Any, project_one: Project, north: Project
) -> None:
    move = ask_move(actor=owner, project=project_one, target=north)
    with pytest.raises(ValidationError):
        refuse_move(actor=outsider, move=move, because=" . ")
    refused = refuse_move(actor=outsider, move=move, because="The quay belongs to the south.")
    assert (refused.state, refused.ended_by) == (MoveState.REFUSED, outsider)
    move = ask_move(actor=owner, project=project_one, target=north)
    with pytest.raises(Refused):
        take_back_move(actor=outsider, move=move)
    take_back_move(actor=owner, move=move)
    with pytest.raises(MovedOn):
        accept_move(actor=outsider, move=move)
    fire_deferred_triggers()
    assert acts.fresh(project_one).parent is None


def test_one_move_waits_at_a_time(owner: Any, project_one: Project, north: Project, south: Project) -> None:
    ask_move(actor=owner, project=project_one, target=north)
    with pytest.raises(ValidationError):
        ask_move(actor=owner, project=project_one, target=south)


def test_the_levels_fit_and_there_is_no_circle(
    staff_admin: Any, owner: Any, outsider: Any, project_one: Project, project_two: Project, north: Project
) -> None:
    programme = found(staff_admin, outsider, "PROG", "programme", north)
    for project, target, actor in (
        (project_one, project_two, owner),
        (project_one, project_one, owner),
        (programme, programme, outsider),
        (programme, north, outsider),
        (north, programme, outsider),
    ):
        with pytest.raises(ValidationError):
            ask_move(actor=actor, project=project, target=target)


def test_an_ended_project_stays_where_it_is(owner: Any, outsider: Any, project_one: Project, north: Project) -> None:
    move = ask_move(actor=owner, project=project_one, target=north)
    acts.abandon(owner, project_one)
    with pytest.raises(Refused):
        accept_move(actor=outsider, move=move)
    assert not Move.objects.awaiting(outsider)
    take_back_move(actor=owner, move=move)
    with pytest.raises(Refused):
        ask_move(actor=owner, project=acts.fresh(project_one), target=north)


def test_the_pages_lead_through_a_move(
    english: Callable[[Any], Any], owner: Any, outsider: Any, pmo: Any, project_one: Project, north: Project
) -> None:
    asked = english(owner).post(reverse("governance:moves:move_ask", args=["ONE"]), {"target": "NORTH"})
    move = Move.objects.get()
    assert (asked.status_code, asked["Location"]) == (302, move.get_absolute_url())
    facts = english(owner).get(reverse("governance:facts:facts", args=["ONE"]))
    assert "A move under Node NORTH is pending" in facts.text
    inbox = english(outsider).get(reverse("governance:inbox:inbox"))
    assert move.get_absolute_url() in inbox.text
    page = english(outsider).get(move.get_absolute_url())
    assert "Accept the move" in page.text
    assert project_one.get_absolute_url() not in page.text
    assert "Accept the move" not in english(pmo).get(move.get_absolute_url()).text
    accept = reverse("governance:moves:move_accept", args=[move.pk])
    assert english(pmo).get(accept).status_code == 403
    assert english(outsider).get(accept).status_code == 200
    assert english(outsider).post(accept).status_code == 302
    assert english(outsider).post(accept).status_code == 409
    assert acts.fresh(project_one).parent == north


def test_a_stranger_sees_no_move(
    english: Callable[[Any], Any], owner: Any, other_owner: Any, project_one: Project, north: Project
) -> None:
    move = ask_move(actor=owner, project=project_one, target=north)
    assert english(other_owner).get(move.get_absolute_url()).status_code == 404


# — the database —


class World:
    """What the attacks need: a move that waits for two owners, and people who try."""

    def __init__(self, cast: dict[str, Any], project: Project, target: Project) -> None:
        self.cast, self.project, self.target = cast, project, target

    def ask(self, by: str = "owner", **changed: Any) -> Move:
        """Write a move by hand."""
        fields = {"project": self.project, "parent": self.project.parent, "target": self.target}
        asker = {"asked_by": self.cast[by], "asked_at": timezone.now()}
        return Move.objects.create(**fields | asker | changed)

    def answer(self, **changed: Any) -> None:
        """Change a move by hand."""
        Move.objects.filter(pk=self.ask().pk).update(**changed)

    def move(self) -> None:
        """Move the project with an event, but without a move."""
        Project.objects.filter(pk=self.project.pk).update(parent=self.target)
        record(act=Act.ACCEPT_MOVE, actor=self.cast["owner"], project=self.project, subject=self.project)
        fire_deferred_triggers()


@pytest.fixture
def world(cast: dict[str, Any], placed: Project, south: Project) -> World:
    fire_deferred_triggers()
    return World(cast, placed, south)


ATTACKS = Attacks(
    triggers=[
        (
            "move.is_asked_by_its_owner",
            "asked by the office",
            lambda w: w.ask("pmo"),
            "A move is asked by the owner of the project in office (R1)",
        ),
        (
            "move.is_asked_by_its_owner",
            "accepted from the start",
            lambda w: w.ask(joined_by=w.cast["other_owner"]),
            "A move begins where the project is, accepted by nobody",
        ),
        (
            "move.is_answered_by_the_owners_above",
            "accepted by the owner of the project",
            lambda w: w.answer(joined_by=w.cast["owner"]),
            "A move is accepted by the owners in office of the node it leaves and of the one it comes under (R1)",
        ),
        (
            "move.is_answered_by_the_owners_above",
            "done with one acceptance",
            lambda w: w.answer(joined_by=w.cast["other_owner"], state="done", ended_by=w.cast["other_owner"]),
            "A move is done once both owners have accepted it",
        ),
        (
            "move.is_answered_by_the_owners_above",
            "refused by the owner of the project",
            lambda w: w.answer(state="refused", ended_by=w.cast["owner"], because="No such thing."),
            "A move is refused by an owner above, and taken back by the owner of the project (R1)",
        ),
        (
            "move.is_answered_by_the_owners_above",
            "refused without a reason",
            lambda w: w.answer(state="refused", ended_by=w.cast["outsider"]),
            "A move is refused with a reason, in words",
        ),
        (
            "move.is_answered_by_the_owners_above",
            "led elsewhere",
            lambda w: w.answer(target=w.project.parent),
            "A move that has ended stays as it is, and so does what was asked and accepted",
        ),
        ("move.leaves_an_event", "a move without its event", lambda w: w.ask(), leaves(Move)),
        (
            "project.moves_once_both_owners_accept",
            "moved by hand",
            lambda w: w.move(),
            "A project comes under another parent by a move that both owners have accepted (R1)",
        ),
    ],
    constraints={
        "one_open_move_per_project": lambda w: [w.ask(), w.ask()],
        "a_move_leads_elsewhere": lambda w: w.ask(target=w.project),
        "a_move_has_a_known_state": lambda w: w.answer(state="lost", ended_by=w.cast["owner"]),
        "a_move_is_ended_by_somebody": lambda w: w.answer(state="taken_back"),
    },
    behind={"a_move_is_ended_by_somebody": "move.is_answered_by_the_owners_above"},
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
