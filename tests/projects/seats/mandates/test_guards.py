"""Attack the triggers and constraints on mandates and delegations (R11)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.acts import acting_as
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Competence, Delegation, Mandate, Project, Replacement
from roles.models import RoleTemplate
from tests import acts
from tests.attacks import Attacks, Declared, leaves
from tests.database import refusal
from tests.projects.world import DAY, Attempt, World

pytestmark = pytest.mark.django_db

NOT_REWRITTEN = "A mandate is not rewritten: end it and give another"
DELEGATION_NOT_REWRITTEN = "A delegation is not rewritten: end it and give another"
START = "The start of a period never changes"
SHORTER = "A period can only be shortened, and not into the past"
WORDS = "A reason, a proof or a text for the owner has at least three letters or digits"
BY_ITS_HOLDER = "A competence is stated by the holder of the mandate, before it ends"
ENDED = "What has ended stays ended"
NOT_BEGUN = "Only what has not begun is taken back, for good"
ADVISES = "A delegate is neither adviser nor provider of the project"
GIVEN = "A role is given by the owner in office (R1)"
NAMED = "The owner is named by the owner in office, or by two hands while there is none (R1)"
ACCEPTED_NOW = "A mandate is accepted once, and now; again once its responsibilities have changed"
NOT_ACCEPTED = "What has ended is not accepted any more"
ONE_HOLDER = "A role has one holder at a time, unless its template takes several"
REASON = "The reason of an end is given with the end"
BY_OWNER = "A mandate is ended by the owner in office; an owner's also by who follows by two hands (R1)"
NAMED_WITH_THE_END = "Who ends a mandate is named with the end"
IN_ITS_OWN_ACT = "An owner is replaced once the last one's seat has ended, in an act of its own (R1)"
FIRST = "The first owner is named by an administrator, or by the owner above (R1)"
ALONE = "An owner in office names the next one alone"
ACCEPTS = "A new owner delegates once they have accepted (R1)"


def _taken_back_then_given_again(world: World) -> None:
    start = world.mandate("future_owner").period.lower
    world.change("future_owner", taken_back=True, period=(start, start + timedelta(microseconds=1)))
    world.change("future_owner", taken_back=False)


def _closed_owner_gives(world: World) -> None:
    world.close("owner")
    world.give()


def _vacated_and_named(world: World) -> None:
    """The forged acts of one transaction: the owner leaves, and an administrator names a stranger."""
    world.vacate()
    world.give("MOA", by="staff_admin")


def _done_replacement(world: World, **changes: Any) -> Replacement:
    """Write that two hands put a stranger in the place of the owner, now and past the guards of replacements."""
    now = timezone.now()
    fields = {
        "kind": "owner",
        "project": world.project,
        "former": world.cast["owner"],
        "successor": world.cast["outsider"],
        "proposed_by": world.cast["staff_admin"],
        "proposed_at": now,
        "ended_at": now,
        "outcome": "done",
    }
    return Replacement.objects.bulk_create([Replacement(**fields | changes)])[0]


def _vacated_and_followed(world: World) -> None:
    """The same with a replacement of that transaction."""
    world.vacate()
    world.give("MOA", by="staff_admin", replacement=_done_replacement(world))


def _named_with_two_hands(world: World) -> None:
    world.give("MOA", period=(world.now + 900 * DAY, None), replacement=_done_replacement(world))


def _first_owner_by_an_adviser(world: World) -> None:
    about = {"title_fr": "Neuf", "title_en": "New", "starts_on": world.now.date(), "ends_on": world.now.date()}
    project = Project.objects.bulk_create([Project(code="NEW", prefix="N", **about)])[0]
    world.give("MOA", by="pmo", project=project)


def _unaccepted_owner_delegates(world: World) -> None:
    now = world.vacate()
    world.give("MOA", to="outsider", acted_at=now, period=(now, now + DAY))
    world.delegate("recipient", mandate=world.mandate("outsider"), period=(timezone.now(), now + DAY))


def _closed_then_ended(world: World) -> None:
    world.close("owner")
    world.end_past_services("owner", by="staff_admin")


def _ended_in_another_name(world: World) -> None:
    world.end_past_services("moe")
    about = {"project": world.project, "subject": world.mandate("moe")}
    record(act=Act.END_MANDATE, actor=world.cast["staff_admin"], **about)


def _decline(world: World, of: str = "moe", by: str = "moe", act: Act = Act.DECLINE, **changes: Any) -> None:
    """Decline a mandate past the services, with the event of an act."""
    end = timezone.now()
    fields = {"period": (world.mandate(of).period.lower, end), "ended_because": "Another post."}
    world.change(of, **fields | {"ended_by": world.cast[by]} | changes)
    record(act=act, actor=world.cast[by], project=world.project, subject=world.mandate(of))


def _declined_once_accepted(world: World) -> None:
    world.change("moe", accepted_at=timezone.now())
    _decline(world)


def _declined_as_it_is_accepted(world: World) -> None:
    _decline(world, accepted_at=timezone.now())


def _declined_on_a_day_to_come(world: World) -> None:
    _decline(world, period=(world.mandate("moe").period.lower, timezone.now() + DAY))


def _declined_twice(world: World) -> None:
    _decline(world)
    _decline(world)


def _declined_once_closed(world: World) -> None:
    acts.close(world.cast["owner"], world.project)
    _decline(world)


def _left_owner_gives(world: World) -> None:
    """An owner who leaves names the successor at this instant, and gives nothing else."""
    now = world.vacate()
    world.give(acted_at=now, period=(now, None))


def _closed_owner_delegates(world: World) -> None:
    world.close("owner")
    world.delegate()


def _taken_back_then_accepted(world: World) -> None:
    start = world.mandate("future_owner").period.lower
    world.change("future_owner", taken_back=True, period=(start, start + timedelta(microseconds=1)))
    world.change("future_owner", accepted_at=timezone.now())


def _accepted_after_its_end(world: World) -> None:
    world.change("moe", period=(world.mandate("moe").period.lower, timezone.now()))
    world.change("moe", accepted_at=timezone.now())


def _accepted_twice(world: World) -> None:
    world.change("moe", accepted_at=timezone.now())
    world.change("moe", accepted_at=timezone.now())


OF_ITS_PACK = "A mandate is for a published role of the method pack of its project"
INCOMPATIBLE = "Nobody holds two incompatible roles on one project (R8)"


def _gives_up(member: str, then: Attempt) -> Attempt:
    """Attack right after the mandate of a member has ended."""

    def attempt(world: World) -> None:
        world.change(member, period=(world.mandate(member).period.lower, timezone.now()))
        then(world)

    return attempt


#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    ("mandate.is_given_within_its_role", "a role of another pack", lambda w: w.give("UR", pack="pm2"), OF_ITS_PACK),
    (
        "mandate.is_given_within_its_role",
        "a role that is not published",
        lambda w: w.give(role=w.role(), authority="receives"),
        OF_ITS_PACK,
    ),
    *(
        (
            "mandate.is_given_within_its_role",
            f"{code} to the {member}",
            lambda w, code=code, member=member: w.give(code, to=member),
            INCOMPATIBLE,
        )
        for code, member in (("PMO", "moe"), ("AMOA", "moe"), ("MOE", "pmo"), ("MOE", "amoa"), ("MOE", "former_owner"))
    ),
    (
        "mandate.is_given_within_its_role",
        "MOE to who will be the owner",
        lambda w: w.give("MOE", to="future_owner"),
        INCOMPATIBLE,
    ),
    (
        "mandate.is_given_within_its_role",
        "the owner to the provider",
        lambda w: w.give("MOA", to="moe", period=(w.now + 900 * DAY, None)),
        INCOMPATIBLE,
    ),
    (
        "mandate.is_given_within_its_role",
        "PMO to who was the provider",
        _gives_up("moe", lambda w: w.give("PMO", to="moe")),
        INCOMPATIBLE,
    ),
    (
        "mandate.is_given_within_its_role",
        "MOE to who was the PMO",
        _gives_up("pmo", lambda w: w.give("MOE", to="pmo")),
        INCOMPATIBLE,
    ),
    *(
        (
            "competence.is_stated_by_its_holder",
            label,
            lambda w, changes=changes: w.state(**changes(w)),
            BY_ITS_HOLDER,
        )
        for label, changes in {
            "by the owner": lambda w: {"stated_by": w.cast["owner"]},
            "by another holder": lambda w: {"stated_by": w.cast["pmo"]},
            "on another project": lambda w: {"project": w.other},
            "after the end": lambda w: {"of": "former_owner"},
        }.items()
    ),
    (
        "competence.is_stated_by_its_holder",
        "a document of another project",
        lambda w: w.state(document=acts.add_document(w.cast["other_owner"], w.other, "Certificate")),
        "A competence is shown by a document of its project",
    ),
    ("competence.says_something", "an invisible text", lambda w: w.state(text=" \u200b."), WORDS),
    ("competence.leaves_an_event", "without its event", lambda w: w.state(), leaves(Competence)),
    ("mandate.is_given_within_its_role", "a second PMO", lambda w: w.give("PMO"), ONE_HOLDER),
    (
        "mandate.is_given_within_its_role",
        "a second AMOA to come",
        lambda w: w.give("AMOA", period=(w.now + 90 * DAY, w.now + 91 * DAY)),
        ONE_HOLDER,
    ),
    (
        "mandate.is_given_within_its_role",
        "more authority than the role",
        lambda w: w.give(authority="decides"),
        "A mandate has the authority of its role",
    ),
    (
        "mandate.is_given_within_its_role",
        "from yesterday",
        lambda w: w.give(period=(w.now - DAY, None)),
        "A mandate does not begin before it is given",
    ),
    ("mandate.is_given_within_its_role", "to oneself", lambda w: w.give(by="outsider"), "Nobody appoints themselves"),
    *(
        (
            "mandate.only_ever_ends",
            f"another {name}",
            lambda w, name=name, value=value: w.change(**{name: value(w)}),
            NOT_REWRITTEN,
        )
        for name, value in {
            "project": lambda w: w.other,
            "role": lambda w: RoleTemplate.objects.published().get(pack="fr", code="MOA"),
            "authority": lambda w: "decides",
            "holder": lambda w: w.cast["outsider"],
            "appointed_by": lambda w: w.cast["outsider"],
            "group": lambda w: "nobody",
            "acted_at": lambda w: w.now,
            "recorded_at": lambda w: w.now,
            "entered_afterwards": lambda w: False,
        }.items()
    ),
    (
        "mandate.is_given_within_its_role",
        "taken back already",
        lambda w: w.give(taken_back=True),
        "A mandate is given before it is taken back",
    ),
    (
        "mandate.is_given_within_its_role",
        "accepted already",
        lambda w: w.give(accepted_at=timezone.now()),
        "A mandate is given before it is accepted",
    ),
    *(
        (
            "mandate.needs_an_owner_to_give_it",
            f"a role by the {member}",
            lambda w, member=member: w.give(by=member),
            GIVEN,
        )
        for member in (
            "former_owner",
            "future_owner",
            "delegate",
            "pmo",
            "amoa",
            "moe",
            "other_owner",
            "staff_admin",
            "superuser",
        )
    ),
    ("mandate.needs_an_owner_to_give_it", "a role by a closed owner", _closed_owner_gives, GIVEN),
    ("mandate.needs_an_owner_to_give_it", "a role by an owner who has just left", _left_owner_gives, GIVEN),
    *(
        (
            "mandate.needs_an_owner_to_give_it",
            f"an owner by the {member}",
            lambda w, member=member: w.give("MOA", by=member, period=(w.now + 900 * DAY, None)),
            NAMED,
        )
        for member in ("former_owner", "future_owner", "delegate", "pmo", "other_owner", "staff_admin", "superuser")
    ),
    *(
        (
            "mandate.needs_an_owner_to_give_it",
            f"an owner by the {member} where none is in office",
            lambda w, member=member: w.give("MOA", by=member, project=w.vacant),
            NAMED,
        )
        for member in ("pmo", "other_owner", "inactive_owner", "staff_admin", "superuser")
    ),
    ("mandate.needs_an_owner_to_give_it", "an owner by an administrator, at once", _vacated_and_named, NAMED),
    ("mandate.needs_an_owner_to_give_it", "an owner by two hands, at once", _vacated_and_followed, IN_ITS_OWN_ACT),
    ("mandate.needs_an_owner_to_give_it", "two hands beside the owner's", _named_with_two_hands, ALONE),
    ("mandate.needs_an_owner_to_give_it", "the first owner, by an adviser", _first_owner_by_an_adviser, FIRST),
    *(
        (
            "mandate.was_ended_by_the_owner",
            f"by the {member}",
            lambda w, member=member: w.end_past_services("moe", by=member),
            BY_OWNER,
        )
        for member in (
            "former_owner",
            "future_owner",
            "delegate",
            "pmo",
            "moe",
            "other_owner",
            "staff_admin",
            "superuser",
        )
    ),
    (
        "mandate.was_ended_by_the_owner",
        "that of the owner, by an administrator",
        lambda w: w.end_past_services("owner", by="staff_admin"),
        BY_OWNER,
    ),
    (
        "mandate.was_ended_by_the_owner",
        "that of an owner just closed, by an administrator",
        _closed_then_ended,
        BY_OWNER,
    ),
    *(
        ("mandate.was_ended_by_the_owner", what, attempt, BY_OWNER)
        for what, attempt in {
            "declined by somebody else": lambda w: _decline(w, by="pmo"),
            "declined though accepted": _declined_once_accepted,
            "declined and accepted": _declined_as_it_is_accepted,
            "declined without a reason": lambda w: _decline(w, ended_because=""),
            "declined for a day to come": _declined_on_a_day_to_come,
            "declined once the project is closed": _declined_once_closed,
        }.items()
    ),
    ("mandate.only_ever_ends", "declined twice", _declined_twice, SHORTER),
    (
        "mandate.names_who_ended_it",
        "declined, but told as ended by the owner",
        lambda w: _decline(w, act=Act.END_MANDATE),
        "The end of a mandate is an event of who ends it",
    ),
    (
        "mandate.names_who_ended_it",
        "ended by the owner, but told as declined",
        lambda w: _decline(w, by="owner"),
        "The end of a mandate is an event of who ends it",
    ),
    ("mandate.was_ended_by_the_owner", "by nobody", lambda w: w.end_past_services("moe", by=""), NAMED_WITH_THE_END),
    (
        "mandate.was_ended_by_the_owner",
        "by somebody, afterwards",
        lambda w: w.change("former_owner", ended_by=w.cast["pmo"]),
        NAMED_WITH_THE_END,
    ),
    (
        "mandate.names_who_ended_it",
        "an event of somebody else",
        _ended_in_another_name,
        "The end of a mandate is an event of who ends it",
    ),
    *(
        (
            "mandate.only_ever_ends",
            f"accepted {days} days from now",
            lambda w, days=days: w.change("moe", accepted_at=timezone.now() + timedelta(days)),
            ACCEPTED_NOW,
        )
        for days in (-1, 1)
    ),
    ("mandate.only_ever_ends", "accepted twice", _accepted_twice, ACCEPTED_NOW),
    ("mandate.only_ever_ends", "not accepted after all", lambda w: w.change(accepted_at=None), ACCEPTED_NOW),
    (
        "mandate.only_ever_ends",
        "accepted after its end",
        _accepted_after_its_end,
        NOT_ACCEPTED,
    ),
    ("mandate.only_ever_ends", "accepted though taken back", _taken_back_then_accepted, NOT_ACCEPTED),
    (
        "mandate.only_ever_ends",
        "another reason",
        lambda w: w.change("former_owner", ended_because="Never mind."),
        REASON,
    ),
    ("mandate.only_ever_ends", "taken back in office", lambda w: w.change(taken_back=True), NOT_BEGUN),
    ("mandate.only_ever_ends", "taken back, but kept", lambda w: w.change("future_owner", taken_back=True), NOT_BEGUN),
    ("mandate.only_ever_ends", "taken back, then given again", _taken_back_then_given_again, NOT_BEGUN),
    (
        "mandate.only_ever_ends",
        "begun earlier",
        lambda w: w.change(period=(w.mandate().period.lower - DAY, None)),
        START,
    ),
    (
        "mandate.only_ever_ends",
        "ended yesterday",
        lambda w: w.change(period=(w.mandate().period.lower, w.now - DAY)),
        SHORTER,
    ),
    (
        "mandate.only_ever_ends",
        "prolonged",
        lambda w: w.change("owner", period=(w.mandate("owner").period.lower, w.now + 900 * DAY)),
        SHORTER,
    ),
    (
        "mandate.only_ever_ends",
        "without end again",
        lambda w: w.change("owner", period=(w.mandate("owner").period.lower, None)),
        SHORTER,
    ),
    (
        "mandate.only_ever_ends",
        "revived",
        lambda w: w.change("former_owner", period=(w.mandate("former_owner").period.lower, None)),
        ENDED,
    ),
    *(
        (
            "delegation.comes_from_the_owner",
            f"from the {member}",
            lambda w, member=member: w.delegate(mandate=w.mandate(member)),
            "Only the owner in office delegates a signature",
        )
        for member in ("pmo", "former_owner", "future_owner")
    ),
    (
        "delegation.comes_from_the_owner",
        "from a closed owner",
        _closed_owner_delegates,
        "Only the owner in office delegates a signature",
    ),
    ("delegation.comes_from_the_owner", "from an owner who has not accepted", _unaccepted_owner_delegates, ACCEPTS),
    ("delegation.comes_from_the_owner", "to oneself", lambda w: w.delegate("owner"), "Nobody delegates to themselves"),
    (
        "delegation.comes_from_the_owner",
        "from yesterday",
        lambda w: w.delegate(period=(w.now - DAY, w.now + DAY)),
        "A delegation does not begin before it is given",
    ),
    *(
        ("delegation.comes_from_the_owner", f"to the {member}", lambda w, member=member: w.delegate(member), ADVISES)
        for member in ("pmo", "amoa", "moe")
    ),
    *(
        (
            "delegation.only_ever_ends",
            f"another {name}",
            lambda w, name=name, value=value: w.redelegate(**{name: value(w)}),
            DELEGATION_NOT_REWRITTEN,
        )
        for name, value in {
            "mandate": lambda w: w.mandate("pmo"),
            "delegate": lambda w: w.cast["outsider"],
            "kinds": lambda w: ["communication"],
            "cap": lambda w: Decimal(900000),
            "document": lambda w: "Act 9",
            "acted_at": lambda w: w.now,
            "recorded_at": lambda w: w.now,
            "entered_afterwards": lambda w: False,
        }.items()
    ),
    (
        "delegation.only_ever_ends",
        "begun earlier",
        lambda w: w.redelegate(period=(w.delegated.lower - DAY, w.delegated.upper)),
        START,
    ),
    (
        "delegation.only_ever_ends",
        "prolonged",
        lambda w: w.redelegate(period=(w.delegated.lower, w.delegated.upper + DAY)),
        SHORTER,
    ),
    (
        "delegation.only_ever_ends",
        "ended yesterday",
        lambda w: w.redelegate(period=(w.delegated.lower, w.now - DAY)),
        SHORTER,
    ),
    ("mandate.leaves_an_event", "a role given without its event", lambda w: w.give(), leaves(Mandate)),
    ("mandate.leaves_an_event", "a role ended without its event", lambda w: w.vacate(), leaves(Mandate)),
    ("delegation.leaves_an_event", "a signature lent without its event", lambda w: w.delegate(), leaves(Delegation)),
    (
        "delegation.leaves_an_event",
        "a delegation ended without its event",
        lambda w: w.redelegate(period=(w.delegated.lower, timezone.now() + DAY)),
        leaves(Delegation),
    ),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "one_owner_per_project_at_any_instant": lambda w: w.give("MOA"),
    "one_role_per_person_and_project_at_any_instant": lambda w: w.give("DEST", "pmo"),
    "a_mandate_has_a_start_and_some_length": lambda w: w.give(period=(None, None)),
    "a_competence_says_something": lambda w: w.state(text=""),
    "a_mandate_has_a_known_authority": lambda w: w.give(authority="reigns"),
    "a_delegation_has_a_start_and_an_end": lambda w: w.delegate(period=(timezone.now(), None)),
    "a_delegation_covers_only_delegable_kinds": lambda w: w.delegate(kinds=["minor_change", "budget"]),
    "a_cap_is_not_negative": lambda w: w.delegate(cap=Decimal(-1)),
}
#: Constraints behind a trigger that refuses the same row first; it is disabled to reach them.
BEHIND = {
    "a_mandate_has_a_known_authority": "mandate.is_given_within_its_role",
    "a_delegation_has_a_start_and_an_end": "delegation.comes_from_the_owner",
    "mandate.needs_an_owner_to_give_it": ("replacement.is_asked_as_things_stand",),
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_roles_go_together_that_are_not_incompatible_and_what_was_taken_back_was_never_held(world: World) -> None:
    def leave_organisation(member: str) -> None:
        with acting_as(world.cast["staff_admin"]):
            world.cast[member].organisation = None
            world.cast[member].save()

    def never_held() -> None:
        leave_organisation("future_owner")
        start = world.mandate("future_owner").period.lower
        world.change("future_owner", taken_back=True, period=(start, start + timedelta(microseconds=1)))
        world.give("MOE", to="future_owner")

    def on_another_project() -> None:
        leave_organisation("pmo")  # the office of the other project is of the same one
        world.give("MOE", to="pmo", project=world.other, by="other_owner")

    for attack in (
        never_held,
        lambda: _gives_up("pmo", _gives_up("amoa", lambda w: w.give("AMOA", to="pmo")))(world),
        lambda: (
            leave_organisation("recipient"),
            _gives_up("recipient", lambda w: w.give("MOE", to="recipient"))(world),
        ),
        on_another_project,
    ):
        assert leaves(Mandate) in refusal(attack)


def test_the_owner_may_be_named_by_who_leaves(world: World) -> None:
    def by_who_leaves() -> None:
        now = world.vacate()
        world.give("MOA", acted_at=now, period=(now, now + DAY))

    assert leaves(Mandate) in refusal(by_who_leaves)


def test_a_period_is_neither_empty_nor_without_start(world: World) -> None:
    now = timezone.now()
    for period in [(now + DAY, now + DAY), (None, now + DAY)]:
        assert "a_mandate_has_a_start_and_some_length" in refusal(lambda p=period: world.give(period=p))
        assert "a_delegation_has_a_start_and_an_end" in refusal(lambda p=period: world.delegate(period=p))
    assert "a_delegation_covers_only_delegable_kinds" in refusal(lambda: world.delegate(kinds=[]))
