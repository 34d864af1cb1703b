"""Test the acts on roles: opening a project, naming its owner, appointing, delegating, and how seats end (R1, R11)."""

from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused, can
from projects.models import Delegation, LedgerEvent, Mandate, Project
from projects.people.replacements.services import propose_owner
from projects.seats.mandates.holders import holders, lead_of, owners
from projects.seats.mandates.predicates import is_owner
from projects.seats.mandates.services import (
    accept,
    appoint,
    end_mandate,
    found_project,
    name_owner,
    revoke,
    role_on,
    state_competence,
)
from projects.seats.mandates.services import delegate as lend
from roles.models import RoleTemplate
from tests import acts
from tests.conftest import CAST
from tests.database import close_account
from tests.facts import facts_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIELDS = {
    "code": "NEW",
    "prefix": "N",
    "title_fr": "Nouveau",
    "title_en": "New",
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2027, 1, 1),
}


def role(code: str) -> RoleTemplate:
    """Return the role of the catalogue with this code."""
    return RoleTemplate.objects.get(code=code)


def list_permitted_members(cast: dict[str, Any], name: str, on: Any) -> set[str]:
    """List the members of the cast who hold a permission."""
    return {member for member in CAST if can(cast[member], name, on)}


# — who may —


def test_each_act_on_roles_has_its_holders(cast: dict[str, Any], project_one: Any, project_two: Any) -> None:
    for name in ("projects.appoint", "projects.delegate", "projects.name_owner"):
        assert list_permitted_members(cast, name, project_one) == {"owner"}, name
        assert list_permitted_members(cast, name, project_two) == {"other_owner"}, name
    assert list_permitted_members(cast, "projects.found", None) == {"staff_admin", "superuser"}
    assert list_permitted_members(cast, "projects.end_mandate", Mandate.objects.get(holder=cast["pmo"])) == {"owner"}
    assert list_permitted_members(cast, "projects.revoke", Delegation.objects.get()) == {"owner"}


def test_an_administrator_alone_names_no_owner_of_a_project_without_one(
    cast: dict[str, Any], project_three: Any
) -> None:
    assert owners(project_three) == []
    assert list_permitted_members(cast, "projects.name_owner", project_three) == set()
    assert list_permitted_members(cast, "projects.propose_replacement", project_three) == {"staff_admin", "superuser"}


@pytest.mark.parametrize("member", sorted(set(CAST) - {"owner"}))
def test_nobody_but_the_owner_gives_or_ends_a_role(member: str, cast: dict[str, Any], project_one: Any) -> None:
    actor, before = cast[member], list(Mandate.objects.values_list("pk", "period").order_by("pk"))
    mandate, delegation = Mandate.objects.get(holder=cast["pmo"]), Delegation.objects.get()
    for attempt in (
        lambda: appoint(actor=actor, project=project_one, role=role("DEST"), holder=cast["outsider"]),
        lambda: end_mandate(actor=actor, mandate=mandate),
        lambda: name_owner(actor=actor, project=project_one, holder=cast["outsider"]),
        lambda: revoke(actor=actor, delegation=delegation),
        lambda: lend(
            actor=actor,
            project=project_one,
            to=cast["outsider"],
            kinds=["minor_change"],
            cap=None,
            document="X",
            ends_at=timezone.now() + DAY,
        ),
    ):
        with pytest.raises(Refused):
            attempt()
    assert list(Mandate.objects.values_list("pk", "period").order_by("pk")) == before


# — opening —


def test_an_administrator_opens_a_project_today_and_its_owner_is_in_office(staff_admin: Any, outsider: Any) -> None:
    project = found_project(actor=staff_admin, owner=outsider, fields=FIELDS)
    assert is_owner(outsider, project)
    assert not is_owner(staff_admin, project)
    told = project.events.order_by("seq").values_list("act", "subject")
    assert list(told) == [
        ("found", "projects.project"),
        ("apply_roles", "projects.matrix"),
        ("name_owner", "projects.mandate"),
    ]


