"""Try to get the hand of who decides by waiting: silence counts for nothing, two people or two proofs do (ADR 50)."""

import json
import re
from contextlib import nullcontext
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.access import Refused
from core.acts import back_entry
from governance.decide.signing.signatures import list_passkeys
from governance.models import Decision, Proposal
from governance.record.records.facts import build_record
from projects.enums import Level
from projects.ledger.enums import Act
from projects.ledger.guards import IN_THE_ARCHIVE
from projects.models import AddressChange, Credential, LedgerEvent, Notification, OrganisationSettings, Project, Vouch
from projects.notices.tasks import relay
from projects.organisation_settings.queries import find_waiting_time
from projects.organisation_settings.services import edit_settings
from projects.people.absences.services import state_absence, take_back_absence
from projects.people.addresses.enums import End, Side
from projects.people.addresses.services import confirm_address, propose_address
from projects.people.addresses.tasks import settle_addresses
from projects.people.administrators.services import end_administrator, name_administrator
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.guards import WAITING_TIME
from projects.people.credentials.holds import Held, find_hold
from projects.people.credentials.services import confirm_credential, give_credential, prove_credentials
from projects.people.vouching.queries import list_vouchers
from projects.people.vouching.services import ask_vouch, count_alone, remind_vouch, vouch
from projects.people.vouching.tasks import follow_vouches
from roles.models import User
from roles.reauthentication.proofs import within
from tests import acts
from tests.attacks import Attacks
from tests.authenticator import Authenticator
from tests.database import fire_deferred_triggers, owning, run
from tests.governance.decide.decisions.test_confirmation import METHODS, WHOSE
from tests.governance.decide.signing import give_passkey
from tests.pages.visits import act
from tests.projects.people.second_factors.test_passkeys import add, sign_in
from tests.roles.reauthentication.test_reauthentication import FIELD, PASSWORD, grow_old, is_page

pytestmark = pytest.mark.django_db
NEW, WORDS = "new.address@example.org", "I called her on her office line and know her voice."
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LINK = re.compile(r"https?://[^/\s]+(/\S+)")
COUNTS = "An address counts once it is confirmed, and the present one too, or two people vouched for who decides"
ALONE = "It counts without two people after thirty days, where nobody can vouch and everybody was told"
ENOUGH = "It counts once two people have vouched, the owner above first"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def ago(**span: float) -> Any:
    """Enter the acts of the block at an instant that is so long ago."""
    return back_entry(timezone.now() - timedelta(**span))


def mailed(person: User, **span: float) -> Credential:
    """Give a person a password chosen by a mailed link, so long ago."""
    about = {"actor": person, "person": person, "kind": CredentialKind.PASSWORD, "origin": Origin.MAILED}
    with owning() if span else nullcontext(), ago(**span) if span else nullcontext():
        return give_credential(**about)


def proposed(person: User, by: User, **span: float) -> AddressChange:
    """Propose another address, so long ago, and confirm it from the new mailbox."""
    with owning(), ago(**span):
        change = propose_address(actor=by, person=person, email=NEW)
    return confirm_address(actor=person, change=change, side=Side.NEW)


def address_of(person: User) -> str:
    """Return the address of an account as it is now."""
    return User.objects.get(pk=person.pk).email


def people_named(cast: dict[str, Any], *members: str) -> list[User]:
    """Name people administrators, long enough ago to vouch, each by the one before."""
    named = [cast["staff_admin"], *(cast[member] for member in members)]
    for number, (by, person) in enumerate(pairwise(named)):
        with owning(), ago(days=90 - 10 * number):
            name_administrator(actor=User.objects.get(pk=by.pk), person=person)
    return [User.objects.get(pk=person.pk) for person in named[1:]]


# — addresses —


def test_the_silence_of_who_decides_moves_no_address(owner: User, staff_admin: User) -> None:
    change = proposed(owner, staff_admin, hours=80)
    assert settle_addresses() == 0
    assert address_of(owner) == owner.email
    change.refresh_from_db()
    assert (change.ended_at, change.needs_consent) == (None, True)


@pytest.mark.parametrize("member", ["delegate", "future_owner", "other_owner", "superuser"])
def test_nor_does_that_of_a_delegate_an_owner_to_come_or_an_administrator(member: str, cast: dict[str, Any]) -> None:
    proposed(cast[member], cast["staff_admin"], hours=80)
    assert settle_addresses() == 0


