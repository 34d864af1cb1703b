"""Test impartiality: who notes, declares and settles a tie with a bidder, what it blocks, and when it ends (R8)."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from core.access import Refused, can
from core.history import bypassing_history
from core.record.sealing import ERASED
from governance.desk.responsibilities.services import adapt_roles, newest
from governance.enums import Outcome
from governance.models import Proposal
from governance.record.erasure.services import CannotErase, erase_text
from projects.ledger.enums import Act
from projects.models import Bidder, Delegation, Interest, LedgerEvent, Mandate, Notification, Project, Ruling
from projects.seats.interests.queries import blocking_ties
from projects.seats.interests.services import declare_interest, note_bidder, settle_interest
from projects.seats.mandates.holders import owners
from projects.seats.mandates.predicates import is_owner
from projects.seats.mandates.services import accept, appoint, delegate, end_mandate, name_owner, revoke
from roles.models import Organisation, RoleTemplate, User
from tests import acts
from tests.conftest import CAST
from tests.database import owning, run, undone
from tests.facts import facts_of
from tests.projects.ledger.tampering import disable_guards, verify_database

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BIDS, TIE = "Dragages de la Baie (fictif)", "I sat on its board until 2024."
SEATED = {"owner", "delegate", "pmo", "amoa", "moe", "recipient"}


def declare(person: Any, project: Project, organisation: str = BIDS, tie: str = TIE) -> Interest:
    """Declare a tie of the person, by default with the bidder of the cast."""
    return declare_interest(actor=person, project=project, organisation=organisation, tie=tie)


def settle(owner: Any, interest: Interest, ruling: Ruling = Ruling.STAYS, because: str = "Long ago.") -> Interest:
    """Settle the tie as the owner."""
    return settle_interest(actor=owner, interest=interest, ruling=ruling, because=because)


def count_seats(person: Any, project: Project) -> int:
    """Count the seats of the person on the project that are not over."""
    lent = Delegation.objects.filter(mandate__project=project, delegate=person)
    return project.mandates.filter(holder=person).not_over(timezone.now()).count() + sum(
        delegation.ends_at > timezone.now() and not delegation.taken_back for delegation in lent
    )


def check_deferred() -> None:
    """Fire the deferred triggers."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


def event(act: Act) -> LedgerEvent:
    """Return the newest event of an act."""
    return LedgerEvent.objects.filter(act=act).latest("pk")


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


# — who may —


@pytest.mark.parametrize("member", CAST)
def test_the_owner_and_who_may_propose_the_supplier_note_a_bidder(
    member: str, cast: dict[str, Any], project_one: Project
) -> None:
    actor, before = cast[member], Bidder.objects.count()
    if member in {"owner", "pmo", "amoa"}:
        assert note_bidder(actor=actor, project=project_one, organisation="New Cranes").noted_by == actor
        check_deferred()
    else:
        with pytest.raises(Refused):
            note_bidder(actor=actor, project=project_one, organisation="New Cranes")
        assert (Bidder.objects.count(), Organisation.objects.filter(name="New Cranes").exists()) == (before, False)


@pytest.mark.parametrize("member", CAST)
def test_everyone_who_holds_a_seat_declares_their_own_ties(
    member: str, cast: dict[str, Any], project_one: Project
) -> None:
    actor, before = cast[member], Interest.objects.count()
    if member in SEATED:
        assert declare(actor, project_one).person == actor
        check_deferred()
    else:
        with pytest.raises(Refused):
            declare(actor, project_one)
        assert Interest.objects.count() == before


@pytest.mark.parametrize("ruling", Ruling)
@pytest.mark.parametrize("member", CAST)
def test_the_owner_alone_settles_a_tie(
    member: str, ruling: Ruling, cast: dict[str, Any], project_one: Project, pmo: Any
) -> None:
    interest = declare(pmo, project_one)
    if member == "owner":
        assert settle(cast[member], interest, ruling).ruling == ruling
        check_deferred()
        return
    with pytest.raises(Refused):
        settle(cast[member], interest, ruling)
    interest.refresh_from_db()
    assert (interest.ruling, count_seats(pmo, project_one)) == ("", 1)