def test_nobody_else_opens_a_project(cast: dict[str, Any]) -> None:
    for member in set(CAST) - {"staff_admin", "superuser"}:
        with pytest.raises(Refused):
            found_project(actor=cast[member], owner=cast["outsider"], fields=FIELDS)
    assert not Project.objects.filter(code="NEW").exists()


def test_an_administrator_does_not_name_themselves(staff_admin: Any, project_three: Any) -> None:
    for attempt in (
        lambda: found_project(actor=staff_admin, owner=staff_admin, fields=FIELDS),
        lambda: propose_owner(actor=staff_admin, project=project_three, successor=staff_admin, because="Mine."),
    ):
        with pytest.raises((Refused, ValidationError, IntegrityError)), transaction.atomic():
            attempt()
    assert not staff_admin.mandates.exists()


# — giving and ending —


def test_an_appointment_counts_from_its_instant(owner: Any, outsider: Any, project_one: Any) -> None:
    given = appoint(actor=owner, project=project_one, role=role("DEST"), holder=outsider, group="anglers")
    assert (given.authority, given.appointed_by, given.group) == ("receives", owner, "anglers")
    given.refresh_from_db()
    assert given in Mandate.objects.active()
    assert given.starts_at == given.acted_at


def test_a_new_seat_gives_reading_at_once(owner: Any, outsider: Any, project_one: Any) -> None:
    given = appoint(actor=owner, project=project_one, role=role("DEST"), holder=outsider)
    assert (given.starts_at, given.ends_at) == (given.acted_at, None)


def test_an_appointment_is_not_back_dated(owner: Any, outsider: Any, project_one: Any) -> None:
    past = timezone.now() - 9 * DAY
    given = appoint(actor=owner, project=project_one, role=role("DEST"), holder=outsider, starts_at=past)
    given.refresh_from_db()
    assert given.starts_at > past + 8 * DAY


def test_an_appointment_ahead_counts_when_it_begins(owner: Any, outsider: Any, project_one: Any) -> None:
    start = timezone.now() + 9 * DAY
    given = appoint(
        actor=owner, project=project_one, role=role("DEST"), holder=outsider, starts_at=start, ends_at=start + DAY
    )
    active = Mandate.objects.filter(pk=given.pk)
    assert [active.active(at).exists() for at in (None, start, start + DAY / 2, start + DAY)] == [
        False,
        True,
        True,
        False,
    ]


def test_one_person_has_one_role_on_a_project_at_a_time(owner: Any, pmo: Any, project_one: Any) -> None:
    with pytest.raises(ValidationError):
        appoint(actor=owner, project=project_one, role=role("DEST"), holder=pmo)


def test_the_role_that_decides_is_not_given_by_appointment(owner: Any, outsider: Any, project_one: Any) -> None:
    with pytest.raises((ValidationError, ValueError)):
        appoint(actor=owner, project=project_one, role=role_on(project_one), holder=outsider)
    assert not outsider.mandates.exists()


def test_a_mandate_ends_now_and_says_why(owner: Any, pmo: Any) -> None:
    mandate = end_mandate(actor=owner, mandate=pmo.mandates.get(), because="Moved to another project.")
    assert not Mandate.objects.filter(pk=mandate.pk).active().exists()
    mandate.refresh_from_db()
    assert mandate.ended_because == "Moved to another project."
    assert mandate.history.latest("history_date").history_user == owner


def test_a_mandate_that_has_not_begun_can_be_taken_back(owner: Any, outsider: Any, project_one: Any) -> None:
    """An appointment made by mistake for next month can be ended before it begins."""
    start = timezone.now() + 9 * DAY
    given = appoint(actor=owner, project=project_one, role=role("DEST"), holder=outsider, starts_at=start)
    with transaction.atomic():
        end_mandate(actor=owner, mandate=given)
    assert not Mandate.objects.filter(pk=given.pk).active(start + DAY).exists()


