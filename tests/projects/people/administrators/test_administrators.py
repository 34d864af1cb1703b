"""Test how administrators name and end each other: told, after a time, and by nobody alone who objects to it (R1)."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.acts import back_entry
from governance.desk.inbox.queries import list_tasks
from governance.record.erasure.services import CannotErase, erase_person
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import AdministratorEnding, LedgerEvent, Notification, Project
from projects.notices.enums import Reason
from projects.notices.tasks import relay
from projects.people.absences.services import state_absence
from projects.people.accounts.services import close_account, plan_departure
from projects.people.accounts.tasks import close_departed_accounts
from projects.people.administrators.enums import HOURS, End
from projects.people.administrators.holds import TooNew
from projects.people.administrators.models import find_rights_since
from projects.people.administrators.queries import rights_count
from projects.people.administrators.services import (
    end_administrator,
    keep_administrator,
    name_administrator,
    second_ending,
)
from projects.people.administrators.tasks import settle_rights
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import give_credential
from projects.people.provisioning.services import make_token
from roles.models import User
from tests.administrators import YEAR, end_rights, make_administrator
from tests.attacks import Attacks, leaves
from tests.database import backdate, fire_deferred_triggers, owning

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
HOUR = timedelta(hours=1)
LINK = re.compile(r"https?://[^/\s]+(/administrator/\S+)")
GIVES = "Another administrator, whose rights count, gives the rights of an administrator, by an act"
ENDS = "The rights of an administrator end by a request of another one, of which their person was told"
FIRST = "The rights of an administrator end before the account is closed, or opened again"
OPENS = "An account begins as that of an administrator by an act of the installation"
TIME = "A request to end the rights of an administrator leaves them the time to object"
ASKS = "Another administrator, whose rights count, asks to end the rights of an administrator"
ONCE = "A request to end rights is objected to once and ended once, and nothing else of it changes"
IN_TIME = "Rights end once their person did not object in time, and was not absent"
BY_HAND = "Who acts by their own hand has credentials that count (R1)"
SECOND = "A second administrator, whose rights are older than the waiting time, confirms the end of rights"


def page(name: str, person: User) -> str:
    """Return the address of a page on the rights of an administrator."""
    return reverse(f"projects:administrators:{name}", args=[person.pk])


def is_administrator(person: User) -> bool:
    """Return whether a person is one now."""
    return User.objects.get(pk=person.pk).is_staff


def boxes() -> dict[str, str]:
    """Send what waits, and return the last text by mailbox."""
    mail.outbox.clear()
    relay()
    return {sent.to[0]: sent.body for sent in mail.outbox}


@pytest.fixture
def third(db: None) -> User:
    """Return a third administrator, a year old."""
    return make_administrator("third@example.org", "Third Admin")


# — given —


def test_a_new_administrator_and_all_others_are_told_from_when_the_rights_count(
    staff_admin: User, superuser: User, outsider: User, client_of: Callable[..., Any]
) -> None:
    browser = client_of(staff_admin)
    shown = browser.get(page("administrator_name", outsider), headers=ENGLISH).text
    assert "all administrators receive an email" in shown
    assert "For the first 24 hours" in shown
    assert browser.post(page("administrator_name", outsider)).status_code == 302
    fire_deferred_triggers()
    assert is_administrator(outsider)
    told = Notification.objects.filter(reason=Reason.ADMINISTRATOR_NAMED)
    assert {notice.recipient for notice in told} == {outsider, staff_admin, superuser}
    sent = boxes()
    assert sent.keys() == {outsider.email, staff_admin.email, superuser.email}
    assert outsider.name in sent[superuser.email]
    assert str(staff_admin) in sent[outsider.email]


def test_new_rights_change_neither_administrators_nor_credentials_before_the_waiting_time(
    staff_admin: User, superuser: User, outsider: User, pmo: User, client_of: Callable[..., Any]
) -> None:
    name_administrator(actor=staff_admin, person=outsider)
    outsider.refresh_from_db()
    for attempt in (
        lambda: name_administrator(actor=outsider, person=pmo),
        lambda: end_administrator(actor=outsider, person=superuser),
        lambda: make_token(actor=outsider, name="mine"),
    ):
        with pytest.raises(TooNew):
            attempt()
    answer = client_of(outsider).post(page("administrator_name", pmo), headers=ENGLISH)
    assert (answer.status_code, "Your administrator rights are new" in answer.text) == (403, True)
    age(outsider, timedelta(hours=25))
    assert name_administrator(actor=outsider, person=pmo).is_staff


def age(person: User, by: timedelta) -> None:
    """Date the versions of a person back, so that their rights are that old."""
    backdate("roles_historicaluser", "history_date", timezone.now() - by, "id = %s AND is_staff", [person.pk])


def test_the_oldest_administrator_counts_at_once(staff_admin: User, superuser: User, outsider: User) -> None:
    for person in (staff_admin, superuser):
        age(person, HOUR)
    assert rights_count(staff_admin), "nobody's rights are older"
    name_administrator(actor=staff_admin, person=outsider)
    assert not rights_count(outsider)


def test_rights_that_ended_begin_anew(staff_admin: User, superuser: User, third: User) -> None:
    end_rights(staff_admin, third)
    name_administrator(actor=staff_admin, person=third)
    since = find_rights_since(third)
    assert since
    assert timezone.now() - since < HOUR


def test_the_terminal_makes_an_administrator_whom_all_others_are_told_of(staff_admin: User) -> None:
    said = StringIO()
    call_command("createsuperuser", email="ops@example.org", name="Ops", stdout=said)
    fire_deferred_triggers()
    person = User.objects.get(email="ops@example.org")
    assert not rights_count(person)
    event = LedgerEvent.objects.get(act="invite", subject_id=person.pk)
    assert b'"alone":""' in bytes(event.body)
    sent = boxes()
    assert {person.email, staff_admin.email} <= sent.keys()
    assert "ops@example.org" in sent[staff_admin.email]
    assert "/invitation/" not in sent[person.email], "the link is the operator's to hand over"


# — ended —


def test_the_end_of_rights_is_told_and_waits(
    staff_admin: User, superuser: User, third: User, client_of: Callable[..., Any]
) -> None:
    browser = client_of(staff_admin)
    assert f"The rights end in {HOURS} hours" in browser.get(page("administrator_end", third), headers=ENGLISH).text
    assert browser.post(page("administrator_end", third)).status_code == 302
    fire_deferred_triggers()
    assert is_administrator(third)
    told = Notification.objects.filter(reason=Reason.ADMINISTRATOR_ENDED)
    assert {notice.recipient for notice in told} == {third, staff_admin, superuser}
    sent = boxes()
    assert LINK.search(sent[third.email])
    assert not LINK.search(sent[superuser.email])
    assert settle_rights() == 0
    account = reverse("projects:people:person", args=[third.pk])
    assert "asked to end these administrator rights" in browser.get(account, headers=ENGLISH).text
    assert page("administrator_keep", third) in browser.get(account).text
    assert page("administrator_second", third) in client_of(superuser).get(account).text
    assert "/account/administrator/" in client_of(third).get("/account/").text
    assert LINK.search(client_of(third).get("/account/administrator/")["Location"])
    with pytest.raises(ValidationError):
        end_administrator(actor=superuser, person=third)


def ask_before(actor: User, person: User, hours: int) -> AdministratorEnding:
    """Ask that many hours ago that the rights of an administrator end."""
    with owning(), back_entry(timezone.now() - hours * HOUR):
        return end_administrator(actor=actor, person=person)


@pytest.mark.parametrize(("hours", "ends"), [(HOURS - 1, False), (HOURS + 1, True)])
def test_rights_end_after_72_hours_without_an_objection(hours: int, ends: bool, staff_admin: User, third: User) -> None:
    ask_before(staff_admin, third, hours)
    assert settle_rights() == int(ends)
    fire_deferred_triggers()
    assert is_administrator(third) is not ends
    assert settle_rights() == 0
    if ends:
        assert third.email in boxes(), "and the person is told"
        event = LedgerEvent.objects.get(act="end_administrator")
        assert (event.actor, event.project.level) == (User.objects.installation(), "organisation")


def kinds_of_tasks(person: User) -> set[str]:
    """Return the kinds of tasks of a person."""
    return {task.kind.name for task in list_tasks(person)}


def test_who_objects_by_the_link_stays_until_a_second_administrator_confirms(
    staff_admin: User, superuser: User, third: User, client_of: Callable[..., Any]
) -> None:
    ask_before(staff_admin, third, HOURS + 1)
    found = LINK.search(client_of(third).get("/account/administrator/")["Location"])
    assert found
    link, visitor = found[1], Client(headers=ENGLISH)
    assert "I object" in visitor.get(link).text
    assert not AdministratorEnding.objects.exclude(objected_at=None).exists(), "reading the page writes nothing"
    assert "Your objection is recorded" in visitor.post(link).text
    assert "no longer works" in visitor.post(link).text
    fire_deferred_triggers()
    assert settle_rights() == 0
    assert {third.email, staff_admin.email, superuser.email} <= boxes().keys()
    with pytest.raises(ValidationError):
        second_ending(actor=staff_admin, person=third)
    who = [person for person in (staff_admin, third, superuser) if "rights_endings" in kinds_of_tasks(person)]
    assert who == [superuser]
    assert page("administrator_second", third) in client_of(superuser).get("/").text
    assert client_of(superuser).post(page("administrator_second", third)).status_code == 302
    fire_deferred_triggers()
    assert not is_administrator(third)
    assert "rights_endings" not in kinds_of_tasks(superuser)
    acts = LedgerEvent.objects.filter(subject="projects.administratorending").order_by("seq")
    assert [(event.act, event.actor) for event in acts] == [
        ("ask_rights_end", staff_admin),
        ("object_rights_end", third),
        ("end_administrator", superuser),
    ]


def test_a_second_administrator_ends_them_at_once(staff_admin: User, superuser: User, third: User) -> None:
    end_administrator(actor=staff_admin, person=third)
    second_ending(actor=superuser, person=third)
    fire_deferred_triggers()
    assert not is_administrator(third)


def test_nobody_is_named_to_be_the_second(staff_admin: User, third: User, outsider: User) -> None:
    name_administrator(actor=staff_admin, person=outsider)
    end_administrator(actor=staff_admin, person=third)
    age(outsider, timedelta(hours=23))
    outsider.refresh_from_db()
    with pytest.raises((ValidationError, TooNew)):
        second_ending(actor=outsider, person=third)
    age(outsider, timedelta(hours=25))
    second_ending(actor=outsider, person=third)
    assert not is_administrator(third)


def test_rights_that_do_not_count_yet_end_at_once(staff_admin: User, superuser: User, outsider: User) -> None:
    name_administrator(actor=staff_admin, person=outsider)
    boxes()
    end_administrator(actor=superuser, person=outsider)
    fire_deferred_triggers()
    assert not is_administrator(outsider)
    assert {outsider.email, staff_admin.email, superuser.email} == boxes().keys()


def test_it_is_taken_back_by_who_asked(
    staff_admin: User, superuser: User, third: User, client_of: Callable[..., Any]
) -> None:
    end_administrator(actor=staff_admin, person=third)
    with pytest.raises(ValidationError):
        keep_administrator(actor=superuser, person=third)
    assert client_of(staff_admin).post(page("administrator_keep", third)).status_code == 302
    fire_deferred_triggers()
    assert AdministratorEnding.objects.get().outcome == End.TAKEN_BACK
    answer = client_of(superuser).post(page("administrator_second", third), headers=ENGLISH)
    assert (answer.status_code, "No end of these rights is pending" in answer.text) == (409, True)


def test_it_lapses_when_who_asked_is_no_administrator_any_more(staff_admin: User, superuser: User, third: User) -> None:
    ask_before(staff_admin, third, HOURS + 1)
    ask_before(superuser, staff_admin, 1)
    second_ending(actor=third, person=staff_admin)
    assert settle_rights() == 1
    fire_deferred_triggers()
    assert is_administrator(third)
    assert AdministratorEnding.objects.get(person=third).outcome == End.LAPSED


def test_an_absence_puts_it_off(staff_admin: User, third: User) -> None:
    ask_before(staff_admin, third, HOURS + 1)
    day = timezone.localdate()
    state_absence(actor=third, person=third, absent_from=day, absent_until=day, stand_in=None)
    assert settle_rights() == 0
    assert is_administrator(third)


@pytest.mark.parametrize("days", [0, 3, 4])
def test_three_days_after_an_absence_it_goes_on(days: int, staff_admin: User, third: User) -> None:
    ask_before(staff_admin, third, HOURS + 1)
    until = timezone.localdate() - timedelta(days=days)
    begun = until - timedelta(days=9)
    day = timezone.localdate()
    state_absence(actor=third, person=third, absent_from=day, absent_until=day, stand_in=None)
    for column, day in (("absent_from", begun), ("absent_until", until)):
        backdate("roles_user", column, day, "id = %s", [third.pk])
    assert settle_rights() == int(days > 3)


def test_the_account_of_an_administrator_is_not_closed_before(
    staff_admin: User, third: User, client_of: Callable[..., Any]
) -> None:
    with override("en"), pytest.raises(ValidationError, match="Remove the administrator rights first"):
        close_account(actor=staff_admin, person=third)
    with owning(), pytest.raises(CannotErase):
        erase_person(actor=User.objects.installation(), person=third, because="Request.")
    shown = client_of(staff_admin).get(reverse("projects:people:account_close", args=[third.pk]), headers=ENGLISH)
    assert "72 hours to object" in shown.text


def test_after_a_last_day_the_rights_end_first_then_the_account_closes(staff_admin: User, third: User) -> None:
    plan_departure(actor=staff_admin, person=third, last_day=timezone.localdate())
    backdate("roles_user", "last_day", timezone.localdate() - timedelta(days=5), "id = %s", [third.pk])
    boxes()
    assert (close_departed_accounts(), settle_rights()) == (0, 0)
    ending = AdministratorEnding.objects.get(person=third)
    assert ending.asked_by == User.objects.installation()
    assert LINK.search(boxes()[third.email])
    assert settle_rights() == 0, "asked once"
    asked = timezone.now() - (HOURS + 1) * HOUR
    for column in ("asked_at", "counts_from"):
        late = asked + (HOURS * HOUR if column == "counts_from" else timedelta())
        backdate("projects_administratorending", column, late, "id = %s", [ending.pk])
    assert settle_rights() == 1
    assert close_departed_accounts() == 1
    fire_deferred_triggers()
    gone = User.objects.get(pk=third.pk)
    assert (gone.is_staff, gone.is_active) == (False, False)


def test_who_objects_after_their_last_day_stays(staff_admin: User, third: User) -> None:
    plan_departure(actor=staff_admin, person=third, last_day=timezone.localdate())
    backdate("roles_user", "last_day", timezone.localdate() - timedelta(days=1), "id = %s", [third.pk])
    settle_rights()
    keep_administrator(actor=staff_admin, person=third)
    assert (settle_rights(), close_departed_accounts()) == (0, 0)
    assert AdministratorEnding.objects.filter(person=third).count() == 1, "nobody is asked each hour"


def test_one_administrator_stays(staff_admin: User, superuser: User) -> None:
    end_rights(staff_admin, superuser)
    assert not is_administrator(superuser)
    with pytest.raises(ValidationError):
        end_administrator(actor=staff_admin, person=staff_admin)


def test_nobody_changes_their_own_rights(staff_admin: User, client_of: Callable[..., Any]) -> None:
    answer = client_of(staff_admin).post(page("administrator_end", staff_admin), headers=ENGLISH)
    assert answer.status_code == 409
    assert "Another administrator ends your rights." in answer.text
    assert is_administrator(staff_admin)


@pytest.mark.parametrize("member", ["owner", "pmo", "amoa", "moe", "outsider"])
def test_nobody_else_names_administrators(member: str, cast: dict[str, Any], client_of: Callable[..., Any]) -> None:
    for name in ("administrator_name", "administrator_end", "administrator_second", "administrator_keep"):
        assert client_of(cast[member]).get(page(name, cast["recipient"])).status_code == 403
    for service in (name_administrator, end_administrator, second_ending, keep_administrator):
        with pytest.raises(Refused):
            service(actor=cast[member], person=cast["recipient"])


def test_a_closed_account_and_a_second_time_are_refused(
    staff_admin: User, inactive_owner: User, outsider: User
) -> None:
    with override("en"):
        with pytest.raises(ValidationError, match="This account is closed"):
            name_administrator(actor=staff_admin, person=inactive_owner)
        name_administrator(actor=staff_admin, person=outsider)
        with pytest.raises(ValidationError, match="Another administrator has just done this"):
            name_administrator(actor=staff_admin, person=outsider)


# — past the services —


def chain() -> Project:
    """Return the project of the organisation's chain."""
    return Project.objects.get(level="organisation")