def test_nobody_settles_their_own_tie(owner: Any, project_one: Project) -> None:
    for organisation in (BIDS, "A club that does not bid"):
        interest = declare(owner, project_one, organisation)
        with pytest.raises(Refused):
            settle(owner, interest)
        assert Interest.objects.get(pk=interest.pk).ruling == ""


def test_a_tied_owner_settles_nobody_elses_tie_either(owner: Any, pmo: Any, project_one: Project) -> None:
    interest = declare(pmo, project_one)
    declare(owner, project_one)
    with pytest.raises(Refused):
        settle(owner, interest)


def test_the_owner_of_another_project_settles_nothing_here(other_owner: Any, pmo: Any, project_one: Project) -> None:
    with pytest.raises(Refused):
        settle(other_owner, declare(pmo, project_one))


# — bidders and organisations —


def test_an_organisation_known_by_that_name_is_meant_whatever_its_capitals(owner: Any, project_one: Project) -> None:
    known = Organisation.objects.get(name="Quays and Locks Ltd (fictional)")
    before = Organisation.objects.count()
    noted = note_bidder(actor=owner, project=project_one, organisation="  quays and  LOCKS ltd (fictional)")
    assert (noted.organisation, Organisation.objects.count()) == (known, before)


def test_a_new_organisation_is_known_from_then_on_with_its_history(owner: Any, project_one: Project) -> None:
    made = note_bidder(actor=owner, project=project_one, organisation="New  Cranes ").organisation
    assert made.name == "New Cranes"
    assert made.history.get().history_user == owner


def test_a_bidder_is_noted_once_per_project(owner: Any, other_owner: Any, project_one: Any, project_two: Any) -> None:
    for name in (BIDS, BIDS.upper()):
        with pytest.raises(ValidationError, match="already a bidder") as refused:
            note_bidder(actor=owner, project=project_one, organisation=name)
        assert set(refused.value.message_dict) == {"organisation"}
    assert note_bidder(actor=other_owner, project=project_two, organisation=BIDS).project == project_two


@pytest.mark.parametrize("nothing", ["", "  "])
def test_nothing_is_recorded_without_words(nothing: str, owner: Any, pmo: Any, project_one: Project) -> None:
    interest = declare(pmo, project_one)
    before = LedgerEvent.objects.count()
    for attempt, code in (
        (lambda: note_bidder(actor=owner, project=project_one, organisation=nothing), "organisation"),
        (lambda: declare(owner, project_one, nothing), "organisation"),
        (lambda: declare(owner, project_one, tie=nothing), "tie"),
        (lambda: settle(owner, interest, because=nothing), "because"),
    ):
        with pytest.raises(ValidationError) as refused:
            attempt()
        assert set(refused.value.message_dict) == {code}
    assert LedgerEvent.objects.count() == before


# — what a tie blocks —


def _adapted(actor: Any, project: Project) -> object:
    version = newest(project)
    return adapt_roles(actor=actor, project=project, base=version.number, content=version.read(), reason="Because.")


