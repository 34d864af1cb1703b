"""Try to act by the owner's hand with a new credential: each way is refused, delayed and told."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.access import all_permissions
from core.history import version_of
from governance.models import Decision, Proposal
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Credential, Delegation, LedgerEvent, Notification, OrganisationSettings, Project
from projects.notices.tasks import relay
from projects.organisation_settings.queries import find_waiting_time
from projects.organisation_settings.services import edit_settings
from projects.people.accounts.services import change_password, choose_password, close_account, invite
from projects.people.administrators.services import name_administrator
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.holds import Held, find_hold, find_waiting
from projects.people.credentials.services import give_credential
from projects.seats.mandates.services import delegate, revoke
from roles.models import INSTALLATION, User
from tests import acts
from tests.attacks import Attacks
from tests.database import OWNER, fire_deferred_triggers, refusal
from tests.governance.world import World
from tests.pages.visits import act
from tests.projects.world import World as ProjectWorld

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PASSWORD = "a-long-new-word-of-hers"
BY_HAND = "Who acts by their own hand has credentials that count (R1)"
LINK = re.compile(r"https?://[^/\s]+(/\S+)")


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def add(person: User, origin: Origin = Origin.ADDED, **more: Any) -> Credential:
    """Give a person another code app, as a session of theirs would."""
    return give_credential(actor=person, person=person, kind=CredentialKind.CODE_APP, origin=origin, **more)


def hold(person: User) -> Credential:
    """Hold the account of a person: give them a password chosen by a mailed link."""
    return give_credential(actor=person, person=person, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)


def read_mail(mailoutbox: list[Any], person: User) -> str:
    """Send what waits, and return the last mail to the person."""
    relay()
    return str([mail for mail in mailoutbox if mail.to == [person.email]][-1].body)


def follow(link: str, browser: Client | None = None) -> Client:
    """Choose a password by a mailed link."""
    browser = browser or Client(headers={"accept-language": "en"})
    answer = browser.get(link)
    browser.post(answer["Location"], {"password1": PASSWORD, "password2": PASSWORD})
    return browser


def reset_by_mail(person: User, mailoutbox: list[Any]) -> Client:
    """Choose a password by the link that is mailed on request, and sign in with it."""
    browser = Client(headers={"accept-language": "en"})
    browser.post("/password/reset/", {"email": person.email})
    found = LINK.search(mailoutbox[-1].body)
    assert found
    follow(found[1], browser)
    browser.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    return browser


def test_the_acts_of_one_s_own_hand_are_these() -> None:
    assert {name for name, permission in all_permissions().items() if permission.own_hand} == {
        "governance.decide",
        "governance.lift",
        "governance.waive",
        "governance.sign_decisions",
        "projects.appoint",
        "projects.invite_holder",
        "projects.name_owner",
        "projects.decline",
        "projects.end_mandate",
        "projects.delegate",
        "projects.found",
        "projects.name_administrator",
        "projects.end_administrator",
        "projects.vouch",
        "projects.propose_address",
        "projects.make_token",
        "projects.propose_replacement",
        "projects.second_replacement",
        "projects.take_replacement",
        "projects.confirm_replacement",
    }


def test_a_reset_reads_at_once_and_decides_a_day_later(
    owner: User, proposal: Callable[[str], Proposal], mailoutbox: list[Any]
) -> None:
    browser = reset_by_mail(owner, mailoutbox)
    file = proposal("ready_for_decision")
    assert browser.get(file.get_absolute_url()).status_code == 200
    before = Decision.objects.count()
    path, fields = act("decide", file)
    answer = browser.post(path, fields, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "Your sign-in does not count yet" in answer.text
    assert Decision.objects.count() == before
    told = Notification.objects.get(recipient=owner, reason="credential_changed")
    assert (told.event.act, told.event.actor, told.event.detail) == ("give_credential", owner, "password")
    assert "par un lien envoyé à l’adresse enregistrée" in read_mail(mailoutbox, owner)


def test_what_was_added_in_a_session_waits_for_the_mailbox_and_the_day(
    owner: User, project_one: Project, mailoutbox: list[Any], time_machine: Any
) -> None:
    added = add(owner, proof="password")
    found = LINK.search(read_mail(mailoutbox, owner))
    assert found
    visitor = Client(headers={"accept-language": "en"})
    assert "It was me" in visitor.get(found[1]).text
    added.refresh_from_db()
    assert added.confirmed_at is None, "reading the page writes nothing"
    assert "is confirmed" in visitor.post(found[1]).text
    assert "no longer works" in visitor.post(found[1]).text, "the link works once"
    waiting = find_waiting(owner.pk)
    assert waiting
    assert (waiting.until, waiting.unconfirmed) == (added.counts_from, [])
    assert find_hold(owner.pk) is None, "what was theirs before still decides"
    acts.decide(owner, acts.submit_to_owner(project_one))


def test_the_links_are_mailed_again_on_request(owner: User, client_of: Any, mailoutbox: list[Any]) -> None:
    add(owner)
    read_mail(mailoutbox, owner)
    client_of(owner).post("/account/credentials/mail/")
    assert len(LINK.findall(read_mail(mailoutbox, owner))) == 1
    assert len([mail for mail in mailoutbox if mail.to == [owner.email]]) == 2


def test_an_invited_person_acts_at_once(staff_admin: User) -> None:
    about = {"name": "Ada Roux", "title": "", "organisation": "", "language": "en"}
    person = invite(actor=staff_admin, email="ada@example.org", **about)
    choose_password(actor=person, password=PASSWORD)
    add(person, Origin.FIRST)
    assert find_hold(person.pk) is None


def test_an_exchanged_password_is_told_and_holds_nothing(owner: User) -> None:
    change_password(actor=owner, current="ouvrage-cast", password=PASSWORD)
    assert find_hold(owner.pk) is None
    assert Notification.objects.filter(recipient=owner, reason="credential_changed").count() == 1


def test_another_password_does_not_cut_the_wait_short(owner: User, mailoutbox: list[Any]) -> None:
    reset_by_mail(owner, mailoutbox)
    owner.refresh_from_db()
    change_password(actor=owner, current=PASSWORD, password=f"{PASSWORD}-again")
    assert find_hold(owner.pk)


def choose_hours(actor: User, hours: int) -> None:
    """Choose how long a new credential waits."""
    edit_settings(actor=actor, fields={"credential_hours": hours}, seen=version_of(OrganisationSettings.objects.get()))


def test_the_organisation_chooses_how_long_and_nobody_shortens_it_for_the_occasion(
    staff_admin: User, owner: User
) -> None:
    choose_hours(staff_admin, 48)
    added = add(owner)
    assert added.counts_from == added.given_at + timedelta(hours=48)
    choose_hours(staff_admin, 0)
    later = add(owner)
    assert later.counts_from == later.given_at + timedelta(hours=48)
    assert find_waiting_time(later.given_at + 8 * DAY) == timedelta(0)
    assert "A new credential waits before it counts" in refusal(
        lambda: Credential.objects.create(
            person=owner, kind=CredentialKind.PASSKEY, origin=Origin.ADDED, given_by=owner, **now_and_counting()
        )
    )


def now_and_counting() -> dict[str, Any]:
    """Return the instants of a credential that counts as soon as it is given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return {"given_at": now, "counts_from": now}