def seize(cast: dict[str, Any], act: Act | None, by: str) -> None:
    """Make the outsider an administrator, with an event of this act in the name of a member of the cast."""
    User.objects.filter(pk=cast["outsider"].pk).update(is_staff=True)
    if act:
        record(act=act, actor=cast[by], project=chain(), subject=cast["outsider"])
    fire_deferred_triggers()


def seize_by_a_new_one(cast: dict[str, Any]) -> None:
    """Name one administrator, and by their hand another one at once."""
    name_administrator(actor=cast["staff_admin"], person=cast["pmo"])
    seize(cast, Act.NAME_ADMINISTRATOR, "pmo")


def depose(cast: dict[str, Any]) -> None:
    """End the rights of an administrator, with the event of earlier releases."""
    User.objects.filter(pk=cast["superuser"].pk).update(is_staff=False)
    record(act=Act.END_ADMINISTRATOR, actor=cast["staff_admin"], project=chain(), subject=cast["superuser"])
    fire_deferred_triggers()


def open_one(cast: dict[str, Any], by: str = "staff_admin") -> None:
    """Open the account of an administrator."""
    person = User.objects.create_user("mine@example.org", "x", name="Mine", is_staff=True)
    record(act=Act.INVITE, actor=cast[by], project=chain(), subject=person)
    fire_deferred_triggers()