@pytest.mark.parametrize("member", ["pmo", "moe", "outsider"])
def test_that_of_others_does_after_72_hours(member: str, cast: dict[str, Any]) -> None:
    proposed(cast[member], cast["staff_admin"], hours=80)
    assert address_of(cast[member]) == NEW


def test_both_mailboxes_move_the_address_of_who_decides(owner: User, staff_admin: User) -> None:
    change = proposed(owner, staff_admin, hours=1)
    confirm_address(actor=owner, change=change, side=Side.OLD)
    fire_deferred_triggers()
    assert address_of(owner) == NEW


def test_two_people_move_it_who_are_not_the_one_who_proposed_it(
    owner: User, staff_admin: User, cast: dict[str, Any], mailoutbox: list[Any]
) -> None:
    second, third = people_named(cast, "pmo", "amoa")
    change = proposed(owner, cast["superuser"], hours=1)
    with pytest.raises(Refused):
        vouch(actor=cast["superuser"], waiting=change, words=WORDS)
    vouch(actor=staff_admin, waiting=change, words=WORDS)
    assert address_of(owner) == owner.email
    vouch(actor=second, waiting=change, words=WORDS)
    fire_deferred_triggers()
    assert address_of(owner) == NEW
    assert third not in list_vouchers(change)
    assert [*Vouch.objects.values_list("change", "words").distinct()] == [(change.pk, WORDS)]
    assert LedgerEvent.objects.filter(act="vouch", subject="projects.vouch").count() == 2
    relay()
    assert any("Dans ses termes" in mail.body and WORDS in mail.body for mail in mailoutbox)


def test_nobody_vouches_whose_rights_come_from_the_proposer(owner: User, cast: dict[str, Any]) -> None:
    first, further = people_named(cast, "outsider", "moe")
    change = proposed(owner, cast["staff_admin"], hours=1)
    for person in (first, further):
        with pytest.raises(Refused):
            vouch(actor=person, waiting=change, words=WORDS)
    assert list(list_vouchers(change)) == [cast["superuser"]]


def test_it_ends_when_neither_the_mailbox_nor_two_people_confirm(owner: User, staff_admin: User) -> None:
    change = proposed(owner, staff_admin, days=31)
    assert settle_addresses() == 1
    change.refresh_from_db()
    assert (change.outcome, address_of(owner)) == (End.EXPIRED, owner.email)


def test_who_vouches_finds_it_among_their_tasks_and_says_how_they_know(
    owner: User, staff_admin: User, superuser: User, english: Any
) -> None:
    change = propose_address(actor=superuser, person=owner, email=NEW)
    browser, page = english(staff_admin), f"/vouch/address/{change.pk}/"
    assert page in browser.get("/").text
    assert NEW in browser.get(page).text
    assert browser.post(page, {"spoken": "on"}).status_code == 422
    assert "You have vouched" in browser.post(page, {"spoken": "on", "words": WORDS}, follow=True).text
    assert browser.post(page, {"spoken": "on", "words": WORDS}).status_code == 409
    assert WORDS not in english(owner).get("/account/").text
    assert f"{staff_admin} vouched" in english(owner).get("/account/").text


# — passwords —


def test_a_mailed_password_of_who_decides_never_counts_by_time(owner: User, project_one: Project) -> None:
    mailed(owner, days=40)
    hold = find_hold(owner.pk)
    assert hold
    assert (hold.needs_vouches, hold.until) == (True, None)
    with pytest.raises(Held):
        acts.decide(owner, acts.submit_to_owner(project_one))


@pytest.mark.parametrize("member", ["pmo", "outsider"])
def test_that_of_others_counts_after_the_waiting_time(member: str, cast: dict[str, Any]) -> None:
    mailed(cast[member], hours=25)
    assert find_hold(cast[member].pk) is None


def test_what_counted_before_its_person_decided_goes_on_counting(outsider: User, staff_admin: User) -> None:
    mailed(outsider, days=60)
    name_administrator(actor=staff_admin, person=outsider)
    assert find_hold(outsider.pk) is None