Attempt = Callable[[Any, Project, Callable[[str], Proposal], dict[str, Any]], object]
#: role → label → the attempt: every act that a tie blocks.
BLOCKED: dict[str, dict[str, Attempt]] = {
    "amoa": {
        "draft": lambda a, p, f, c: acts.draft(a, p),
        "edit": lambda a, p, f, c: acts.edit(a, f("draft")),
        "submit": lambda a, p, f, c: acts.submit(a, f("draft")),
        "withdraw": lambda a, p, f, c: acts.withdraw(a, f("submitted")),
        "prove": lambda a, p, f, c: acts.prove(a, f("conditions_open")),
        "add a document": lambda a, p, f, c: acts.add_document(a, p),
        "add a bidder": lambda a, p, f, c: note_bidder(actor=a, project=p, organisation="New Cranes"),
    },
    "pmo": {
        "advise": lambda a, p, f, c: acts.advise(a, f("submitted")),
        "take_up": lambda a, p, f, c: acts.take_up(a, f("submitted")),
        "note_binding": lambda a, p, f, c: acts.note_binding(a, f("ready_binding")),
        "draft": lambda a, p, f, c: acts.draft(a, p),
        "adapt_roles": lambda a, p, f, c: _adapted(a, p),
    },
    "moe": {"draft": lambda a, p, f, c: acts.draft(a, p)},
    "delegate": {"decide": lambda a, p, f, c: acts.decide(a, f("ready_minor"))},
    "owner": {
        "decide": lambda a, p, f, c: acts.decide(a, f("ready_for_decision")),
        "decide under the cap": lambda a, p, f, c: acts.decide(a, f("ready_minor")),
        "lift": lambda a, p, f, c: acts.lift(a, f("conditions_open")),
        "waive": lambda a, p, f, c: acts.waive(a, f("conditions_open")),
        "appoint": lambda a, p, f, c: appoint(
            actor=a,
            project=p,
            role=RoleTemplate.objects.get(pack="fr", code="DEST", state="published"),
            holder=c["outsider"],
        ),
        "delegate": lambda a, p, f, c: delegate(
            actor=a,
            project=p,
            to=c["outsider"],
            kinds=["minor_change"],
            cap=None,
            document="Act 3",
            ends_at=timezone.now() + DAY,
        ),
        "revoke": lambda a, p, f, c: revoke(actor=a, delegation=Delegation.objects.get(mandate__project=p)),
        "end the mandate of somebody else": lambda a, p, f, c: end_mandate(
            actor=a, mandate=Mandate.objects.get(project=p, holder=c["pmo"])
        ),
        "add a document": lambda a, p, f, c: acts.add_document(a, p),
        "add a bidder": lambda a, p, f, c: note_bidder(actor=a, project=p, organisation="New Cranes"),
    },
}
CASES = [pytest.param(who, what, id=f"{who}: {what}") for who, all_of in BLOCKED.items() for what in all_of]


@pytest.mark.parametrize(("member", "what"), CASES)
def test_a_tie_with_a_bidder_blocks_each_act_of_the_role_until_it_is_settled(
    member: str, what: str, cast: dict[str, Any], project_one: Project, proposal: Any, future_owner: Any
) -> None:
    actor, attempt = cast[member], BLOCKED[member][what]
    interest = declare(actor, project_one)
    before = acts.count_evidence()
    with pytest.raises(Refused):
        attempt(actor, project_one, proposal, cast)
    assert acts.count_evidence() == before
    if member == "owner":  # another person settles the tie of the successor
        name_owner(actor=actor, project=project_one, holder=cast["outsider"])
        settle(cast["outsider"], interest)
        assert not is_owner(actor, project_one)
    else:
        settle(cast["owner"], interest)
        attempt(actor, project_one, proposal, cast)
        check_deferred()


@pytest.mark.parametrize(("member", "what"), CASES)
def test_a_tie_with_who_does_not_bid_blocks_nothing_until_it_bids(
    member: str, what: str, cast: dict[str, Any], project_one: Project, proposal: Any
) -> None:
    actor, attempt = cast[member], BLOCKED[member][what]
    declare(actor, project_one, "Council of Cranes")
    assert blocking_ties(actor, project_one) == []
    noting = cast["amoa" if member == "pmo" else "pmo"]
    note_bidder(actor=noting, project=project_one, organisation="council of cranes")
    assert [tie.tie for tie in blocking_ties(actor, project_one)] == [TIE]
    with pytest.raises(Refused):
        attempt(actor, project_one, proposal, cast)


def test_a_tie_with_who_does_not_bid_lets_the_role_act(amoa: Any, project_one: Project, proposal: Any) -> None:
    declare(amoa, project_one, "Council of Cranes")
    acts.submit(amoa, proposal("draft"))
    check_deferred()