def build(cast: dict[str, Any], hours: int = HOURS, by: str = "staff_admin", **fields: Any) -> AdministratorEnding:
    """Write a request to end the rights of the superuser, with its event."""
    now = timezone.now()
    about = {"person": cast["superuser"], "asked_by": cast[by], "asked_at": now, "counts_from": now + hours * HOUR}
    ending = AdministratorEnding(**about | fields)
    ending.save(force_insert=True)
    record(act=Act.ASK_RIGHTS_END, actor=cast[by], project=chain(), subject=ending)
    fire_deferred_triggers()
    return ending


def go_on(cast: dict[str, Any], **fields: Any) -> None:
    """Change a request that was just made, with an event."""
    ending = build(cast)
    change(ending, cast["staff_admin"], **fields)


def change(ending: AdministratorEnding, actor: User, **fields: Any) -> None:
    """Change a request, with an event."""
    for name, value in fields.items():
        setattr(ending, name, value)
    ending.save()
    record(act=Act.END_ADMINISTRATOR, actor=actor, project=chain(), subject=ending)
    fire_deferred_triggers()


def apply_now() -> dict[str, Any]:
    """Return the fields of an end that is applied now."""
    return {"outcome": End.APPLIED, "ended_at": timezone.now()}


def close_at_once(cast: dict[str, Any]) -> None:
    """Close the account of an administrator."""
    User.objects.filter(pk=cast["superuser"].pk).update(is_active=False)
    fire_deferred_triggers()