def test_a_signature_is_withdrawn_without_delay(owner: User) -> None:
    lent = Delegation.objects.active().filter(mandate__holder=owner).earliest("pk")
    hold(owner)
    revoke(actor=owner, delegation=lent)
    with pytest.raises(Held):
        delegate(
            actor=owner,
            project=lent.mandate.project,
            to=lent.delegate,
            kinds=["minor_change"],
            cap=None,
            document="Act 3",
            ends_at=timezone.now() + DAY,
        )


def test_an_administrator_sends_a_link_and_never_sees_it(
    staff_admin: User, owner: User, proposal: Callable[[str], Proposal], client_of: Any, mailoutbox: list[Any]
) -> None:
    before = owner.password
    browser = client_of(staff_admin)
    answer = browser.post(f"/administration/people/{owner.pk}/reset/", headers={"accept-language": "en"}, follow=True)
    assert "on its way" in answer.text
    found = LINK.search(read_mail(mailoutbox, owner))
    assert found
    assert found[1] not in answer.text
    owner.refresh_from_db()
    assert owner.password == before, "the present password works until another is chosen"
    event = LedgerEvent.objects.get(act="send_reset")
    assert (event.actor, event.subject_id) == (staff_admin, owner.pk)
    assert Notification.objects.get(event=event).recipient == owner
    theirs = follow(found[1])
    theirs.post("/sign-in/", {"login": owner.email, "password": PASSWORD})
    path, fields = act("decide", proposal("ready_for_decision"))
    refused = theirs.post(path, fields)
    assert refused.status_code == 403
    assert fields["reasons"] in refused.text, "what was typed is handed back"
    assert fields["fingerprint"] not in refused.text


