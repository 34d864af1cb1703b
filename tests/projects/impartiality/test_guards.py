"""Attack the triggers and constraints on bidders and declared interests (R8)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Bidder, Interest, Matrix
from tests.attacks import Attacks, Declared, leaves
from tests.database import refusal
from tests.projects.world import DAY, Attempt, World

pytestmark = pytest.mark.django_db

TIED = "A declared tie with a bidder blocks this role until the owner settles it (R8)"
NOTED = "A bidder is noted by the owner in office or by who may propose the supplier (R8)"
OPEN = "A tie is declared before it is settled"
BY_A_HOLDER = "A tie is declared in writing, by a person who holds a role on the project (R8)"
ONCE = "A tie is settled once and otherwise stays as it was declared"
RULED = "A tie is settled by the owner in office, in writing, never one's own (R1, R8)"
LEAVES = "Who leaves over a tie leaves every seat on the project at once (R8)"


def _tied(who: str, attack: Attempt) -> Attempt:
    """Attack as a person who has declared a tie with the bidder of the cast."""

    def attempt(world: World) -> None:
        world.tie(who)
        attack(world)

    return attempt


def _closed_account(member: str, attack: Attempt) -> Attempt:
    def attempt(world: World) -> None:
        world.close(member)
        attack(world)

    return attempt


def _settled_twice(world: World) -> None:
    world.settle()
    assert Interest.objects.filter(person=world.cast["pmo"]).update(ruled_because="Another.")


def _leaves(world: World, of: str = "pmo") -> None:
    """Write a ruling that ends nothing, with its event."""
    world.settle(of, ruling="leaves")
    tie = Interest.objects.get(person=world.cast[of])
    record(act=Act.SETTLE_INTEREST, actor=world.cast["owner"], project=world.project, subject=tie)


def _leaves_one_seat(world: World) -> None:
    """End the mandate only; the delegation to the same person continues."""
    world.give("DEST", to="delegate")
    now = timezone.now()
    world.change("delegate", period=(world.mandate("delegate").period.lower, now))
    record(act=Act.END_MANDATE, actor=world.cast["owner"], project=world.project, subject=world.mandate("delegate"))
    _leaves(world, "delegate")


#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    ("bidder.is_refused_to_the_tied", "a bidder noted by the tied owner", _tied("owner", lambda w: w.bidder()), TIED),
    ("mandate.is_refused_to_the_tied", "a role given by the tied owner", _tied("owner", lambda w: w.give()), TIED),
    ("delegation.is_refused_to_the_tied", "lent by the tied owner", _tied("owner", lambda w: w.delegate()), TIED),
    ("documentversion.is_refused_to_the_tied", "added by the tied", _tied("pmo", lambda w: w.version(by="pmo")), TIED),
    ("matrix.is_refused_to_the_tied", "roles adapted by the tied", _tied("pmo", lambda w: w.matrix()), TIED),
    (
        "mandate.is_refused_to_the_tied",
        "blocked once it bids",
        lambda w: [w.tie("owner", to="New Cranes"), w.bidder(by="pmo"), w.give()],
        TIED,
    ),
    *(
        ("bidder.is_noted_by_who_may", f"by the {member}", lambda w, member=member: w.bidder(by=member), NOTED)
        for member in (
            "moe",
            "recipient",
            "delegate",
            "former_owner",
            "future_owner",
            "other_owner",
            "outsider",
            "superuser",
        )
    ),
    ("bidder.is_noted_by_who_may", "by a closed account", _closed_account("owner", lambda w: w.bidder()), NOTED),
    ("bidder.leaves_an_event", "a bidder without its event", lambda w: w.bidder(), leaves(Bidder)),
    *(
        (
            "interest.is_declared_open",
            f"declared with its {name}",
            lambda w, name=name, value=value: w.tie(**{name: value(w)}),
            OPEN,
        )
        for name, value in {
            "ruling": lambda w: "stays",
            "ruled_because": lambda w: "Because.",
            "ruled_by": lambda w: w.cast["owner"],
            "ruled_at": lambda w: timezone.now(),
        }.items()
    ),
    *(
        ("interest.is_declared_open", f"of the {member}", lambda w, member=member: w.tie(member), BY_A_HOLDER)
        for member in ("former_owner", "future_owner", "other_owner", "outsider", "staff_admin", "superuser")
    ),
    ("interest.is_declared_open", "of a closed account", _closed_account("pmo", lambda w: w.tie()), BY_A_HOLDER),
    (
        "interest.is_declared_open",
        "of a closed delegate",
        _closed_account("delegate", lambda w: w.tie("delegate")),
        BY_A_HOLDER,
    ),
    (
        "interest.is_declared_open",
        "of the delegate of a closed owner",
        _closed_account("owner", lambda w: w.tie("delegate")),
        BY_A_HOLDER,
    ),
    ("interest.is_declared_open", "without words", lambda w: w.tie(tie=""), BY_A_HOLDER),
    *(
        (
            "interest.is_settled_by_the_owner",
            f"another {name}",
            lambda w, name=name, value=value: w.settle(**{name: value(w)}),
            ONCE,
        )
        for name, value in {
            "project": lambda w: w.other,
            "person": lambda w: w.cast["moe"],
            "tie": lambda w: "Nothing.",
            "organisation": lambda w: w.organisation("New Cranes"),
            "salt": lambda w: "0" * 32,
            "acted_at": lambda w: w.now - DAY,
            "recorded_at": lambda w: w.now - DAY,
            "entered_afterwards": lambda w: True,
        }.items()
    ),
    ("interest.is_settled_by_the_owner", "settled twice", _settled_twice, ONCE),
    *(
        (
            "interest.is_settled_by_the_owner",
            f"by the {member}",
            lambda w, member=member: w.settle("moe", by=member),
            RULED,
        )
        for member in ("pmo", "moe", "delegate", "former_owner", "future_owner", "other_owner", "superuser")
    ),
    ("interest.is_settled_by_the_owner", "their own, by the owner", lambda w: w.settle("owner"), RULED),
    ("interest.is_settled_by_the_owner", "by a tied owner", _tied("owner", lambda w: w.settle()), TIED),
    (
        "interest.is_settled_by_the_owner",
        "by a closed account",
        lambda w: [w.tie("moe"), w.close("owner"), w.settle()],
        RULED,
    ),
    *(
        (
            "interest.is_settled_by_the_owner",
            f"{name} {value or 'nothing'}",
            lambda w, name=name, value=value: w.settle(**{name: value}),
            RULED,
        )
        for name, value in (
            ("ruling", ""),
            ("ruling", "perhaps"),
            ("ruled_because", ""),
            ("ruled_by", None),
            ("ruled_at", None),
        )
    ),
    *(
        (
            "interest.is_settled_by_the_owner",
            f"{days} days from now",
            lambda w, days=days: w.settle(ruled_at=timezone.now() + timedelta(days)),
            RULED,
        )
        for days in (-1, 1)
    ),
    ("interest.ends_every_seat_if_it_says_so", "a mandate that goes on", _leaves, LEAVES),
    ("interest.ends_every_seat_if_it_says_so", "a delegation that goes on", lambda w: _leaves(w, "delegate"), LEAVES),
    ("interest.ends_every_seat_if_it_says_so", "one seat of two", _leaves_one_seat, LEAVES),
    ("interest.leaves_an_event", "a tie without its event", lambda w: w.tie(), leaves(Interest)),
    ("interest.leaves_an_event", "a ruling without its event", lambda w: w.settle(), leaves(Interest)),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "one_bidder_per_organisation_and_project": lambda w: w.bidder("Dragages de la Baie (fictif)"),
    "one_open_tie_per_person_and_organisation": lambda w: [w.tie(), w.tie()],
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_the_honest_rows_of_impartiality_pass(world: World) -> None:
    """A person without a tie, or with one to an organisation that does not bid, still writes."""
    for member in ("owner", "pmo", "amoa"):
        assert leaves(Bidder) in refusal(lambda member=member: world.bidder(by=member))
    for member in ("owner", "delegate", "pmo", "moe", "recipient"):
        assert leaves(Interest) in refusal(lambda member=member: world.tie(member))
    assert leaves(Interest) in refusal(lambda: world.settle())
    assert leaves(Matrix) in refusal(lambda: world.matrix())
    for attack in (lambda: world.give(), lambda: world.delegate()):
        assert TIED not in refusal(lambda attack=attack: [world.tie("owner", to="New Cranes"), attack()])
        assert TIED not in refusal(lambda attack=attack: [world.tie("pmo"), attack()])


def test_a_tied_owner_may_still_name_who_follows(world: World) -> None:
    def named() -> None:
        world.tie("owner")
        now = world.vacate()
        world.give("MOA", acted_at=now, period=(now, now + DAY))

    answer = refusal(named)
    assert TIED not in answer
    assert "leaves an event in the ledger" in answer