def test_an_owner_named_ahead_can_be_replaced_by_another(owner: Any, outsider: Any, project_one: Any) -> None:
    start = timezone.now() + 30 * DAY
    name_owner(actor=owner, project=project_one, holder=outsider, starts_at=start)
    at = {days: [m.holder for m in project_one.mandates.deciding().active(start + days * DAY)] for days in (-1, 1, 300)}
    assert at == {-1: [owner], 1: [outsider], 300: [outsider]}


def test_ending_what_has_ended_is_refused_without_a_crash(owner: Any, pmo: Any) -> None:
    mandate = end_mandate(actor=owner, mandate=pmo.mandates.get())
    with pytest.raises((ValidationError, Refused)) as error, transaction.atomic():
        end_mandate(actor=owner, mandate=mandate)
    assert not isinstance(error.value, DatabaseError)


def test_the_owner_names_the_next_and_leaves_at_that_instant(other_owner: Any, outsider: Any, project_two: Any) -> None:
    start = timezone.now() + 9 * DAY
    name_owner(actor=other_owner, project=project_two, holder=outsider, starts_at=start)
    at = {moment: [m.holder for m in project_two.mandates.deciding().active(moment)] for moment in (start - DAY, start)}
    assert at == {start - DAY: [other_owner], start: [outsider]}
    assert is_owner(other_owner, project_two)


def test_there_is_never_more_than_one_owner(other_owner: Any, outsider: Any, project_two: Any) -> None:
    name_owner(actor=other_owner, project=project_two, holder=outsider)
    assert [mandate.holder for mandate in owners(project_two)] == [outsider]
    with pytest.raises(Refused):
        name_owner(actor=other_owner, project=project_two, holder=other_owner)


# — delegating —


def test_a_delegation_is_bounded_by_kind_cap_and_period(owner: Any, outsider: Any, project_one: Any) -> None:
    end = timezone.now() + 9 * DAY
    given = lend(
        actor=owner,
        project=project_one,
        to=outsider,
        kinds=["communication"],
        cap=Decimal(500),
        document="Act 4",
        ends_at=end,
    )
    ours = Delegation.objects.filter(pk=given.pk)
    assert [ours.active(at).exists() for at in (None, end)] == [True, False]
    assert ours.covering("communication", Decimal(500)).exists()
    assert not ours.covering("communication", None).exists(), "an unknown amount is within no cap"
    assert not ours.covering("communication", Decimal("500.01")).exists()
    assert not ours.covering("minor_change", Decimal(1)).exists()


def test_a_kind_that_stays_with_the_owner_is_not_delegated(owner: Any, outsider: Any, project_one: Any) -> None:
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        lend(
            actor=owner,
            project=project_one,
            to=outsider,
            kinds=["budget"],
            cap=None,
            document="Act 4",
            ends_at=timezone.now() + DAY,
        )
    assert not outsider.delegations.exists()


def test_a_delegate_does_not_delegate(delegate: Any, outsider: Any, project_one: Any) -> None:
    with pytest.raises(Refused):
        lend(
            actor=delegate,
            project=project_one,
            to=outsider,
            kinds=["communication"],
            cap=None,
            document="X",
            ends_at=timezone.now() + DAY,
        )


def test_every_act_on_roles_leaves_one_event(owner: Any, outsider: Any, project_one: Any) -> None:
    before = LedgerEvent.objects.count()
    given = appoint(actor=owner, project=project_one, role=role("DEST"), holder=outsider)
    end_mandate(actor=owner, mandate=given)
    revoke(actor=owner, delegation=Delegation.objects.get())
    told = LedgerEvent.objects.order_by("pk").values_list("act", "role", "actor")[before:]
    assert list(told) == [("appoint", "MOA", owner.pk), ("end_mandate", "MOA", owner.pk), ("revoke", "MOA", owner.pk)]


def test_a_delegation_ends_with_the_mandate_of_the_owner_who_gave_it(
    owner: Any, outsider: Any, delegate: Any, future_owner: Any, project_one: Any, proposal: Any
) -> None:
    """R1: the signature is the owner's, so the delegate loses it with the owner; the next owner starts without one."""
    file = proposal("ready_minor")
    assert can(delegate, "governance.decide", file)
    name_owner(actor=owner, project=project_one, holder=outsider)
    assert not can(delegate, "governance.decide", file)
    assert not Delegation.objects.active().filter(mandate__project=project_one).exists()
    with pytest.raises(Refused):
        acts.decide(delegate, file)
    assert Delegation.objects.get().ends_at == Mandate.objects.get(holder=owner).ends_at