@pytest.mark.parametrize("member", ["owner", "pmo", "outsider"])
def test_nobody_else_sends_a_link(member: str, cast: dict[str, Any], client_of: Any, moe: User) -> None:
    assert client_of(cast[member]).post(f"/administration/people/{moe.pk}/reset/").status_code == 403
    assert not LedgerEvent.objects.filter(act="send_reset").exists()


def test_no_link_is_sent_to_a_closed_account_or_before_a_first_password(
    staff_admin: User, inactive_owner: User, client_of: Any
) -> None:
    about = {"name": "Ada Roux", "title": "", "organisation": "", "language": "en"}
    invited = invite(actor=staff_admin, email="ada@example.org", **about)
    for person in (inactive_owner, invited):
        assert client_of(staff_admin).post(f"/administration/people/{person.pk}/reset/").status_code == 409
    assert not LedgerEvent.objects.filter(act="send_reset").exists()


def test_no_page_of_an_administrator_moves_an_address_or_sets_a_password(
    staff_admin: User, owner: User, client_of: Any
) -> None:
    """The fields are sent to every page of administrators on the person."""
    browser, wanted = client_of(staff_admin), {"email": "mine@example.org", "password": PASSWORD}
    for page in ("", "absence/", "stay/", "invite/", "reset/", "administrator/"):
        browser.post(f"/administration/people/{owner.pk}/{page}", wanted)
    kept = User.objects.get(pk=owner.pk)
    assert (kept.email, kept.password) == (owner.email, owner.password)


def test_a_command_of_the_server_sets_no_password(owner: User, mailoutbox: list[Any]) -> None:
    said = StringIO()
    call_command("changepassword", owner.email, stdout=said)
    assert owner.email in said.getvalue()
    assert LINK.search(read_mail(mailoutbox, owner))
    assert User.objects.get(pk=owner.pk).password == owner.password
    event = LedgerEvent.objects.get(act="send_reset")
    assert (event.actor.email, event.subject_id) == (INSTALLATION, owner.pk)
    for email in ("nobody@example.org", INSTALLATION):
        with pytest.raises(CommandError):
            call_command("changepassword", email, stdout=said)


def test_a_command_of_the_server_invites_an_administrator(staff_admin: User) -> None:
    said = StringIO()
    call_command("createsuperuser", email="ops@example.org", name="Ada Roux", stdout=said)
    person = User.objects.get(email="ops@example.org")
    assert (person.is_staff, person.has_usable_password()) == (True, False)
    found = LINK.search(said.getvalue())
    assert found
    assert Client().get(found[1]).status_code == 200
    assert LedgerEvent.objects.get(act="invite", subject_id=person.pk).actor.email == INSTALLATION
    with pytest.raises(CommandError):
        call_command("createsuperuser", email=staff_admin.email, name="Ada Roux", stdout=said)


def test_a_sign_in_stores_no_other_hash(owner: User) -> None:
    owner.password = make_password("ouvrage-cast", hasher="pbkdf2_sha256")
    before = owner.password
    assert owner.check_password("ouvrage-cast")
    assert owner.password == before