def test_a_tie_settled_before_its_organisation_bids_blocks_nothing_afterwards(
    owner: Any, pmo: Any, project_one: Project, proposal: Any
) -> None:
    settle(owner, declare(pmo, project_one, "Council of Cranes"))
    note_bidder(actor=owner, project=project_one, organisation="Council of Cranes")
    acts.advise(pmo, proposal("submitted"))
    check_deferred()


def test_a_tied_owner_names_who_follows_or_ends_their_own_mandate(owner: Any, outsider: Any, project_one: Any) -> None:
    declare(owner, project_one)
    assert can(owner, "projects.name_owner", project_one)
    own = project_one.mandates.active().deciding().get()
    assert can(owner, "projects.end_mandate", own)
    name_owner(actor=owner, project=project_one, holder=outsider)
    check_deferred()
    assert [mandate.holder for mandate in owners(project_one)] == [outsider]


def test_a_tied_owner_may_leave_without_naming_anyone(owner: Any, project_one: Any) -> None:
    declare(owner, project_one)
    end_mandate(actor=owner, mandate=project_one.mandates.active().deciding().get(), because="I am tied.")
    check_deferred()
    assert owners(project_one) == []


def test_a_tied_holder_may_still_accept_and_declare_more(moe: Any, project_one: Project) -> None:
    declare(moe, project_one)
    accept(actor=moe, mandate=Mandate.objects.get(project=project_one, holder=moe))
    declare(moe, project_one, "Another yard")
    check_deferred()
    assert moe.interests.count() == 2


def test_another_project_of_the_same_person_is_untouched(
    cast: dict[str, Any], project_one: Project, project_two: Project
) -> None:
    pmo = cast["pmo"]
    role = RoleTemplate.objects.get(pack="fr", code="AMOA", state="published")
    held = Mandate.objects.get(project=project_two, holder=cast["other_amoa"])
    end_mandate(actor=cast["other_owner"], mandate=held)
    appoint(actor=cast["other_owner"], project=project_two, role=role, holder=pmo)
    note_bidder(actor=cast["other_owner"], project=project_two, organisation=BIDS)
    declare(pmo, project_one)
    assert not can(pmo, "governance.propose", project_one)
    acts.draft(pmo, project_two)
    settle(cast["owner"], Interest.objects.get(person=pmo), Ruling.LEAVES)
    check_deferred()
    assert (count_seats(pmo, project_one), count_seats(pmo, project_two)) == (0, 1)


def test_a_tie_of_one_person_blocks_nobody_else(pmo: Any, amoa: Any, project_one: Project, proposal: Any) -> None:
    declare(pmo, project_one)
    acts.submit(amoa, proposal("draft"))


# — the ruling —


def test_the_role_goes_on_once_the_owner_says_so(owner: Any, pmo: Any, project_one: Project, proposal: Any) -> None:
    interest = settle(owner, declare(pmo, project_one))
    interest.refresh_from_db()
    assert (interest.ruling, interest.ruled_because, interest.ruled_by) == ("stays", "Long ago.", owner)
    assert interest.acted_at <= interest.ruled_at
    acts.advise(pmo, proposal("submitted"))
    assert count_seats(pmo, project_one) == 1


def test_a_leaving_holder_loses_mandate_and_delegation_at_once_with_the_reason(
    owner: Any, delegate: Any, project_one: Project, proposal: Any
) -> None:
    role = RoleTemplate.objects.get(pack="fr", code="DEST", state="published")
    given = appoint(actor=owner, project=project_one, role=role, holder=delegate, starts_at=timezone.now() + DAY)
    assert count_seats(delegate, project_one) == 2
    settle(owner, declare(delegate, project_one), Ruling.LEAVES, "Too close to the bidder.")
    check_deferred()
    given.refresh_from_db()
    assert (given.taken_back, given.ended_because) == (True, "Too close to the bidder.")
    assert count_seats(delegate, project_one) == 0
    with pytest.raises(Refused):
        acts.decide(delegate, proposal("ready_minor"))


