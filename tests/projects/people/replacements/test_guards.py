"""Attack the triggers and constraints on replacements of owners."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.acts import acting_as
from projects.models import Mandate, Project, Replacement
from projects.people.administrators.services import name_administrator
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import give_credential
from projects.people.replacements.services import object_to_replacement, second, take_seat
from roles.models import User
from tests.attacks import Attacks, Declared, leaves
from tests.database import owning, run
from tests.projects.people.replacements.factories import SECONDED, WHY, closing, pass_time, proposed

pytestmark = pytest.mark.django_db
BEGINS = "A replacement begins when it is asked, seconded by nobody"
IN_PLACE = "An owner is named in place of the last one, while nobody is in office (R1)"
OPEN_OWNER = "Two people close the open account of an owner"
BY_ADMINISTRATOR = "An owner is replaced, or their account closed, at the proposal of an administrator (R1)"
WORDS = "Who replaces an owner says why the former one is no longer there"
ALONE = "One hand is alone only where nobody may second it (R1)"
KEPT = "A replacement is proposed, seconded, objected to, confirmed and ended once, and nothing of it changes"
STEPS = "A replacement goes on one step at a time"
SECONDS = "The owner above, an adviser or another administrator seconds, if they were so before (R1)"
OBJECTS = "A former owner objects before, and for 30 days after"
ANEW = "What the former owner objected to is confirmed anew, by those who asked it"
ENDS = "A replacement ends now"
TWO = "An owner is replaced by two hands, or by one alone after 30 days and four mails (R1)"
CONTESTED = "The former owner objects: those who asked confirm it anew first (R1)"
BEFORE = "A new owner accepts what everybody was told before, while nobody is in office (R1)"
DONE = "What two people did is done: the seat is taken, or the account closed"
TOLD = "The former owner and everybody on the project are told before it counts (R1)"
CLOSED = "The account of an owner is closed by two hands (R1)"
SUSPENDED = "Who owns a project against an objection acts once it is confirmed anew (R1)"
BY_HAND = "Who acts by their own hand has credentials that count (R1)"
DAY = timedelta(days=1)


class World:
    """The cast, a proposed and a seconded replacement, and a closing, with raw writes."""

    def __init__(self, cast: dict[str, Any], three: Project) -> None:
        self.cast, self.three = cast, three
        self.one = Project.objects.get(code="ONE")
        self.adviser = User.objects.get(email="other.pmo@example.org")
        self.row = proposed(three, cast["staff_admin"], cast["outsider"])
        self.closing = closing(cast["owner"], cast["staff_admin"])

    def write(self, **changes: Any) -> Replacement:
        """Write a proposal about project three past the services."""
        now = timezone.now()
        fields = {
            "kind": "owner",
            "project": self.three,
            "former": self.cast["inactive_owner"],
            "successor": self.cast["recipient"],
            "proposed_by": self.cast["superuser"],
            "proposed_at": now,
            "because": WHY,
        }
        return Replacement.objects.bulk_create([Replacement(**fields | changes)])[0]

    def close(self, **changes: Any) -> Replacement:
        """Write a proposal to close an account past the services."""
        about = {"kind": "closing", "project": self.closing.project, "former": self.cast["other_owner"]}
        return self.write(**about | {"successor": None} | changes)

    def change(self, row: Replacement | None = None, **fields: Any) -> None:
        """Change a replacement past the services."""
        assert Replacement.objects.filter(pk=(row or self.row).pk).update(**fields)

    def second(self, row: Replacement | None = None, **changes: Any) -> None:
        """Second a replacement past the services."""
        fields = {
            "seconded_by": self.adviser,
            "seconded_at": timezone.now(),
            "capacity": "adviser",
            "seconded_because": SECONDED,
        }
        self.change(row, **fields | changes)

    def end(self, row: Replacement | None = None, **changes: Any) -> None:
        """End a replacement past the services, as done."""
        self.change(row, **{"ended_at": timezone.now(), "outcome": "done"} | changes)

    def object(self, row: Replacement | None = None) -> None:
        """Object past the services."""
        self.change(row, objected_at=timezone.now())

    def seconded(self) -> Replacement:
        """Second by the service, some time ago."""
        return pass_time(second(actor=self.adviser, replacement=self.row, because=SECONDED))

    def taken(self) -> Replacement:
        """Have the new owner accept, some time ago."""
        row = self.seconded()
        take_seat(actor=self.cast["outsider"], replacement=row)
        return pass_time(row)


@pytest.fixture
def world(cast: dict[str, Any], project_three: Project) -> World:
    """Build the world of these attacks."""
    return World(cast, project_three)


def _new_administrator(world: World) -> None:
    """An administrator of today seconds."""
    name_administrator(actor=world.cast["staff_admin"], person=world.cast["recipient"])
    world.second(seconded_by=world.cast["recipient"], capacity="administrator")


def _new_administrator_proposes(world: World) -> None:
    """One made an administrator today proposes."""
    name_administrator(actor=world.cast["staff_admin"], person=world.cast["recipient"])
    world.close(proposed_by=world.cast["recipient"])


def _withheld(world: World) -> None:
    give_credential(actor=world.adviser, person=world.adviser, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    world.second()


def _contested_is_done(world: World) -> None:
    row = world.seconded()
    object_to_replacement(actor=row.former, replacement=row)
    world.end(row)


def _suspended_appoints(world: World) -> None:
    row = world.taken()
    object_to_replacement(actor=row.former, replacement=row)
    role = world.three.mandates.filter(role__code="PMO").latest("pk").role
    now = timezone.now()
    give = {"role": role, "authority": role.authority, "holder": world.cast["pmo"], "period": (now, None)}
    Mandate.objects.bulk_create(
        [Mandate(project=world.three, appointed_by=world.cast["outsider"], acted_at=now, **give)]
    )


def _late_objection(world: World) -> None:
    row = pass_time(world.taken(), 31 * DAY)
    world.object(row)


def _closed_alone(world: World) -> None:
    with acting_as(world.cast["staff_admin"]):
        world.cast["other_owner"].is_active = False
        world.cast["other_owner"].save()


def _not_told(world: World) -> None:
    """The new owner accepts, and the former one has no notice of it."""
    row = world.seconded()
    take_seat(actor=world.cast["outsider"], replacement=row)
    with owning():
        run("DELETE FROM projects_notification WHERE recipient_id = %s", [row.former_id])


TRIGGERS: list[Declared] = [
    ("replacement.is_asked_as_things_stand", "yesterday", lambda w: w.close(proposed_at=timezone.now() - DAY), BEGINS),
    (
        "replacement.is_asked_as_things_stand",
        "seconded already",
        lambda w: w.close(seconded_by=w.adviser, seconded_at=timezone.now(), capacity="adviser"),
        BEGINS,
    ),
    (
        "replacement.is_asked_as_things_stand",
        "an owner, by the installation",
        lambda w: w.write(proposed_by=User.objects.installation()),
        BEGINS,
    ),
    (
        "replacement.is_asked_as_things_stand",
        "an owner beside the one in office",
        lambda w: w.write(project=w.one, former=w.cast["owner"]),
        IN_PLACE,
    ),
    (
        "replacement.is_asked_as_things_stand",
        "in place of somebody else",
        lambda w: w.write(former=w.cast["owner"]),
        IN_PLACE,
    ),
    (
        "replacement.is_asked_as_things_stand",
        "the account of who owns nothing",
        lambda w: w.close(former=w.cast["pmo"]),
        OPEN_OWNER,
    ),
    (
        "replacement.is_asked_as_things_stand",
        "an account in the chain of a project",
        lambda w: w.close(project=w.three),
        OPEN_OWNER,
    ),
    *(
        (
            "replacement.is_asked_as_things_stand",
            f"by the {member}",
            lambda w, member=member: w.close(proposed_by=w.cast[member]),
            BY_ADMINISTRATOR,
        )
        for member in ("owner", "pmo", "outsider", "other_owner")
    ),
    (
        "replacement.is_asked_as_things_stand",
        "by who was made an administrator",
        _new_administrator_proposes,
        BY_ADMINISTRATOR,
    ),
    ("replacement.is_asked_as_things_stand", "without words", lambda w: w.close(because=" ."), WORDS),
    ("replacement.is_asked_as_things_stand", "alone where others may", lambda w: w.close(alone=True), ALONE),
    *(
        (
            "replacement.goes_on_as_it_was_asked",
            f"another {name}",
            lambda w, name=name, value=value: w.change(**{name: value(w)}),
            KEPT,
        )
        for name, value in {
            "successor": lambda w: w.cast["recipient"],
            "former": lambda w: w.cast["recipient"],
            "proposed_by": lambda w: w.cast["superuser"],
            "because": lambda w: "Something else.",
            "alone": lambda w: True,
        }.items()
    ),
    (
        "replacement.goes_on_as_it_was_asked",
        "seconded and done at once",
        lambda w: w.second(ended_at=timezone.now(), outcome="done"),
        STEPS,
    ),
    *(
        (
            "replacement.goes_on_as_it_was_asked",
            f"seconded by the {member} as {capacity}",
            lambda w, member=member, capacity=capacity: w.second(seconded_by=w.cast[member], capacity=capacity),
            SECONDS,
        )
        for member, capacity in (
            ("staff_admin", "administrator"),
            ("outsider", "adviser"),
            ("inactive_owner", "above"),
            ("pmo", "adviser"),
            ("pmo", "administrator"),
            ("recipient", "above"),
            ("superuser", "adviser"),
        )
    ),
    ("replacement.goes_on_as_it_was_asked", "seconded by who was made so", _new_administrator, SECONDS),
    (
        "replacement.goes_on_as_it_was_asked",
        "seconded yesterday",
        lambda w: w.second(seconded_at=timezone.now() - DAY),
        SECONDS,
    ),
    (
        "replacement.goes_on_as_it_was_asked",
        "seconded in the act that proposes it",
        lambda w: w.second(w.close(), seconded_by=w.cast["staff_admin"], capacity="administrator"),
        SECONDS,
    ),
    ("replacement.goes_on_as_it_was_asked", "seconded without words", lambda w: w.second(seconded_because="?"), WORDS),
    ("replacement.goes_on_as_it_was_asked", "an objection after 30 days", _late_objection, OBJECTS),
    (
        "replacement.goes_on_as_it_was_asked",
        "confirmed before an objection",
        lambda w: w.change(reproposed_at=timezone.now(), reproposed_because=WHY),
        ANEW,
    ),
    (
        "replacement.goes_on_as_it_was_asked",
        "seconded anew by nobody",
        lambda w: (w.object(), w.change(reseconded_at=timezone.now(), reseconded_because=WHY)),
        ANEW,
    ),
    (
        "replacement.goes_on_as_it_was_asked",
        "confirmed without words",
        lambda w: (w.object(), w.change(reproposed_at=timezone.now(), reproposed_because="-")),
        WORDS,
    ),
    (
        "replacement.goes_on_as_it_was_asked",
        "ended yesterday",
        lambda w: w.end(outcome="withdrawn", ended_at=timezone.now() - DAY),
        ENDS,
    ),
    ("replacement.goes_on_as_it_was_asked", "done by one hand", lambda w: w.end(), TWO),
    ("replacement.goes_on_as_it_was_asked", "closed by one hand", lambda w: w.end(w.closing), TWO),
    ("replacement.goes_on_as_it_was_asked", "done against an objection", _contested_is_done, CONTESTED),
    (
        "replacement.goes_on_as_it_was_asked",
        "done in the act that seconds it",
        lambda w: (w.second(), w.end()),
        BEFORE,
    ),
    ("replacement.is_by_a_proven_hand", "seconded with a new credential", _withheld, BY_HAND),
    ("mandate.is_by_a_proven_hand", "appointed against an objection", _suspended_appoints, SUSPENDED),
    ("replacement.does_what_it_says", "done, and no seat is taken", lambda w: w.end(w.seconded()), DONE),
    ("replacement.does_what_it_says", "done, and the former owner is not told", _not_told, TOLD),
    ("replacement.leaves_an_event", "without its event", lambda w: w.close(), leaves(Replacement)),
    ("user.is_closed_by_two_hands", "an owner, by an administrator", _closed_alone, CLOSED),
]
#: constraint → attack
CONSTRAINTS: dict[str, Any] = {
    "one_open_replacement_per_project": lambda w: w.write(),
    "one_open_closing_per_person": lambda w: w.close(former=w.cast["owner"]),
    "a_replacement_is_of_a_known_kind": lambda w: w.close(successor=w.cast["outsider"]),
    "an_owner_is_replaced_by_another": lambda w: w.write(successor=w.cast["inactive_owner"]),
    "a_second_hand_is_whole": lambda w: w.change(seconded_at=timezone.now()),
    "words_that_confirm_anew_have_their_date": lambda w: w.change(reproposed_because="Words."),
    "a_replacement_ends_in_a_known_way": lambda w: w.change(ended_at=timezone.now(), outcome="forgotten"),
}
BEHIND: dict[str, str | tuple[str, ...]] = {
    "an_owner_is_replaced_by_another": "replacement.is_asked_as_things_stand",
}
ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_attacks_are_refused_and_pass_without_their_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