def test_a_held_administrator_names_nobody(staff_admin: User, outsider: User) -> None:
    hold(staff_admin)
    with pytest.raises(Held):
        name_administrator(actor=staff_admin, person=outsider)


def test_the_pages_of_the_account_list_the_credentials(owner: User, staff_admin: User, english: Any) -> None:
    add(owner)
    for reader, path in ((owner, "/account/"), (staff_admin, f"/administration/people/{owner.pk}/")):
        page = english(reader).get(path).text
        assert "To be confirmed" in page
        assert "added in a session" in page


def by_name(world: "Worlds") -> None:
    """Name an administrator by the hand of one who is held, past the services."""
    User.objects.filter(pk=world.cast["outsider"].pk).update(is_staff=True)
    about = {"project": Project.objects.get(level="organisation"), "subject": world.cast["outsider"]}
    record(act=Act.NAME_ADMINISTRATOR, actor=world.cast["staff_admin"], **about)
    fire_deferred_triggers()


def set_password(world: "Worlds") -> None:
    """Set a password past the services."""
    person = world.cast["owner"]
    person.set_password(PASSWORD)
    person.save()
    fire_deferred_triggers()


class Worlds:
    """Raw writes of decisions and mandates, by people who all have a credential that does not count."""

    def __init__(self, files: World, seats: ProjectWorld, cast: dict[str, Any]) -> None:
        self.files, self.seats, self.cast = files, seats, cast


@pytest.fixture
def worlds(
    cast: dict[str, Any],
    proposal: Callable[[str], Proposal],
    project_one: Project,
    project_two: Project,
    project_three: Project,
) -> Worlds:
    for member in ("owner", "staff_admin"):
        hold(cast[member])
    fire_deferred_triggers()
    return Worlds(World(cast, proposal), ProjectWorld(cast, project_one, project_two, project_three), cast)


ATTACKS = Attacks(
    triggers=[
        ("decision.is_by_a_proven_hand", "a decision", lambda w: w.files.decide(), BY_HAND),
        ("condition.is_by_a_proven_hand", "a lift", lambda w: w.files.lift(), BY_HAND),
        ("mandate.is_by_a_proven_hand", "a role", lambda w: w.seats.give(), BY_HAND),
        ("mandate.is_by_a_proven_hand", "an end", lambda w: w.seats.end_past_services("moe"), BY_HAND),
        ("delegation.is_by_a_proven_hand", "a delegation", lambda w: w.seats.delegate(), BY_HAND),
        (
            "user.is_administrator_by_another",
            "an administrator",
            by_name,
            "Another administrator, whose rights count, gives the rights of an administrator",
        ),
        ("user.password_leaves_an_event", "a password", set_password, "Another password leaves an event in the ledger"),
    ],
    constraints={
        "nobody_signs_in_as_the_installation": lambda _w: User.objects.filter(email=INSTALLATION).update(
            is_active=True
        ),
        "a_credential_waits_a_week_at_most": lambda _w: OrganisationSettings.objects.filter(pk=1).update(
            credential_hours=169
        ),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, worlds: Worlds) -> None:
    ATTACKS.prove(guard, worlds)


@pytest.mark.parametrize(
    "changes", [{"is_active": True}, {"is_staff": True}, {"is_superuser": True}, {"password": "argon2$x"}], ids=str
)
def test_nobody_signs_in_as_the_installation(changes: dict[str, Any]) -> None:
    assert "nobody_signs_in_as_the_installation" in refusal(
        lambda: User.objects.filter(email=INSTALLATION).update(**changes), role=OWNER
    )


def test_the_events_name_who_acted(owner: User) -> None:
    add(owner)
    event = LedgerEvent.objects.filter(act="give_credential").latest("pk")
    assert (event.actor, event.project.level) == (owner, "organisation")
    assert timezone.now() - event.acted_at < DAY


def test_the_person_is_told_that_their_account_is_closed(
    staff_admin: User, outsider: User, mailoutbox: list[Any]
) -> None:
    close_account(actor=staff_admin, person=outsider)
    relay()
    [mail] = [mail for mail in mailoutbox if mail.to == [outsider.email]]
    assert "fermé" in mail.subject