@pytest.mark.parametrize("member", ["owner", "delegate"])
def test_a_delegate_signs_nothing_once_one_of_the_two_accounts_is_closed(
    member: str, cast: dict[str, Any], proposal: Any
) -> None:
    file = proposal("ready_minor")
    close_account(cast[member], cast["staff_admin"])
    assert not can(cast["delegate"], "governance.decide", file)
    with pytest.raises(Refused):
        acts.decide(cast["delegate"], file)


def test_an_owner_named_ahead_inherits_no_delegation(
    owner: Any, outsider: Any, project_one: Any, future_owner: Any
) -> None:
    start = Mandate.objects.get(holder=future_owner).starts_at
    lend(
        actor=owner,
        project=project_one,
        to=outsider,
        kinds=["minor_change"],
        cap=None,
        document="Act 9",
        ends_at=start + 30 * DAY,
    )
    lent = Delegation.objects.filter(delegate=outsider)
    assert [lent.active(at).exists() for at in (start - DAY / 2, start, start + DAY)] == [True, False, False]


@pytest.mark.parametrize("member", ["owner", "pmo", "amoa", "moe"])
def test_a_signature_is_not_lent_to_oneself_nor_to_who_advises_or_delivers(
    member: str, owner: Any, cast: dict[str, Any], project_one: Any
) -> None:
    with pytest.raises(ValidationError):
        lend(
            actor=owner,
            project=project_one,
            to=cast[member],
            kinds=["minor_change"],
            cap=None,
            document="Act 9",
            ends_at=timezone.now() + DAY,
        )


def test_a_period_has_some_length(owner: Any, outsider: Any, project_one: Any) -> None:
    past = timezone.now() - DAY
    with pytest.raises(ValidationError) as error:
        appoint(actor=owner, project=project_one, role=role("DEST"), holder=outsider, ends_at=past)
    assert set(error.value.message_dict) == {"ends_at"}
    with pytest.raises(ValidationError) as error:
        lend(
            actor=owner,
            project=project_one,
            to=outsider,
            kinds=["minor_change"],
            cap=None,
            document="Act 9",
            starts_at=timezone.now() + 2 * DAY,
            ends_at=timezone.now() + DAY,
        )
    assert set(error.value.message_dict) == {"ends_at"}


def test_a_delegation_ends_once_and_one_that_has_not_begun_is_taken_back(
    owner: Any, outsider: Any, project_one: Any
) -> None:
    given = lend(
        actor=owner,
        project=project_one,
        to=outsider,
        kinds=["minor_change"],
        cap=None,
        document="Act 9",
        starts_at=timezone.now() + DAY,
        ends_at=timezone.now() + 9 * DAY,
    )
    for delegation in (given, Delegation.objects.earliest("pk")):
        with transaction.atomic():
            ended = revoke(actor=owner, delegation=delegation)
        assert ended.taken_back == (delegation == given)
        with pytest.raises(ValidationError):
            revoke(actor=owner, delegation=delegation)
    assert not Delegation.objects.active(timezone.now() + 2 * DAY).exists()


# — one holder, or several —


@pytest.mark.parametrize("code", ["PMO", "AMOA"])
def test_an_exclusive_role_has_one_holder_at_a_time(code: str, owner: Any, outsider: Any, project_one: Any) -> None:
    held = project_one.mandates.active().select_related("holder").get(role__code=code)
    end = timezone.now() + 9 * DAY
    for starts_at in (None, timezone.now() + 5 * DAY):
        sentence = f"{held.holder} has the role {code} in that period"
        with override("en"), pytest.raises(ValidationError, match=sentence):
            appoint(actor=owner, project=project_one, role=role(code), holder=outsider, starts_at=starts_at)
    end_mandate(actor=owner, mandate=held, ends_at=end)
    with override("en"), pytest.raises(ValidationError, match="it takes one person"):
        appoint(
            actor=owner,
            project=project_one,
            role=role(code),
            holder=outsider,
            starts_at=end - timedelta(microseconds=1),
        )
    given = appoint(actor=owner, project=project_one, role=role(code), holder=outsider, starts_at=end)
    assert (given.starts_at, given.ends_at) == (end, None)