def test_what_was_given_to_a_former_administrator_does_not(outsider: User, staff_admin: User) -> None:
    name_administrator(actor=staff_admin, person=outsider)
    end_administrator(actor=staff_admin, person=outsider)
    hold = mailed(outsider) and find_hold(outsider.pk)
    assert hold
    assert hold.needs_vouches


def test_another_password_does_not_get_round_the_vouches(owner: User) -> None:
    mailed(owner, days=40)
    give_credential(actor=owner, person=owner, kind=CredentialKind.PASSWORD, origin=Origin.EXCHANGED)
    hold = find_hold(owner.pk)
    assert hold
    assert hold.needs_vouches


def session_of(person: User, *factors: str) -> Any:
    """Act in a session that signed in with these factors."""
    records = [
        {"method": "password"} if factor == "password" else {"method": "mfa", "type": "totp"} for factor in factors
    ]
    return within({METHODS: records, WHOSE: str(person.pk)})  # type: ignore[arg-type]


@pytest.fixture
def with_app(owner: User) -> User:
    """Return the owner, with a first password and a code app that counts."""
    for kind in (CredentialKind.PASSWORD, CredentialKind.CODE_APP):
        give_credential(actor=owner, person=owner, kind=kind, origin=Origin.FIRST)
    return owner


def test_it_counts_once_another_factor_that_was_theirs_proves_it(with_app: User, project_one: Project) -> None:
    password = mailed(with_app)
    with session_of(with_app, "password"), pytest.raises(ValidationError):
        prove_credentials(actor=with_app)
    with pytest.raises(ValidationError):
        prove_credentials(actor=with_app)
    with session_of(with_app, "password", "code_app"):
        prove_credentials(actor=with_app)
    fire_deferred_triggers()
    password.refresh_from_db()
    assert (password.proof, password.counts, find_hold(with_app.pk)) == ("code_app", True, None)
    decision = acts.decide(with_app, acts.submit_to_owner(project_one))
    assert any("confirmed with another factor: code of an app" in text for text in told(decision))


def test_a_factor_added_on_a_mailed_password_proves_nothing(owner: User) -> None:
    mailed(owner)
    app = give_credential(actor=owner, person=owner, kind=CredentialKind.CODE_APP, origin=Origin.ADDED)
    confirm_credential(actor=owner, credential=app)
    with session_of(owner, "password", "code_app"), pytest.raises(ValidationError):
        prove_credentials(actor=owner)
    app.refresh_from_db()
    assert app.needs_vouches


def told(decision: Decision) -> list[str]:
    """Return what the record of a decision says of the sign-in of its signatory."""
    record = build_record(Decision.objects.with_record().get(pk=decision.pk), "en")
    lines = [line for section in record.sections for line in section.lines]
    return [line.text for line in lines if line.label == "Sign-in of the signatory"]


def test_a_record_and_the_register_say_who_vouched(
    owner: User, staff_admin: User, superuser: User, project_one: Project, english: Any
) -> None:
    mailed(owner)
    [credential] = ask_vouch(actor=owner)
    for administrator in (staff_admin, superuser):
        vouch(actor=administrator, waiting=credential, words=WORDS)
    decision = acts.decide(owner, acts.submit_to_owner(project_one))
    [text] = told(decision)
    assert text.startswith("Password, by a link sent to the address on file, on ")
    assert text.endswith(f"vouched for by {staff_admin} and {superuser}")
    page = english(owner).get(f"/projects/{project_one.code}/register/")
    assert "vouched for by" in page.text


# — nobody who can vouch —


@pytest.fixture
def lonely(owner: User, staff_admin: User, superuser: User) -> User:
    """Return the owner, where no administrator can vouch: one sent a link, the other has just lost their password."""
    mailed(superuser)
    with owning(), ago(days=41):
        propose_address(actor=staff_admin, person=owner, email=NEW)
    settle_addresses()
    return owner


def asked_alone(person: User, weeks: int, **span: float) -> Credential:
    """Ask for a vouch so long ago, and tell everybody in each of these weeks."""
    mailed(person, **span)
    with owning(), ago(**span):
        [credential] = ask_vouch(actor=person)
    begun = timezone.now() - timedelta(**span)
    for week in range(1, weeks + 1):
        with owning(), back_entry(begun + week * 7 * DAY):
            remind_vouch(actor=User.objects.installation(), waiting=credential)
    assert isinstance(credential, Credential)
    return credential