def test_the_ledger_records_the_end_of_the_mandate_before_the_ruling(
    owner: Any, pmo: Any, project_one: Project
) -> None:
    start = event(Act.NOTE_BIDDER).pk
    settle(owner, declare(pmo, project_one), Ruling.LEAVES)
    told = [
        (event.act, event.actor)
        for event in LedgerEvent.objects.filter(
            pk__gt=start, project=project_one, act__in=[Act.DECLARE_INTEREST, Act.END_MANDATE, Act.SETTLE_INTEREST]
        )
        .exclude(actor__email="recipient@example.org")
        .order_by("pk")
    ][-3:]
    assert told == [("declare_interest", pmo), ("end_mandate", owner), ("settle_interest", owner)]
    mandate = Mandate.objects.get(project=project_one, holder=pmo)
    assert mandate.ended_because == "Long ago."
    assert mandate.ends_at <= Interest.objects.get(person=pmo).ruled_at


def test_a_tie_is_settled_once(owner: Any, pmo: Any, project_one: Project) -> None:
    """The second of two concurrent acts has read the tie before it was settled."""
    interest = declare(pmo, project_one)
    stale = Interest.objects.get(pk=interest.pk)
    settle(owner, interest)
    before = LedgerEvent.objects.count()
    with pytest.raises(ValidationError, match="already ruled"):
        settle(owner, stale, Ruling.LEAVES)
    assert (LedgerEvent.objects.count(), count_seats(pmo, project_one)) == (before, 1)


def test_a_tie_is_declared_once_until_it_is_settled(owner: Any, pmo: Any, project_one: Project) -> None:
    interest = declare(pmo, project_one)
    with pytest.raises(ValidationError, match="already declared") as refused:
        declare(pmo, project_one, BIDS.lower())
    assert set(refused.value.message_dict) == {"organisation"}
    settle(owner, interest)
    assert not blocking_ties(pmo, project_one)
    again = declare(pmo, project_one, tie="I sit on its board again.")
    assert [tie.pk for tie in blocking_ties(pmo, project_one)] == [again.pk]
    assert not can(pmo, "governance.propose", project_one)


def test_a_role_given_again_is_free_once_the_tie_is_settled(owner: Any, moe: Any, project_one: Project) -> None:
    settle(owner, declare(moe, project_one), Ruling.LEAVES)
    role = RoleTemplate.objects.get(pack="fr", code="MOE", state="published")
    appoint(actor=owner, project=project_one, role=role, holder=moe)
    check_deferred()
    assert can(moe, "governance.propose", project_one)


def test_a_role_given_again_while_the_tie_waits_is_blocked(owner: Any, moe: Any, project_one: Project) -> None:
    declare(moe, project_one)
    end_mandate(actor=owner, mandate=Mandate.objects.get(project=project_one, holder=moe))
    role = RoleTemplate.objects.get(pack="fr", code="MOE", state="published")
    appoint(actor=owner, project=project_one, role=role, holder=moe)
    assert not can(moe, "governance.propose", project_one)


# — what is kept, and who is told —


def test_the_ledger_carries_keys_and_the_seal_never_the_words(owner: Any, pmo: Any, project_one: Project) -> None:
    interest = declare(pmo, project_one)
    assert facts_of(event(Act.DECLARE_INTEREST)) == {
        "content": interest.seal(),
        "organisation": str(interest.organisation_id),
        "person": str(pmo.key),
    }
    assert event(Act.DECLARE_INTEREST).role == "PMO"
    interest = settle(owner, interest, Ruling.STAYS, "Long ago, and unpaid.")
    closed = json.loads(bytes(event(Act.SETTLE_INTEREST).body))
    assert (closed["facts"]["content"], closed["detail"], closed["role"]) == (interest.seal(), "stays", "MOA")
    for word in (TIE, "unpaid", "Dragages", "Priya"):
        assert not any(word in bytes(event.body).decode() for event in LedgerEvent.objects.order_by("pk"))