def test_a_mandate_taken_back_leaves_its_role_free(owner: Any, outsider: Any, delegate: Any, project_one: Any) -> None:
    held, start = project_one.mandates.active().get(role__code="PMO"), timezone.now() + 9 * DAY
    end_mandate(actor=owner, mandate=held, ends_at=start)
    given = appoint(actor=owner, project=project_one, role=role("PMO"), holder=outsider, starts_at=start)
    end_mandate(actor=owner, mandate=given)
    assert appoint(actor=owner, project=project_one, role=role("PMO"), holder=delegate, starts_at=start).starts_at


def test_several_provide_and_whoever_began_first_leads(
    owner: Any, moe: Any, outsider: Any, project_one: Any, client_of: Any
) -> None:
    assert lead_of(holders(project_one, "MOE")) is None
    appoint(actor=owner, project=project_one, role=role("MOE"), holder=outsider)
    assert [lead.holder for lead in [lead_of(holders(project_one, "MOE"))] if lead] == [moe]
    for language, word in (("en", "Lead"), ("fr", "Chef de file")):
        page = client_of(moe).get("/projects/ONE/mandates/", headers={"accept-language": language}).content.decode()
        assert page.count(f"{word}</span>") == 1
    end_mandate(actor=owner, mandate=moe.mandates.get())
    assert lead_of(holders(project_one, "MOE")) is None


# — accepting —


def test_the_holder_alone_accepts_once_and_the_mandate_counts_before(moe: Any, cast: dict[str, Any]) -> None:
    mandate = Mandate.objects.get(holder=moe)
    assert list_permitted_members(cast, "projects.accept", mandate) == {"moe"}
    assert (mandate.accepted_at, mandate in Mandate.objects.active()) == (None, True)
    for member in set(CAST) - {"moe"}:
        with pytest.raises(Refused):
            accept(actor=cast[member], mandate=mandate)
    accept(actor=moe, mandate=mandate)
    mandate.refresh_from_db()
    event = LedgerEvent.objects.latest("pk")
    assert mandate.accepted_at == event.acted_at
    assert (event.act, event.role, event.actor, event.subject_id) == ("accept", "MOE", moe, mandate.pk)
    assert mandate.history.latest("history_date").history_user == moe
    with pytest.raises(ValidationError):
        accept(actor=moe, mandate=mandate)


def test_a_mandate_is_accepted_before_it_begins_but_not_after_it_has_ended(
    owner: Any, moe: Any, future_owner: Any, former_owner: Any
) -> None:
    assert accept(actor=future_owner, mandate=future_owner.mandates.get()).accepted_at
    end_mandate(actor=owner, mandate=moe.mandates.get())
    for left in (moe, former_owner):
        with pytest.raises(ValidationError):
            accept(actor=left, mandate=left.mandates.get())


def test_a_revoked_mandate_is_neither_accepted_nor_ended_again(owner: Any, outsider: Any, project_one: Any) -> None:
    start = timezone.now() + 9 * DAY
    given = appoint(actor=owner, project=project_one, role=role("DEST"), holder=outsider, starts_at=start)
    end_mandate(actor=owner, mandate=given)
    with pytest.raises(ValidationError):
        accept(actor=outsider, mandate=given)
    with pytest.raises(ValidationError):
        end_mandate(actor=owner, mandate=given)
    assert not Mandate.objects.active(start).filter(pk=given.pk).exists()


# — competence —