def silently(cast: dict[str, Any]) -> None:
    """Ask without an event."""
    now, people = timezone.now(), {"person": cast["superuser"], "asked_by": cast["staff_admin"]}
    AdministratorEnding(**people, asked_at=now, counts_from=now + HOURS * HOUR).save(force_insert=True)
    fire_deferred_triggers()


def by_a_held_one(cast: dict[str, Any]) -> None:
    """Ask by the hand of an administrator with a credential that does not count."""
    admin = cast["staff_admin"]
    give_credential(actor=admin, person=admin, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    build(cast)


def twice(cast: dict[str, Any]) -> None:
    """Write two open requests about one person."""
    build(cast)
    build(cast)


ENDING = "administratorending"
ATTACKS = Attacks(
    triggers=[
        *(
            ("user.is_administrator_by_another", what, attempt, GIVES)
            for what, attempt in {
                "without an act": lambda cast: seize(cast, None, "staff_admin"),
                "by another act": lambda cast: seize(cast, Act.INVITE, "staff_admin"),
                "by oneself": lambda cast: seize(cast, Act.NAME_ADMINISTRATOR, "outsider"),
                "by a person who is none": lambda cast: seize(cast, Act.NAME_ADMINISTRATOR, "owner"),
                "by one who was just named": seize_by_a_new_one,
            }.items()
        ),
        ("user.is_administrator_by_another", "ended without a request", depose, ENDS),
        ("user.is_administrator_by_an_act", "opened by an administrator", open_one, OPENS),
        ("user.rights_of_an_administrator_end_first", "closed with the rights", close_at_once, FIRST),
        (f"{ENDING}.is_asked_as_things_stand", "without the time to object", lambda c: build(c, hours=1), TIME),
        (
            f"{ENDING}.is_asked_as_things_stand",
            "about a person who is none",
            lambda c: build(c, person=c["outsider"]),
            TIME,
        ),
        (
            f"{ENDING}.is_asked_as_things_stand",
            "objected to from the start",
            lambda c: build(c, objected_at=timezone.now()),
            TIME,
        ),
        (f"{ENDING}.is_asked_by_another_administrator", "by the owner", lambda c: build(c, by="owner"), ASKS),
        (f"{ENDING}.is_asked_by_another_administrator", "by the person", lambda c: build(c, by="superuser"), ASKS),
        (f"{ENDING}.goes_on_as_it_was_asked", "ended before its time", lambda c: go_on(c, **apply_now()), IN_TIME),
        (
            f"{ENDING}.goes_on_as_it_was_asked",
            "confirmed by who asked",
            lambda c: go_on(c, seconded_by=c["staff_admin"], **apply_now()),
            SECOND,
        ),
        (
            f"{ENDING}.goes_on_as_it_was_asked",
            "confirmed by somebody who is none",
            lambda c: go_on(c, seconded_by=c["pmo"], **apply_now()),
            SECOND,
        ),
        (
            f"{ENDING}.goes_on_as_it_was_asked",
            "dated back",
            lambda c: go_on(c, counts_from=timezone.now() - HOUR),
            ONCE,
        ),
        (f"{ENDING}.is_by_a_proven_hand", "by one who is held", by_a_held_one, BY_HAND),
        (f"{ENDING}.leaves_an_event", "silently", silently, leaves(AdministratorEnding)),
    ],
    constraints={
        "one_open_end_of_rights_per_administrator": twice,
        "an_end_of_rights_ends_in_a_known_way": lambda c: go_on(c, outcome="lost", ended_at=timezone.now()),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, cast: dict[str, Any]) -> None:
    ATTACKS.prove(guard, cast)


def test_the_age_of_rights_is_that_of_the_history(third: User) -> None:
    since = find_rights_since(third)
    assert since
    assert timezone.now() - since > YEAR - HOUR