@pytest.mark.parametrize(
    ("days", "weeks", "counts"), [(31, 4, True), (29, 4, False), (31, 3, False)], ids=["told", "sooner", "not told"]
)
def test_where_nobody_can_vouch_it_counts_after_30_days_and_each_record_says_so(
    days: int, weeks: int, counts: bool, lonely: User, project_one: Project
) -> None:
    credential = asked_alone(lonely, weeks, days=days)
    assert not list_vouchers(credential).exists()
    follow_vouches()
    fire_deferred_triggers()
    assert (find_hold(lonely.pk) is None) is counts
    if counts:
        [text] = told(acts.decide(lonely, acts.submit_to_owner(project_one)))[-1:]
        assert "without a second person, after 30 days" in text


def test_the_silence_of_somebody_who_can_vouch_counts_for_nothing(owner: User, staff_admin: User) -> None:
    credential = asked_alone(owner, 4, days=35)
    assert list_vouchers(credential).exists()
    assert not count_alone(actor=User.objects.installation(), waiting=credential)
    vouch(actor=staff_admin, waiting=credential, words=WORDS)
    assert find_hold(owner.pk), "one is not enough while another one can"


def test_everybody_is_told_each_week(owner: User, staff_admin: User, pmo: User) -> None:
    mailed(owner, days=8)
    with owning(), ago(days=8):
        ask_vouch(actor=owner)
    assert follow_vouches() == 1
    assert follow_vouches() == 0, "once a week"
    event = LedgerEvent.objects.get(act="remind_vouch")
    recipients = set(Notification.objects.filter(event=event).values_list("recipient", flat=True))
    assert {owner.pk, staff_admin.pk} <= recipients
    assert Notification.objects.filter(reason="hand_changes", recipient=pmo).exists()


# — everybody is told —


def test_a_change_is_told_to_advisers_owners_above_and_administrators_and_is_in_the_chain_of_the_project(
    owner: User, staff_admin: User, superuser: User, project_one: Project, mailoutbox: list[Any]
) -> None:
    change = propose_address(actor=staff_admin, person=owner, email=NEW)
    event = LedgerEvent.objects.get(act="propose_address")
    entry = LedgerEvent.objects.get(act="change_hand", project=project_one)
    facts = json.loads(bytes(entry.body))["facts"]
    assert (entry.actor, entry.detail) == (staff_admin, "propose_address")
    assert facts["person"] == str(owner.key)
    assert facts["entry"] == f"{event.seq}:{bytes(event.hash).hex()}"
    assert (facts["subject"], facts["id"]) == ("projects.addresschange", str(change.pk))
    recipients = set(Notification.objects.filter(event__in=[event, entry]).values_list("recipient__email", flat=True))
    assert {owner.email, "pmo@example.org", "amoa@example.org", superuser.email} <= recipients
    relay()
    [mail] = [mail for mail in mailoutbox if mail.to == ["pmo@example.org"]]
    assert str(owner) in mail.body
    assert NEW in mail.body
    assert "Autre adresse proposée : adresse électronique" in mail.body.replace("\u202f", " ")


def test_the_change_of_who_neither_decides_nor_administers_is_their_own_affair(outsider: User, pmo: User) -> None:
    mailed(outsider)
    assert not Notification.objects.filter(reason="hand_changes").exists()
    assert not LedgerEvent.objects.filter(act="change_hand").exists()


def test_an_archived_project_has_the_entry_too() -> None:
    assert Act.CHANGE_HAND in IN_THE_ARCHIVE


# — absences —


def absent(person: User, by: User, **span: float) -> None:
    """State an absence from that long ago until in nine days."""
    today = timezone.localdate()
    with owning(), ago(**span):
        first = timezone.localdate(timezone.now() - timedelta(**span))
        state_absence(actor=by, person=person, absent_from=first, absent_until=today + 9 * DAY, stand_in=None)


def test_an_absence_stops_the_clock_of_an_address(outsider: User, staff_admin: User) -> None:
    absent(outsider, outsider, hours=81)
    change = proposed(outsider, staff_admin, hours=80)
    assert settle_addresses() == 0
    assert change.objects_until > timezone.now() + 9 * DAY


