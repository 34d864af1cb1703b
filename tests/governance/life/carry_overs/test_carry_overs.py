"""Test that what a closing carries over is accepted by a named holder in another project, or returns to its owner."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused, can
from governance.decide.obligations.working_days import read_calendar
from governance.desk.inbox.queries import read_tasks
from governance.life.carry_overs.enums import CarryOverState
from governance.life.carry_overs.models import CarryOver
from governance.life.carry_overs.services import (
    accept_carry_over,
    decline_carry_over,
    finish_carry_over,
    refuse_carry_over,
)
from governance.life.closure.queries import list_open_items
from governance.record.verification.verifier import verify
from projects.models import Notification, Project
from projects.organisation_settings.queries import today
from projects.seats.mandates.services import appoint, end_mandate, role_on
from roles.models import User
from tests import acts
from tests.attacks import Attacks, leaves
from tests.database import backdate, fire_deferred_triggers
from tests.projects.seats.launch.test_launch import founded

pytestmark = pytest.mark.django_db
#: A day by which an item is to be done: it is neither over nor a surprise when the tests run around midnight.
SOON = timezone.localdate() + timedelta(days=30)
PAST = timezone.localdate() - timedelta(days=2)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@dataclass
class World:
    """A closed project, the project it was carried over to, the holder named there and the owner there."""

    closed: Project
    target: Project
    holder: User
    owner: User
    closer: User

    @property
    def row(self) -> CarryOver:
        """Return the first item, read afresh."""
        return CarryOver.objects.filter(item__startswith="action-").select_related("target", "project").earliest("pk")


@pytest.fixture(scope="module")
def kept_world(kept_cast: dict[str, Any]) -> World:
    """Close project one once for this file, with everything carried over to the AMOA of another project."""
    owner, holder = kept_cast["owner"], kept_cast["amoa"]
    target = founded(kept_cast, "NEXT")
    other_owner = kept_cast["other_owner"]
    appoint(actor=other_owner, project=target, role=role_on(target, "DEST"), holder=owner, group="crews")
    appoint(actor=other_owner, project=target, role=role_on(target, "AMOA"), holder=holder)
    closed = Project.objects.get(code="ONE")
    acts.close(owner, closed, into=target, holder=holder)
    fire_deferred_triggers()
    return World(acts.fresh(closed), acts.fresh(target), holder, other_owner, owner)


@pytest.fixture
def world(db: None, kept_world: World) -> World:
    """Return the closed project and its target."""
    return kept_world


def _let_time_pass() -> None:
    """Let the time to answer run out."""
    backdate("governance_carryover", "due_on", today() - timedelta(days=1), "true")


def _tasks(person: Any, kind: str = "carry_overs") -> set[int]:
    return {int(task.row) for task in read_tasks(person).tasks if task.kind.name == kind}


def _leave(world: World) -> None:
    """End the seats of the holder in the other project."""
    for seat in world.target.mandates.active().filter(holder=world.holder):
        end_mandate(actor=world.owner, mandate=seat)


def test_every_item_carried_over_is_a_task_of_its_holder_and_none_is_lost(world: World) -> None:
    decision = world.row.decision
    carried = {word["item"] for word in decision.settled if word["fate"] == "carried"}
    rows = {row.item: row for row in CarryOver.objects.filter(decision=decision)}
    assert set(rows) == carried
    assert len(carried) > 3
    assert {(row.holder, row.target_id) for row in rows.values()} == {(world.holder, world.target.pk)}
    assert _tasks(world.holder) == {row.pk for row in rows.values()}
    assert not _tasks(world.owner)
    told = Notification.objects.filter(reason="carried_over").values_list("recipient", flat=True)
    assert sorted(told) == sorted([world.holder.pk, world.owner.pk]), "each is notified once, whatever the number"


def test_ten_working_days_are_given_to_answer(world: World) -> None:
    days = [timezone.localdate() + timedelta(days=n) for n in range(1, 40)]
    working = [day for day in days if read_calendar().is_working_day(day)]
    assert world.row.due_on == working[9]


def test_its_holder_accepts_one_or_all_of_a_closing(world: World) -> None:
    row = world.row
    accept_carry_over(actor=world.holder, carry_over=row, finish_on=SOON)
    assert (world.row.state, world.row.answered_by) == (CarryOverState.ACCEPTED, world.holder)
    assert row.pk not in _tasks(world.holder)
    left = CarryOver.objects.exclude(pk=row.pk).earliest("pk")
    accept_carry_over(actor=world.holder, carry_over=left, finish_on=SOON, with_others=True)
    fire_deferred_triggers()
    assert not _tasks(world.holder)
    assert verify(world.closed).faults == []


def test_what_is_declined_returns_to_the_owner_who_accepts_it(world: World) -> None:
    with pytest.raises(ValidationError):
        decline_carry_over(actor=world.holder, carry_over=world.row, because=" .")
    decline_carry_over(actor=world.holder, carry_over=world.row, because="No budget here.")
    row = world.row
    assert (row.state, row.declined_because) == (CarryOverState.DECLINED, "No budget here.")
    assert _tasks(world.owner) == {row.pk}
    assert not can(world.holder, "governance.accept_carry_over", row)
    with pytest.raises(Refused):
        accept_carry_over(actor=world.holder, carry_over=row, finish_on=SOON)
    accept_carry_over(actor=world.owner, carry_over=row, finish_on=SOON)
    assert (world.row.state, world.row.answered_by) == (CarryOverState.ACCEPTED, world.owner)
    assert world.row.declined_because == "No budget here.", "both words are kept"


def test_what_is_not_accepted_in_time_falls_to_the_owner(world: World) -> None:
    with pytest.raises(Refused):
        accept_carry_over(actor=world.owner, carry_over=world.row, finish_on=SOON)
    _let_time_pass()
    assert not _tasks(world.holder)
    assert len(_tasks(world.owner)) == CarryOver.objects.count()
    with pytest.raises(Refused):
        accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=SOON)
    with pytest.raises(Refused):
        decline_carry_over(actor=world.holder, carry_over=world.row, because="Too late.")
    accept_carry_over(actor=world.owner, carry_over=world.row, finish_on=SOON, with_others=True)
    fire_deferred_triggers()
    assert not CarryOver.objects.exclude(state=CarryOverState.ACCEPTED).exists()


def test_nobody_else_answers(world: World, cast: dict[str, Any]) -> None:
    for person in (world.closer, cast["moe"], cast["pmo"]):
        for name in ("governance.accept_carry_over", "governance.decline_carry_over"):
            assert not can(person, name, world.row)


def test_what_is_not_done_is_open_when_the_target_ends(world: World) -> None:
    before = {item.key for item in list_open_items(world.target) if item.key.startswith("carried_")}
    assert len(before) == CarryOver.objects.count()
    accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=SOON)
    after = {item.key for item in list_open_items(world.target) if item.key.startswith("carried_")}
    assert after == before, "what is accepted and not done stays open"
    finish_carry_over(actor=world.holder, carry_over=world.row, outcome="The lamps are replaced.")
    left = {item.key for item in list_open_items(world.target) if item.key.startswith("carried_")}
    assert len(before - left) == 1


def test_the_pages_lead_from_the_task_to_the_acceptance(english: Callable[[Any], Any], world: World) -> None:
    client, row = english(world.holder), world.row
    page = client.get(row.get_absolute_url())
    assert page.status_code == 200
    assert row.text in page.text
    assert "It goes on there." in page.text
    accept = reverse("governance:carry_overs:carry_over_accept", args=[row.pk])
    assert accept in page.text
    form = client.get(accept)
    others = CarryOver.objects.count() - 1
    assert f"Accept the {others} other items of this closing too" in form.text
    assert client.post(accept, {"with_others": "on", "finish_on": ""}).status_code == 422
    assert client.post(accept, {"with_others": "on", "finish_on": SOON.isoformat()}).status_code == 302
    assert not CarryOver.objects.exclude(state=CarryOverState.ACCEPTED).exists()
    listed = english(world.owner).get(reverse("governance:carry_overs:carry_over_list", args=[world.target.code]))
    assert row.text in listed.text
    gone = client.get(accept)
    assert gone.status_code in {403, 409}


def test_its_holder_declines_on_a_page(english: Callable[[Any], Any], world: World) -> None:
    client, row = english(world.holder), world.row
    decline = reverse("governance:carry_overs:carry_over_decline", args=[row.pk])
    assert client.post(decline, {"because": ""}).status_code == 422
    assert client.post(decline, {"because": "No budget here."}).status_code == 302
    page = english(world.owner).get(row.get_absolute_url())
    assert "No budget here." in page.text
    assert "the owner of" in page.text


def test_who_accepted_it_follows_it_until_it_is_done(world: World) -> None:
    with pytest.raises(Refused):
        finish_carry_over(actor=world.holder, carry_over=world.row, outcome="The lamps are replaced.")
    with pytest.raises(ValidationError):
        accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=today() - timedelta(days=1))
    accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=SOON)
    row = world.row
    assert row.finish_on == SOON
    assert _tasks(world.holder, "taken_over") == {row.pk}
    assert not _tasks(world.owner, "taken_over")
    with pytest.raises(ValidationError):
        finish_carry_over(actor=world.holder, carry_over=row, outcome=" .")
    with pytest.raises(Refused):
        finish_carry_over(actor=world.owner, carry_over=row, outcome="The lamps are replaced.")
    finish_carry_over(actor=world.holder, carry_over=row, outcome="The lamps are replaced.")
    row = world.row
    assert (row.state, row.outcome, row.done_by) == (CarryOverState.DONE, "The lamps are replaced.", world.holder)
    assert row.answered_by == world.holder, "the acceptance is kept"
    assert not _tasks(world.holder, "taken_over")
    with pytest.raises(Refused):
        finish_carry_over(actor=world.holder, carry_over=row, outcome="Twice.")
    fire_deferred_triggers()
    told = Notification.objects.filter(reason="carry_answered", detail="carry_done").values_list("recipient", flat=True)
    assert set(told) == {world.owner.pk, world.closer.pk}
    assert verify(world.closed).faults == []


def _finished(world: World) -> CarryOver:
    """Have the holder accept the first item and say that it is done."""
    accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=SOON)
    return finish_carry_over(actor=world.holder, carry_over=world.row, outcome="The lamps are replaced.")


def test_the_owner_it_goes_to_says_that_it_is_not_done_and_both_words_stay(world: World) -> None:
    row = _finished(world)
    days = [today() + timedelta(days=n) for n in range(1, 40)]
    assert row.refuse_by == [day for day in days if read_calendar().is_working_day(day)][9]
    with pytest.raises(ValidationError):
        refuse_carry_over(actor=world.owner, carry_over=world.row, because=" .")
    for person in (world.holder, world.closer):
        with pytest.raises(Refused):
            refuse_carry_over(actor=person, carry_over=world.row, because="Two lamps are dark.")
    refuse_carry_over(actor=world.owner, carry_over=world.row, because="Two lamps are dark.")
    row = world.row
    assert (row.state, row.outcome, row.done_by, row.refuse_by) == (CarryOverState.ACCEPTED, "", None, None)
    words = (row.refused_outcome, row.refused_because, row.refused_by)
    assert words == ("The lamps are replaced.", "Two lamps are dark.", world.owner)
    assert (row.answered_by, row.finish_on) == (world.holder, SOON), "the acceptance is kept"
    assert _tasks(world.holder, "taken_over") == {row.pk}
    with pytest.raises(Refused):
        refuse_carry_over(actor=world.owner, carry_over=row, because="Two lamps are dark.")
    told = Notification.objects.filter(reason="carry_answered", detail="carry_not_done").values_list(
        "recipient", flat=True
    )
    assert set(told) == {world.holder.pk, world.closer.pk}
    finish_carry_over(actor=world.holder, carry_over=row, outcome="All lamps are lit.")
    row = world.row
    assert (row.outcome, row.refused_outcome) == ("All lamps are lit.", "The lamps are replaced.")
    with pytest.raises(Refused):
        refuse_carry_over(actor=world.owner, carry_over=row, because="One lamp is dark.")
    fire_deferred_triggers()
    assert verify(world.closed).faults == []


def test_it_is_too_late_to_say_that_it_is_not_done(world: World) -> None:
    row = _finished(world)
    assert can(world.owner, "governance.refuse_carry_over", row)
    backdate("governance_carryover", "refuse_by", today() - timedelta(days=1), "state = 'done'")
    assert not can(world.owner, "governance.refuse_carry_over", world.row)
    backdate("governance_carryover", "refuse_by", None, "state = 'done'")
    assert not can(world.owner, "governance.refuse_carry_over", world.row), "a row of an earlier release has no day"


def test_nobody_refuses_what_they_say_is_done(world: World) -> None:
    accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=SOON)
    _leave(world)
    row = finish_carry_over(actor=world.owner, carry_over=world.row, outcome="Dropped: the quay is closed.")
    assert not can(world.owner, "governance.refuse_carry_over", row)


def test_what_is_not_done_is_said_on_a_page(english: Callable[[Any], Any], world: World) -> None:
    row, client = _finished(world), english(world.owner)
    refuse = reverse("governance:carry_overs:carry_over_refuse", args=[row.pk])
    assert refuse in client.get(row.get_absolute_url()).text
    assert refuse not in english(world.holder).get(row.get_absolute_url()).text
    assert "The lamps are replaced." in client.get(refuse).text
    assert client.post(refuse, {"because": "."}).status_code == 422
    assert client.post(refuse, {"because": "Two lamps are dark."}).status_code == 302
    page = english(world.holder).get(row.get_absolute_url()).text
    assert "The lamps are replaced." in page
    assert "Two lamps are dark." in page
    notices = english(world.holder).get(reverse("projects:notices:notification_list"))
    assert "not done" in notices.text
    assert reverse("governance:carry_overs:carry_over_finish", args=[row.pk]) in page


def test_what_is_not_done_by_its_day_is_late_for_who_accepted_it(world: World) -> None:
    accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=SOON)
    backdate("governance_carryover", "finish_on", today() - timedelta(days=1), "state = 'accepted'")
    late = [task for task in read_tasks(world.holder).tasks if task.kind.name == "taken_over"]
    assert [task.due for task in late] == [today() - timedelta(days=1)]
    finish_carry_over(actor=world.holder, carry_over=world.row, outcome="Done late, with the new lamps.")
    assert not _tasks(world.holder, "taken_over")


def test_the_owner_finishes_what_was_accepted_by_a_person_who_has_left(world: World) -> None:
    accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=SOON)
    _leave(world)
    row = world.row
    assert not can(world.holder, "governance.finish_carry_over", row)
    assert not _tasks(world.holder, "taken_over")
    assert _tasks(world.owner, "taken_over") == {row.pk}
    finish_carry_over(actor=world.owner, carry_over=row, outcome="Dropped: the quay is closed.")
    fire_deferred_triggers()
    assert (world.row.done_by, world.row.answered_by) == (world.owner, world.holder)


def test_a_project_that_has_ended_keeps_what_it_took_over_as_it_is(world: World) -> None:
    accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=SOON)
    backdate("projects_project", "state", "closed", "id = %s", [world.target.pk])
    assert not can(world.holder, "governance.finish_carry_over", world.row)
    assert not _tasks(world.holder)
    assert not _tasks(world.holder, "taken_over")
    asked = CarryOver.objects.filter(state=CarryOverState.ASKED).select_related("target").earliest("pk")
    assert not can(world.holder, "governance.accept_carry_over", asked)


def test_its_end_is_recorded_on_a_page(english: Callable[[Any], Any], world: World) -> None:
    accept_carry_over(actor=world.holder, carry_over=world.row, finish_on=SOON)
    client, row = english(world.holder), world.row
    finish = reverse("governance:carry_overs:carry_over_finish", args=[row.pk])
    assert finish in client.get(row.get_absolute_url()).text
    assert client.get(finish).status_code == 200
    assert client.post(finish, {"outcome": "."}).status_code == 422
    assert client.post(finish, {"outcome": "The lamps are replaced."}).status_code == 302
    page = english(world.owner).get(row.get_absolute_url())
    assert "The lamps are replaced." in page.text
    assert finish not in client.get(row.get_absolute_url()).text


# — the database —


def _insert(world: World, **changes: Any) -> None:
    row = world.row
    fields = {field.attname: getattr(row, field.attname) for field in CarryOver._meta.concrete_fields}
    CarryOver.objects.bulk_create([CarryOver(**{**fields, "id": None} | changes)])


def _answer(world: World, **changes: Any) -> None:
    row = world.row
    given = {"answered_by": world.holder, "answered_at": timezone.now()} | changes
    CarryOver.objects.filter(pk=row.pk).update(**given)


def _finish(world: World, person: User, outcome: str = "It is done.", **changes: Any) -> None:
    """Write the end of the item that its holder has accepted."""
    given = {"state": "done", "outcome": outcome, "done_by": person, "done_at": timezone.now(), "refuse_by": SOON}
    given |= changes
    CarryOver.objects.filter(state=CarryOverState.ACCEPTED).update(**given)


def _refuse(world: World, person: User, because: str = "Two lamps are dark.", **changes: Any) -> None:
    """Write that the item which its holder has finished is not done."""
    undone = {"state": "accepted", "outcome": "", "done_by": None, "done_at": None, "refuse_by": None}
    words = {"refused_outcome": "It is done.", "refused_because": because}
    refused = {"refused_by": person, "refused_at": timezone.now()}
    late = changes.pop("late", False)
    done = CarryOver.objects.filter(state=CarryOverState.DONE)
    rows = done.filter(refuse_by=PAST) if late else done.exclude(refuse_by=PAST)
    rows.update(**{**undone, **words, **refused} | changes)


def _refuse_twice(world: World) -> None:
    done = CarryOver.objects.filter(state=CarryOverState.DONE).exclude(refuse_by=PAST)
    row = done.select_related("project", "target").get()
    row = refuse_carry_over(actor=world.owner, carry_over=row, because="Two lamps are dark.")
    finish_carry_over(actor=world.holder, carry_over=row, outcome="It is done.")
    _refuse(world, world.owner)


def _finish_late(world: World) -> None:
    backdate("projects_project", "state", "closed", "id = %s", [world.target.pk])
    _finish(world, world.holder)


def _late(world: World, **changes: Any) -> None:
    CarryOver.objects.filter(pk=world.row.pk).update(due_on=today() - timedelta(days=1))


NAMED = "What is carried over is named by the decision that closes its project"
GOES = "What is carried over goes to a holder of a role, in a project that goes on"
BEGINS = "What is carried over begins unanswered"
ENDS = "What is carried over is accepted with the day by which it is done"
WORDED = "What is carried over is done with a word, and its acceptance stays"
FOLLOWED = "Who accepted what is carried over says that it is done, or the owner once they hold no role there"
ENDED = "What was carried over to a project that has ended stays as it is"
STAYS = "What is carried over stays as it was named, and is accepted once"
DECLINES = "Its holder alone declines what is carried over, in time, with a reason in words"
ACCEPTS = "What is carried over is accepted by its holder in time, then by the owner of the project it goes to"
LEAVES = leaves(CarryOver)
INSERTED, ANSWERED = "carryover.is_named_by_the_decision_that_closes", "carryover.is_answered_in_the_project_it_goes_to"
FINISHED = "carryover.is_done_by_its_follower"
REFUSED = "carryover.is_not_done_by_the_word_of_its_owner"
BOTH = "What is not done keeps the word of its follower beside the reason of the owner"
OWNED = "The owner of the project it goes to says once, in time, that it is not done, and not on their own word"
KEPT = "Both words on what was not done stay"
ATTACKS = Attacks(
    triggers=[
        (INSERTED, "not in the decision", lambda w: _insert(w, item="risk-999999"), NAMED),
        (INSERTED, "in other words", lambda w: _insert(w, text="Nothing at all"), NAMED),
        (INSERTED, "of another group", lambda w: _insert(w, group="waivers"), NAMED),
        (INSERTED, "to another project", lambda w: _insert(w, target_id=Project.objects.get(code="TWO").pk), NAMED),
        (
            INSERTED,
            "to somebody outside",
            lambda w: _insert(w, holder_id=User.objects.get(email="moe@example.org").pk),
            GOES,
        ),
        (INSERTED, "accepted at once", lambda w: _insert(w, state="accepted", answered_by_id=w.holder.pk), BEGINS),
        ("carryover.leaves_an_event", "without its event", lambda w: _insert(w, item="risk-999999"), LEAVES),
        (ANSWERED, "by another last day", lambda w: _late(w), STAYS),
        (ANSWERED, "by another holder", lambda w: _answer(w, holder=w.owner, state="accepted"), STAYS),
        (ANSWERED, "accepted by its closer", lambda w: _answer(w, state="accepted", answered_by=w.closer), ACCEPTS),
        (
            ANSWERED,
            "accepted by the owner in time",
            lambda w: _answer(w, state="accepted", answered_by=w.owner),
            ACCEPTS,
        ),
        (ANSWERED, "declined by the owner", lambda w: _decline(w, w.owner), DECLINES),
        (ANSWERED, "declined without a word", lambda w: _decline(w, w.holder, "."), DECLINES),
        (ANSWERED, "accepted without an end", lambda w: _answer(w, state="accepted"), ENDS),
        (ANSWERED, "accepted for a day that is over", lambda w: _answer(w, state="accepted", finish_on=PAST), ENDS),
        (
            ANSWERED,
            "done before it is accepted",
            lambda w: _answer(w, state="done", outcome="It is done.", done_by=w.holder, done_at=timezone.now()),
            STAYS,
        ),
        (FINISHED, "done without a word", lambda w: _finish(w, w.holder, "."), WORDED),
        (FINISHED, "done without time to refuse", lambda w: _finish(w, w.holder, refuse_by=PAST), WORDED),
        (FINISHED, "done for another day", lambda w: _finish(w, w.holder, finish_on=PAST), WORDED),
        (FINISHED, "done by the owner", lambda w: _finish(w, w.owner), FOLLOWED),
        (FINISHED, "done by its closer", lambda w: _finish(w, w.closer), FOLLOWED),
        (FINISHED, "done when its project has ended", lambda w: _finish_late(w), ENDED),
        (REFUSED, "not done without a reason", lambda w: _refuse(w, w.owner, "."), BOTH),
        (REFUSED, "not done in other words", lambda w: _refuse(w, w.owner, refused_outcome="Nothing."), BOTH),
        (REFUSED, "not done for another day", lambda w: _refuse(w, w.owner, finish_on=PAST), BOTH),
        (REFUSED, "not done according to its follower", lambda w: _refuse(w, w.holder), OWNED),
        (REFUSED, "not done according to its closer", lambda w: _refuse(w, w.closer), OWNED),
        (REFUSED, "not done too late", lambda w: _refuse(w, w.owner, late=True), OWNED),
        (REFUSED, "not done a second time", _refuse_twice, OWNED),
        (
            REFUSED,
            "done with a refusal beside it",
            lambda w: _finish(w, w.holder, refused_because="No.", refused_by=w.owner, refused_at=timezone.now()),
            KEPT,
        ),
    ],
    constraints={
        "an_item_is_carried_over_once": _insert,
        "an_item_is_carried_to_another_project": lambda w: _insert(w, target_id=w.closed.pk),
        "an_item_carried_over_is_answered_by_somebody": lambda w: _answer(w, state="accepted", answered_by=None),
        "an_item_carried_over_is_done_by_somebody": lambda w: _finish(w, w.holder, done_at=None),
        "an_item_carried_over_is_refused_by_somebody": lambda w: _refuse(w, w.owner, refused_at=None),
    },
    behind={
        "carryover.leaves_an_event": ("rowseal.is_covered_by_an_event", INSERTED),
        "an_item_is_carried_to_another_project": INSERTED,
        "an_item_carried_over_is_answered_by_somebody": ANSWERED,
    },
)


def _outsider() -> User:
    return User.objects.get(email="moe@example.org")


def _decline(world: World, person: User, because: str = "No budget.") -> None:
    _answer(world, state="declined", answered_by=person, declined_because=because)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    accepted = CarryOver.objects.exclude(pk=world.row.pk).latest("pk")
    accept_carry_over(actor=world.holder, carry_over=accepted, finish_on=SOON)
    for done in CarryOver.objects.exclude(pk__in=[world.row.pk, accepted.pk]).order_by("-pk")[:2]:
        backdate("governance_carryover", "refuse_by", PAST, "state = 'done'")
        [row] = accept_carry_over(actor=world.holder, carry_over=done, finish_on=SOON)
        finish_carry_over(actor=world.holder, carry_over=row, outcome="It is done.")
    ATTACKS.prove(guard, world)
