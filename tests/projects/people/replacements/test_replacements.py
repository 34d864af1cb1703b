"""Replace an owner by two hands: propose, second, accept, object, confirm anew; one hand alone; every other route."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.access import Refused, can
from governance.models import Decision
from projects.models import LedgerEvent, Mandate, Notification, Project, Replacement
from projects.people.accounts.services import close_account, close_departed, plan_departure
from projects.people.administrators.services import name_administrator
from projects.people.replacements.holds import Suspended
from projects.people.replacements.predicates import find_last_owner
from projects.people.replacements.queries import list_seconds
from projects.people.replacements.services import (
    NoLongerPossible,
    ask_closing,
    confirm_anew,
    object_to_replacement,
    propose_closing,
    propose_owner,
    second,
    take_seat,
    withdraw,
)
from projects.people.replacements.tasks import settle_replacements
from projects.seats.mandates.predicates import can_sign
from projects.seats.mandates.services import accept, appoint, delegate, end_mandate, name_owner, role_on
from roles.models import User
from tests import acts
from tests.administrators import end_rights
from tests.database import run
from tests.projects.people.replacements.factories import (
    SECONDED,
    WHY,
    closing,
    pass_time,
    proposed,
    seconded,
    taken,
    unguarded,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def adviser(db: None) -> User:
    """Return the PMO of projects two and three."""
    return User.objects.get(email="other.pmo@example.org")


def told(row: Replacement, act: str) -> set[str]:
    """Return the addresses of the people notified of a step."""
    event = LedgerEvent.objects.get(project=row.project, act=act, subject="projects.replacement", subject_id=row.pk)
    return set(Notification.objects.filter(event=event).values_list("recipient__email", flat=True))


# — an owner in place of the last one —


def test_two_hands_and_an_acceptance_make_an_owner(
    project_three: Project, staff_admin: User, outsider: User, adviser: User, inactive_owner: User
) -> None:
    row, mandate = taken(project_three, staff_admin, outsider, adviser)
    mandate.refresh_from_db()
    assert (mandate.holder, mandate.appointed_by, mandate.replacement) == (outsider, staff_admin, row)
    assert mandate.accepted_at
    assert (row.capacity, row.outcome) == ("adviser", "done")
    assert find_last_owner(project_three) is None
    assert can(outsider, "projects.appoint", project_three)
    steps = project_three.events.order_by("seq").values_list("act", flat=True)
    assert list(steps)[-6:] == [
        "propose_replacement",
        "second_replacement",
        "end_mandate",
        "name_owner",
        "accept",
        "take_replacement",
    ]


def test_everybody_is_told_of_each_step_before_it_counts(
    project_three: Project, cast: dict[str, Any], adviser: User
) -> None:
    row, _mandate = taken(project_three, cast["staff_admin"], cast["outsider"], adviser)
    everybody = {
        "inactive.owner@example.org",
        "outsider@example.org",
        "other.pmo@example.org",
        "other.amoa@example.org",
        "staff.admin@example.org",
        "superuser@example.org",
    }
    for act in ("propose_replacement", "second_replacement", "take_replacement"):
        assert told(row, act) == everybody, act


def test_the_new_owner_acts_only_after_accepting(
    project_three: Project, staff_admin: User, outsider: User, adviser: User
) -> None:
    row = seconded(project_three, staff_admin, outsider, adviser)
    assert not can(outsider, "projects.appoint", project_three)
    with pytest.raises(Refused):
        take_seat(actor=staff_admin, replacement=row)
    take_seat(actor=outsider, replacement=row)
    assert can(outsider, "projects.appoint", project_three)


def test_one_hand_is_not_enough(project_three: Project, staff_admin: User, outsider: User) -> None:
    row = proposed(project_three, staff_admin, outsider)
    with pytest.raises(NoLongerPossible):
        take_seat(actor=outsider, replacement=row)
    for member in (staff_admin, outsider):
        with pytest.raises(Refused):
            second(actor=member, replacement=row, because=SECONDED)


def test_who_can_second(project_three: Project, cast: dict[str, Any]) -> None:
    row = proposed(project_three, cast["staff_admin"], cast["outsider"])
    found = {person.email: getattr(person, "capacity_of", "") for person in list_seconds(row)}
    assert found == {
        "other.pmo@example.org": "adviser",
        "other.amoa@example.org": "adviser",
        "superuser@example.org": "administrator",
    }


def test_nobody_is_made_to_second(project_three: Project, cast: dict[str, Any]) -> None:
    name_administrator(actor=cast["staff_admin"], person=cast["recipient"])
    row = proposed(project_three, cast["staff_admin"], cast["outsider"])
    cast["recipient"].refresh_from_db()
    with pytest.raises(Refused):
        second(actor=cast["recipient"], replacement=row, because=SECONDED)


def test_nobody_is_made_an_administrator_to_propose(project_three: Project, cast: dict[str, Any]) -> None:
    """One hand that makes another administrator is still one hand."""
    name_administrator(actor=cast["staff_admin"], person=cast["recipient"])
    cast["recipient"].refresh_from_db()
    with pytest.raises(Refused):
        propose_owner(actor=cast["recipient"], project=project_three, successor=cast["outsider"], because=WHY)


def test_what_was_read_before_another_did_it_is_not_done_twice(
    project_three: Project, cast: dict[str, Any], adviser: User
) -> None:
    row = proposed(project_three, cast["staff_admin"], cast["outsider"])
    agreed = pass_time(second(actor=adviser, replacement=row, because=SECONDED))
    with pytest.raises((Refused, NoLongerPossible)):
        second(actor=cast["superuser"], replacement=row, because=SECONDED)
    take_seat(actor=cast["outsider"], replacement=agreed)
    with pytest.raises(NoLongerPossible):
        take_seat(actor=cast["outsider"], replacement=agreed)
    with pytest.raises(NoLongerPossible):
        withdraw(actor=cast["staff_admin"], replacement=agreed)


def test_an_owner_above_seconds_unless_the_project_was_moved_there_today(
    project_three: Project, cast: dict[str, Any], adviser: User
) -> None:
    """The place below the owner above counts once it is as old as the waiting time."""
    below = [Project.objects.get(code="TWO").pk, project_three.pk]
    with unguarded("projects_project"):
        run("UPDATE projects_project SET parent_id = %s WHERE id = %s", below)
    row = proposed(project_three, cast["staff_admin"], cast["outsider"])
    assert cast["other_owner"] not in list_seconds(row)
    with unguarded("projects_historicalproject"):
        run("UPDATE projects_historicalproject SET parent_id = %s WHERE id = %s", below)
    found = {person.email: getattr(person, "capacity_of", "") for person in list_seconds(row)}
    assert found["other.owner@example.org"] == "above"
    assert second(actor=cast["other_owner"], replacement=row, because=SECONDED).capacity == "above"


def test_words_are_asked_of_both(project_three: Project, staff_admin: User, outsider: User, adviser: User) -> None:
    with pytest.raises(ValidationError):
        propose_owner(actor=staff_admin, project=project_three, successor=outsider, because="—")
    row = proposed(project_three, staff_admin, outsider)
    with pytest.raises(ValidationError):
        second(actor=adviser, replacement=row, because="…")


@pytest.mark.parametrize("member", ["owner", "pmo", "outsider", "other_owner", "inactive_owner"])
def test_only_an_administrator_proposes(member: str, cast: dict[str, Any], project_three: Project) -> None:
    with pytest.raises(Refused):
        propose_owner(actor=cast[member], project=project_three, successor=cast["recipient"], because=WHY)


def test_nobody_replaces_an_owner_in_office(
    project_one: Project, staff_admin: User, outsider: User, client_of: Any
) -> None:
    with pytest.raises(Refused):
        propose_owner(actor=staff_admin, project=project_one, successor=outsider, because=WHY)


def test_the_last_owner_and_the_one_who_proposes_do_not_follow(
    project_three: Project, staff_admin: User, inactive_owner: User
) -> None:
    for person in (staff_admin, inactive_owner):
        with pytest.raises(ValidationError):
            propose_owner(actor=staff_admin, project=project_three, successor=person, because=WHY)


def test_an_owner_who_left_without_a_successor_leaves_a_predecessor(
    project_one: Project, owner: User, former_owner: User, staff_admin: User, outsider: User, pmo: User
) -> None:
    """Where the seat was ended, or its period ran out, an administrator alone names nobody."""
    with pytest.raises(Refused):
        name_owner(actor=staff_admin, project=project_one, holder=outsider)
    end_mandate(actor=owner, mandate=project_one.mandates.active().deciding().get())
    assert find_last_owner(project_one) == owner
    with pytest.raises(Refused):
        name_owner(actor=staff_admin, project=project_one, holder=outsider)
    row = proposed(project_one, staff_admin, outsider)
    assert row.former == owner
    row = pass_time(second(actor=pmo, replacement=row, because=SECONDED))
    assert take_seat(actor=outsider, replacement=row).replacement == row


def test_an_open_request_is_unique_and_can_be_withdrawn(
    project_three: Project, staff_admin: User, outsider: User, recipient: User, adviser: User
) -> None:
    row = proposed(project_three, staff_admin, outsider)
    with pytest.raises(ValidationError):
        propose_owner(actor=staff_admin, project=project_three, successor=recipient, because=WHY)
    withdraw(actor=staff_admin, replacement=row)
    with pytest.raises((Refused, NoLongerPossible)):
        second(actor=adviser, replacement=row, because=SECONDED)
    assert proposed(project_three, staff_admin, recipient).successor == recipient


# — objections —


def test_an_objection_suspends_the_hand_of_the_new_owner_until_the_two_confirm(
    project_three: Project, staff_admin: User, outsider: User, adviser: User, inactive_owner: User
) -> None:
    row, _mandate = taken(project_three, staff_admin, outsider, adviser)
    role = role_on(project_three, "DEST")
    object_to_replacement(actor=inactive_owner, replacement=row)
    row = pass_time(row)
    give = {"project": project_three, "role": role, "group": "Crews"}
    with pytest.raises(Suspended):
        appoint(actor=outsider, holder=User.objects.get(email="amoa@example.org"), **give)
    confirm_anew(actor=staff_admin, replacement=row, because=WHY)
    row = pass_time(row)
    with pytest.raises(Suspended):
        appoint(actor=outsider, holder=User.objects.get(email="amoa@example.org"), **give)
    confirm_anew(actor=adviser, replacement=row, because=SECONDED)
    assert appoint(actor=outsider, holder=User.objects.get(email="amoa@example.org"), **give)


def test_an_objection_before_holds_the_acceptance_up(
    project_three: Project, staff_admin: User, outsider: User, adviser: User, inactive_owner: User
) -> None:
    row = seconded(project_three, staff_admin, outsider, adviser)
    object_to_replacement(actor=inactive_owner, replacement=row)
    row = pass_time(row)
    with pytest.raises(NoLongerPossible):
        take_seat(actor=outsider, replacement=row)
    for member in (staff_admin, adviser):
        row = pass_time(confirm_anew(actor=member, replacement=row, because=WHY))
    assert take_seat(actor=outsider, replacement=row)


def test_an_objection_after_30_days_is_late(
    project_three: Project, staff_admin: User, outsider: User, adviser: User, inactive_owner: User
) -> None:
    row, _mandate = taken(project_three, staff_admin, outsider, adviser)
    row = pass_time(row, 31 * DAY)
    with pytest.raises(NoLongerPossible):
        object_to_replacement(actor=inactive_owner, replacement=row)


def test_only_the_two_confirm(
    project_three: Project, cast: dict[str, Any], adviser: User, inactive_owner: User
) -> None:
    row, _mandate = taken(project_three, cast["staff_admin"], cast["outsider"], adviser)
    object_to_replacement(actor=inactive_owner, replacement=row)
    for member in ("superuser", "outsider", "inactive_owner", "other_owner"):
        with pytest.raises(Refused):
            confirm_anew(actor=cast[member], replacement=row, because=WHY)


def test_nobody_signs_in_the_name_of_an_owner_to_whom_the_former_one_objects(
    project_three: Project, cast: dict[str, Any], adviser: User, inactive_owner: User
) -> None:
    row, _mandate = taken(project_three, cast["staff_admin"], cast["outsider"], adviser)
    about = {"kinds": ["minor_change"], "cap": None, "document": "Act 3", "ends_at": timezone.now() + 9 * DAY}
    delegate(actor=cast["outsider"], project=project_three, to=cast["delegate"], **about)
    assert can_sign(cast["delegate"], project_three, "minor_change", None)
    object_to_replacement(actor=inactive_owner, replacement=row)
    assert not can_sign(cast["delegate"], project_three, "minor_change", None)
    row = pass_time(row)
    for member in (cast["staff_admin"], adviser):
        confirm_anew(actor=member, replacement=row, because=WHY)
    assert can_sign(cast["delegate"], project_three, "minor_change", None)


# — the account of an owner —


def test_closing_an_owner_takes_a_second_person(
    owner: User, staff_admin: User, pmo: User, project_one: Project
) -> None:
    with pytest.raises(ValidationError):
        close_account(actor=staff_admin, person=owner)
    owner.is_active = False
    with pytest.raises(IntegrityError), transaction.atomic():
        owner.save()
    row = closing(owner, staff_admin)
    owner.refresh_from_db()
    assert owner.is_active
    second(actor=pmo, replacement=row, because=SECONDED)
    owner.refresh_from_db()
    assert not owner.is_active
    steps = project_one.events.order_by("seq").values_list("act", flat=True)
    assert list(steps)[-3:] == ["propose_replacement", "second_replacement", "take_replacement"]
    event = LedgerEvent.objects.filter(act="take_replacement", subject="projects.replacement").get()
    assert {"owner@example.org", "pmo@example.org", "amoa@example.org", "superuser@example.org"} <= set(
        Notification.objects.filter(event=event).values_list("recipient__email", flat=True)
    )


def test_a_last_day_waits_for_the_night(owner: User, staff_admin: User, pmo: User) -> None:
    from projects.organisation_settings.queries import today

    with pytest.raises(ValidationError):
        plan_departure(actor=staff_admin, person=owner, last_day=today())
    row = propose_closing(actor=staff_admin, person=owner, because=WHY, last_day=today())
    row = second(actor=pmo, replacement=pass_time(row), because=SECONDED)
    owner.refresh_from_db()
    assert (owner.is_active, owner.last_day) == (True, today())
    assert settle_replacements() == 0
    with unguarded("projects_replacement"):
        run("UPDATE projects_replacement SET last_day = last_day - 1 WHERE id = %s", [row.pk])
    assert settle_replacements() == 1
    owner.refresh_from_db()
    assert (owner.is_active, owner.last_day) == (False, None)


def test_a_last_day_from_before_asks_for_two_people(owner: User) -> None:
    """Who became an owner after their last day was set is not closed by the night."""
    from core.acts import acting_as
    from projects.organisation_settings.queries import today

    with acting_as(owner):
        owner.last_day = today() - DAY
        owner.save()
    assert not close_departed(actor=User.objects.installation(), person=owner)
    assert settle_replacements() == 0
    assert settle_replacements() == 0
    asked = Replacement.objects.get()
    assert asked.is_asked
    owner.refresh_from_db()
    assert owner.is_active
    assert "owner@example.org" in told(asked, "ask_replacement")


def test_what_the_directory_asks_counts_for_no_hand(owner: User, staff_admin: User, pmo: User) -> None:
    asked = ask_closing(actor=User.objects.installation(), person=owner)
    assert asked
    asked = pass_time(asked)
    with pytest.raises(Refused):
        second(actor=pmo, replacement=asked, because=SECONDED)
    row = propose_closing(actor=staff_admin, person=owner, because=WHY)
    asked.refresh_from_db()
    assert (asked.outcome, row.proposed_by) == ("withdrawn", staff_admin)


def test_who_seconds_a_closing_does_so_for_every_project(
    owner: User, staff_admin: User, pmo: User, project_two: Project, other_owner: User
) -> None:
    accept(actor=owner, mandate=name_owner(actor=other_owner, project=project_two, holder=owner))
    row = closing(owner, staff_admin)
    with pytest.raises(Refused):
        second(actor=pmo, replacement=row, because=SECONDED)


def test_an_objection_to_a_closing_holds_up_who_follows(
    owner: User, staff_admin: User, pmo: User, outsider: User, project_one: Project
) -> None:
    row = closing(owner, staff_admin)
    row = pass_time(second(actor=pmo, replacement=row, because=SECONDED))
    follows = pass_time(propose_owner(actor=staff_admin, project=project_one, successor=outsider, because=WHY))
    follows = pass_time(second(actor=pmo, replacement=follows, because=SECONDED))
    object_to_replacement(actor=owner, replacement=row)
    follows = pass_time(follows)
    with pytest.raises(NoLongerPossible):
        take_seat(actor=outsider, replacement=follows)
    for each in (row, follows):
        for member in (staff_admin, pmo):
            confirm_anew(actor=member, replacement=pass_time(each), because=WHY)
    assert take_seat(actor=outsider, replacement=pass_time(follows))


# — one hand alone —


@pytest.fixture
def lonely(project_three: Project, cast: dict[str, Any]) -> Project:
    """Return a project on which nobody can second: no other administrator, adviser or owner above, since long."""
    advisers = User.objects.filter(
        email__in=["other.pmo@example.org", "other.amoa@example.org", "superuser@example.org"]
    )
    with unguarded("roles_historicaluser"):
        for person in advisers:
            run("DELETE FROM roles_historicaluser WHERE id = %s", [person.pk])
    return project_three


def test_one_hand_alone_counts_after_30_days_and_a_mail_each_week(
    lonely: Project, staff_admin: User, outsider: User
) -> None:
    row = proposed(lonely, staff_admin, outsider)
    assert row.alone
    with pytest.raises(NoLongerPossible):
        take_seat(actor=outsider, replacement=row)
    for week in range(4):
        row = pass_time(row, 7 * DAY)
        settle_replacements()
        settle_replacements()
        events = LedgerEvent.objects.filter(act="announce_replacement", subject_id=row.pk)
        assert events.count() == week + 1
    with pytest.raises(NoLongerPossible):
        take_seat(actor=outsider, replacement=row)
    row = pass_time(row, 3 * DAY)
    mandate = take_seat(actor=outsider, replacement=row)
    assert mandate.replacement
    assert mandate.replacement.alone


def test_who_was_closed_out_this_month_still_counts_as_a_second(
    project_three: Project, cast: dict[str, Any], staff_admin: User, outsider: User
) -> None:
    end_rights(staff_admin, cast["superuser"])
    for email in ("other.pmo@example.org", "other.amoa@example.org", "superuser@example.org"):
        close_account(actor=staff_admin, person=User.objects.get(email=email))
    row = proposed(project_three, staff_admin, outsider)
    assert not list_seconds(row)
    assert not row.alone
    with pytest.raises(NoLongerPossible):
        take_seat(actor=outsider, replacement=pass_time(row, 40 * DAY))


# — an owner whom the owner in office names —


def test_a_named_owner_decides_and_delegates_once_they_have_accepted(
    owner: User, outsider: User, recipient: User, project_one: Project, proposal: Any
) -> None:
    file = proposal("ready_for_decision")
    mandate = name_owner(actor=owner, project=project_one, holder=outsider)
    with unguarded("projects_mandate"):  # as if named in an earlier transaction
        run("UPDATE projects_mandate SET acted_at = acted_at - interval '1 hour' WHERE id = %s", [mandate.pk])
    before = Decision.objects.count()
    assert not can(outsider, "governance.decide", file)
    assert not can(outsider, "projects.delegate", project_one)
    with pytest.raises(Refused):
        acts.decide(outsider, file)
    accept(actor=outsider, mandate=mandate)
    assert can(outsider, "projects.delegate", project_one)
    acts.decide(outsider, file)
    assert Decision.objects.count() == before + 1


def test_the_first_owner_of_a_project_decides_from_the_start(project_two: Project, other_owner: User) -> None:
    assert (
        not Mandate.objects.deciding()
        .filter(project=project_two, holder=other_owner)
        .exclude(pk__in=Mandate.objects.signing())
    )