def test_an_absence_stops_the_clock_of_a_password(pmo: User) -> None:
    absent(pmo, pmo, hours=49)
    mailed(pmo, hours=48)
    hold = find_hold(pmo.pk)
    assert hold
    assert hold.until
    assert hold.until > timezone.now() + 9 * DAY


def test_only_its_person_sets_the_clock_going_again(pmo: User, staff_admin: User) -> None:
    absent(pmo, pmo, hours=49)
    mailed(pmo, hours=48)
    take_back_absence(actor=staff_admin, person=pmo)
    assert find_hold(pmo.pk), "an administrator takes the absence back, and the clock stands"


def test_an_absence_that_its_person_took_back_stops_nothing_since(pmo: User) -> None:
    absent(pmo, pmo, hours=49)
    mailed(pmo, hours=48)
    with owning(), ago(hours=47):
        take_back_absence(actor=pmo, person=pmo)
    assert find_hold(pmo.pk) is None


# — the waiting time before the first settings —


@pytest.fixture
def unsaved(db: None) -> None:
    """Delete the settings, as of an instance whose settings were never saved."""
    tables = ("projects_organisationsettings", "projects_historicalorganisationsettings")
    with owning():
        for table, rows in {**dict.fromkeys(tables, "true"), "projects_rowseal": f'"table" IN {tables}'}.items():
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            run(f"DELETE FROM {table} WHERE {rows}")
            run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.usefixtures("unsaved")