def test_each_version_of_a_tie_is_kept_with_its_actor(owner: Any, pmo: Any, project_one: Project) -> None:
    interest = settle(owner, declare(pmo, project_one))
    versions = list(interest.history.order_by("history_id").values_list("ruling", "history_user"))
    assert versions == [("", pmo.pk), ("stays", owner.pk)]


def test_the_owner_is_told_of_a_tie_and_the_person_of_the_ruling(owner: Any, pmo: Any, project_one: Project) -> None:
    settle(owner, declare(pmo, project_one))
    told = Notification.objects.order_by("pk").values_list("reason", "recipient__email", "link")
    page = "/projects/ONE/interests/"
    assert list(told) == [("tie_waits", owner.email, page), ("tie_settled", pmo.email, page)]


def test_a_bidder_with_ties_tells_who_is_blocked_and_the_owner(pmo: Any, moe: Any, project_one: Project) -> None:
    declare(moe, project_one, "Council of Cranes")
    Notification.objects.all().update(read_at=timezone.now())
    note_bidder(actor=pmo, project=project_one, organisation="Council of Cranes")
    told = Notification.objects.unread().values_list("reason", "recipient__email")
    assert set(told) == {("tie_blocks", "moe@example.org"), ("tie_waits", "owner@example.org")}


def test_a_bidder_nobody_is_tied_to_tells_nobody(pmo: Any, project_one: Project) -> None:
    note_bidder(actor=pmo, project=project_one, organisation="Council of Cranes")
    assert not Notification.objects.exists()


def erase(row: Interest, *fields: str) -> None:
    """Erase as the role that owns the tables."""
    with owning():
        erase_text(actor=User.objects.installation(), row=row, fields=fields, because="Request of 3 December.")
        check_deferred()


def test_the_words_of_a_tie_can_be_erased_and_what_it_says_of_the_role_stays(
    owner: Any, pmo: Any, project_one: Project
) -> None:
    interest = settle(owner, declare(pmo, project_one))
    erase(interest, "tie", "ruled_because")
    interest.refresh_from_db()
    assert (interest.salt, interest.seal(), interest.ruling) == (ERASED, "", "stays")
    assert interest.tie.startswith("[erased ")
    assert interest.ruled_because.startswith("[erased ")
    assert {row.tie for row in interest.history.all()} == {interest.tie}
    assert event(Act.ERASE).project == project_one
    with pytest.raises(CannotErase):
        erase(interest, "organisation")


def test_a_tie_whose_words_are_erased_still_blocks_and_can_be_settled(
    owner: Any, pmo: Any, project_one: Project
) -> None:
    interest = declare(pmo, project_one)
    erase(interest, "tie")
    assert not can(pmo, "governance.propose", project_one)
    settle(owner, Interest.objects.get(pk=interest.pk))
    check_deferred()
    assert can(pmo, "governance.propose", project_one)


def test_a_tie_changed_behind_the_triggers_is_found_by_the_verification(
    owner: Any, pmo: Any, project_one: Project
) -> None:
    interest = settle(owner, declare(pmo, project_one))
    assert verify_database()[0] == 0
    for change in ({"tie": "Nothing."}, {"ruling": "leaves"}, {"ruled_because": "Because."}, {"ruled_by": pmo}):
        with undone(), disable_guards("projects_interest"), bypassing_history():
            Interest.objects.filter(pk=interest.pk).update(**change)
            code, said = verify_database()
        assert f"projects_interest {interest.pk} is not as it was sealed" in said, change
        assert code == 1


def test_a_decision_and_a_tie_declared_before_it_never_stand_together(
    owner: Any, amoa: Any, pmo: Any, project_one: Project
) -> None:
    """The tie is read under the lock of the project, so one declared since the page was opened counts."""
    file = acts.prepare(amoa, pmo, project=project_one)
    assert can(owner, "governance.decide", file)
    declare(owner, project_one)
    with pytest.raises(Refused):
        acts.decide(owner, file, Outcome.APPROVED)