def test_the_holder_alone_states_competence_with_a_document_of_the_project(
    cast: dict[str, Any], moe: Any, owner: Any, project_one: Any, project_two: Any
) -> None:
    mandate = moe.mandates.get()
    assert list_permitted_members(cast, "projects.state_competence", mandate) == {"moe"}
    for member in set(CAST) - {"moe"}:
        with pytest.raises(Refused):
            state_competence(actor=cast[member], mandate=mandate, text="Three harbours built.")
    document = acts.add_document(owner, project_one, "Certificate")
    stated = state_competence(actor=moe, mandate=mandate, text="Three harbours built.", document=document)
    event = LedgerEvent.objects.get(subject="projects.competence", subject_id=stated.pk)
    assert (event.act, event.role, event.actor, event.acted_at) == ("state_competence", "MOE", moe, stated.acted_at)
    assert facts_of(event) == {
        "mandate": str(mandate.pk),
        "document": document.sha256,
        "content": stated.seal(),
    }
    state_competence(actor=moe, mandate=mandate, text="And a lock.")
    assert [row.text for row in mandate.competences.all()] == ["Three harbours built.", "And a lock."]
    theirs = acts.add_document(cast["other_owner"], project_two, "Certificate")
    for attempt in ({"text": " \N{ZERO WIDTH SPACE}"}, {"text": "A lock.", "document": theirs}):
        with pytest.raises(ValidationError):
            state_competence(actor=moe, mandate=mandate, **attempt)
    end_mandate(actor=owner, mandate=mandate)
    with pytest.raises(ValidationError):
        state_competence(actor=moe, mandate=mandate, text="A lock.")


# — what the ledger tells by itself —


def utc(moment: Any) -> str:
    """Format a moment as the ledger does."""
    text: str = moment.astimezone(UTC).isoformat(timespec="microseconds")
    assert text.endswith("+00:00")
    return text


def test_the_chain_alone_tells_who_held_what(owner: Any, outsider: Any, recipient: Any, project_one: Any) -> None:
    """The facts of the events record giving, accepting, ending, delegating and revoking without any other table."""
    before = LedgerEvent.objects.count()
    start, end = timezone.now() + DAY, timezone.now() + 9 * DAY
    given = appoint(actor=owner, project=project_one, role=role("DEST"), holder=outsider, starts_at=start, ends_at=end)
    accept(actor=outsider, mandate=given)
    end_mandate(actor=owner, mandate=given, ends_at=start + DAY)
    lent = lend(
        actor=owner,
        project=project_one,
        to=recipient,
        kinds=["minor_change", "communication"],
        cap=Decimal(20000),
        document="Act 9",
        ends_at=end,
    )
    revoke(actor=owner, delegation=lent)
    named = name_owner(actor=owner, project=project_one, holder=outsider, starts_at=end)
    told = [(event.act, facts_of(event)) for event in LedgerEvent.objects.order_by("pk")[before:]]
    held = {"mandate": str(given.pk), "holder": str(outsider.key), "of": "DEST", "authority": "receives"}
    lent.refresh_from_db()
    ended = [facts for act, facts in told if act == "end_mandate"]
    assert told[:5] == [
        ("appoint", held | {"start": utc(start), "end": utc(end)}),
        ("accept", {"mandate": str(given.pk), "matrix": f"1:{project_one.matrix.hash}"}),
        ("end_mandate", {"mandate": str(given.pk), "end": utc(start + DAY)}),
        (
            "delegate",
            {
                "delegation": str(lent.pk),
                "mandate": str(lent.mandate_id),
                "delegate": str(recipient.key),
                "kinds": "communication,minor_change",
                "cap": "20000.00",
                "start": utc(lent.acted_at),
                "end": utc(end),
            },
        ),
        ("revoke", told[4][1]),
    ]
    assert told[4][1]["delegation"] == str(lent.pk)
    assert utc(lent.acted_at) < told[4][1]["end"] <= utc(timezone.now())
    assert {"mandate": str(Mandate.objects.get(holder=owner).pk), "end": utc(end)} in ended
    assert told[-1] == (
        "name_owner",
        {
            "mandate": str(named.pk),
            "holder": str(outsider.key),
            "of": "MOA",
            "authority": "decides",
            "start": utc(end),
            "end": "",
        },
    )