def test_the_first_settings_shorten_nothing(staff_admin: User, pmo: User) -> None:
    edit_settings(actor=staff_admin, fields={"credential_hours": 0}, seen="")
    assert OrganisationSettings.objects.get().credential_hours == 0
    assert find_waiting_time(timezone.now()) == DAY
    password = mailed(pmo)
    assert password.counts_from == password.given_at + DAY
    assert find_hold(pmo.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {WAITING_TIME}")
        assert cursor.fetchone() == (DAY,)


# — a second factor holds nothing, and proves nothing —


def test_a_second_passkey_leaves_what_was_theirs_able_to_decide(owner: User, english: Any, proposal: Any) -> None:
    browser = english(owner)
    key = add(browser, name="New")
    assert find_hold(owner.pk) is None
    path, fields = act("decide", proposal("ready_for_decision"))
    theirs = sign_in(key)
    assert is_page(theirs.post(path, fields)), "a sign-in with it is no proof"
    asked = theirs.post("/sign-in/passkey/options/").json()
    again = theirs.post(path, fields | {"reauthenticate-credential": key.answer(asked)})
    assert again.status_code == 403
    assert "it proves nothing until" in again.text
    assert "data-signature" not in browser.post(path, {**fields, "step": "review"}).text
    assert browser.post(path, fields).status_code == 302, "the session before decides"
    assert Decision.objects.latest("pk").factors == []


def test_the_password_confirms_in_a_session_of_a_new_passkey(owner: User, english: Any, proposal: Any) -> None:
    key = add(english(owner), name="New")
    path, fields = act("decide", proposal("ready_for_decision"))
    theirs = sign_in(key)
    assert theirs.post(path, fields | {FIELD: PASSWORD}).status_code == 302
    assert Decision.objects.latest("pk").factors == ["password"]


def test_a_thief_extends_no_session_by_a_factor_of_their_own(owner: User, english: Any) -> None:
    stolen = english(owner)
    key = add(stolen, name="Thief")
    grow_old(stolen)
    asked = stolen.post("/sign-in/passkey/options/").json()
    proof = {"reauthenticate-credential": key.answer(asked)}
    passkey = owner.credentials.get(kind="passkey")
    assert (
        "it proves nothing until"
        in stolen.post(reverse("projects:second_factors:factor_remove", args=[passkey.pk]), proof).text
    )
    asked = stolen.post("/sign-in/passkey/options/").json()
    proof = {"reauthenticate-credential": key.answer(asked)}
    assert "it proves nothing until" in stolen.post("/account/address/", {"email": NEW, **proof}).text
    assert not AddressChange.objects.exists()


def test_a_passkey_that_does_not_count_signs_nothing(owner: User) -> None:
    old, new = Authenticator(), Authenticator()
    counting = give_passkey(owner, old)
    give_credential(
        actor=owner,
        person=owner,
        kind=CredentialKind.PASSKEY,
        origin=Origin.ADDED,
        proof="passkey",
        public_key=new.public_key,
        credential_id=new.credential_id,
    )
    assert list_passkeys(owner) == [counting]


def test_a_factor_added_on_a_proof_and_confirmed_counts_after_the_waiting_time(with_app: User) -> None:
    about = {"actor": with_app, "person": with_app, "kind": CredentialKind.RECOVERY_CODES, "origin": Origin.ADDED}
    with owning(), ago(hours=1):
        codes = give_credential(**about, proof="code_app")
    confirm_credential(actor=with_app, credential=codes)
    codes = Credential.objects.get(pk=codes.pk)
    assert (codes.lacks, codes.needs_vouches) == ("time", False)
    assert codes.due_at == codes.given_at + DAY


# — what the database keeps —


class World:
    """A change of the owner's address that the new mailbox confirmed, a mailed password, and raw writes."""

    def __init__(self, cast: dict[str, Any]) -> None:
        self.cast, self.owner = cast, cast["owner"]
        self.change = proposed(self.owner, cast["staff_admin"], days=40)
        self.password = mailed(cast["superuser"], days=40)
        fire_deferred_triggers()

    def edit(self, row: Any, **fields: Any) -> None:
        """Change a row past the services."""
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()

    def apply(self, **fields: Any) -> None:
        """Apply the change of address past the services."""
        self.edit(self.change, outcome="applied", ended_at=timezone.now(), **fields)

    def add(self, **fields: Any) -> None:
        """Give the owner a factor past the services."""
        about = {"person": self.owner, "kind": CredentialKind.CODE_APP, "origin": Origin.ADDED, "given_by": self.owner}
        now = timezone.now()
        times = {"given_at": now, "counts_from": now + 30 * DAY}
        Credential.objects.create(**{**about, **times, "needs_consent": True, **fields})


@pytest.fixture
def world(cast: dict[str, Any]) -> World:
    return World(cast)


GOES_ON, OF_ADDRESS = "addresschange.goes_on_as_it_was_asked", "addresschange.counts_by_consent"
COME_BY, ONLY = "credential.counts_as_it_was_come_by", "credential.is_only_confirmed_and_ended"
PROVED = "A credential is proved by another one of its person that counts"
NOTHING_ELSE = "A credential is confirmed once and ended once, and nothing else of it changes"
ATTACKS = Attacks(
    triggers=[
        (GOES_ON, "applied by the silence of who decides", lambda w: w.apply(), COUNTS),
        (OF_ADDRESS, "vouched by nobody", lambda w: w.edit(w.change, vouched_at=timezone.now()), ENOUGH),
        (OF_ADDRESS, "alone while somebody can", lambda w: w.edit(w.change, alone_at=timezone.now()), ALONE),
        (ONLY, "proved by nothing", lambda w: w.edit(w.password, proof="passkey", proved_at=timezone.now()), PROVED),
        (ONLY, "proved by itself", lambda w: w.edit(w.password, proof="password", proved_at=timezone.now()), PROVED),
        (ONLY, "freed of consent", lambda w: w.edit(w.password, needs_consent=False), NOTHING_ELSE),
        (
            COME_BY,
            "without consent",
            lambda w: w.add(needs_consent=False),
            "A new credential needs consent where its person decides",
        ),
        (
            COME_BY,
            "on a proof that is none",
            lambda w: w.add(proof="passkey"),
            "A credential is added on the proof of another one that counts",
        ),
    ],
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_a_stranger_with_the_mailbox_waits_for_good(owner: User, mailoutbox: list[Any], proposal: Any) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.post("/password/reset/", {"email": owner.email})
    found = LINK.search(mailoutbox[-1].body)
    assert found
    browser.post(browser.get(found[1])["Location"], {"password1": "a-long-new-word", "password2": "a-long-new-word"})
    browser.post("/sign-in/", {"login": owner.email, "password": "a-long-new-word"})
    file: Proposal = proposal("ready_for_decision")
    path, fields = act("decide", file)
    answer = browser.post(path, fields)
    assert answer.status_code == 403
    assert "two people must vouch" in answer.text
    assert Project.objects.get(level=Level.ORGANISATION).events.filter(act="give_credential").exists()
