"""Test vouches: who may, that a credential then counts at once, and each way around it that is refused."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.access import Refused
from core.acts import back_entry
from governance.life.moves.services import accept_move, ask_move
from governance.record.erasure.services import erase_text
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Credential, LedgerEvent, Notification, Project, Vouch
from projects.notices.tasks import relay
from projects.people.accounts.services import send_reset
from projects.people.addresses.services import propose_address
from projects.people.administrators.services import name_administrator
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.holds import find_hold, find_waiting
from projects.people.credentials.services import give_credential
from projects.people.vouching.queries import list_to_vouch
from projects.people.vouching.services import ask_vouch, vouch
from projects.seats.mandates.services import found_project
from roles.models import User
from tests import acts
from tests.administrators import end_rights
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers, owning

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHO_MAY = "The owner above, or an administrator who did not propose it, vouches for somebody else (R1)"
WORDS, IN_WORDS = "I called her on her office line and know her voice.", "Somebody vouches in words"
IN_PERSON = "Somebody vouches in person, in the ledger"
BY_HAND = "Who acts by their own hand has credentials that count (R1)"
ENOUGH = "It counts once two people have vouched, the owner above first"
ALONE = "It counts without two people after thirty days, where nobody can vouch and everybody was told"
NOTHING_ELSE = "A credential is confirmed once and ended once, and nothing else of it changes"


@pytest.fixture
def asked(owner: User) -> Credential:
    """Reset the owner's password by mail, and ask somebody to vouch."""
    give_credential(actor=owner, person=owner, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    [credential] = ask_vouch(actor=owner)
    return credential


@pytest.fixture
def second(cast: dict[str, Any]) -> User:
    """Return a second administrator."""
    found: User = cast["superuser"]
    return found


def test_two_administrators_make_it_count_at_once(
    asked: Credential, owner: User, staff_admin: User, second: User, project_one: Project, mailoutbox: list[Any]
) -> None:
    vouch(actor=staff_admin, waiting=asked, words=WORDS)
    assert find_hold(owner.pk), "one is not enough"
    relay()
    assert any("Il faut encore une personne" in mail.body for mail in mailoutbox if mail.to == [owner.email])
    [asked_for] = [mail for mail in mailoutbox if mail.to == [second.email] and "Puis donnez ici" in mail.body]
    assert "mot de passe, par un lien envoyé à l’adresse enregistrée" in asked_for.body
    vouch(actor=second, waiting=asked, words=WORDS)
    fire_deferred_triggers()
    assert find_hold(owner.pk) is None
    acts.decide(owner, acts.submit_to_owner(project_one))
    events = LedgerEvent.objects.filter(act="vouch").order_by("pk")
    assert [event.actor for event in events] == [staff_admin, second, second]
    assert Notification.objects.filter(recipient=owner, reason="vouched").count() == 2


def open_portfolio(cast: dict[str, Any], at: datetime | None) -> Project:
    """Open a portfolio that the outsider owns, at an instant in the past or now."""
    fields = {"code": "PORTS", "prefix": "PO", "title_fr": "Ports", "title_en": "Ports", "level": "portfolio"}
    fields |= {"starts_on": "2026-01-05", "ends_on": "2030-01-05"}
    with owning(), back_entry(at) if at else nullcontext():
        opened: Project = found_project(actor=cast["staff_admin"], owner=cast["outsider"], fields=fields)
    return opened


@pytest.mark.parametrize("days", [30, 0])
def test_the_owner_above_is_one_of_the_two_if_they_were_in_office_before(
    days: int, owner: User, cast: dict[str, Any], project_one: Project
) -> None:
    above = open_portfolio(cast, timezone.now() - days * DAY if days else None)
    accept_move(actor=cast["outsider"], move=ask_move(actor=owner, project=project_one, target=above))
    give_credential(actor=owner, person=owner, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    [credential] = ask_vouch(actor=owner)
    for administrator in ("staff_admin", "superuser"):
        vouch(actor=cast[administrator], waiting=credential, words=WORDS)
    if not days:
        with pytest.raises(Refused):
            vouch(actor=cast["outsider"], waiting=credential, words=WORDS)
        assert find_hold(owner.pk) is None, "nobody above can vouch, so two administrators are enough"
        return
    assert find_hold(owner.pk), "two administrators are not enough while the owner above can vouch"
    assert Notification.objects.filter(reason="vouch_asked", recipient=cast["outsider"]).exists()
    vouch(actor=cast["outsider"], waiting=credential, words=WORDS)
    fire_deferred_triggers()
    assert find_hold(owner.pk) is None


def test_the_person_is_told_who_vouched_and_sees_it(
    asked: Credential, owner: User, staff_admin: User, english: Any
) -> None:
    vouch(actor=staff_admin, waiting=asked, words=WORDS)
    assert f"{staff_admin} vouched on" in english(owner).get("/account/").text


def test_who_may_is_notified_and_finds_it_in_the_inbox(
    asked: Credential, owner: User, staff_admin: User, second: User, english: Any
) -> None:
    told = Notification.objects.filter(reason="vouch_asked").values_list("recipient", flat=True)
    assert set(told) == {staff_admin.pk, second.pk}
    browser = english(staff_admin)
    assert f"/vouch/{asked.pk}/" in browser.get("/").text
    answer = browser.post(f"/vouch/{asked.pk}/", {"spoken": "on", "words": WORDS}, follow=True)
    assert "You have vouched" in answer.text
    assert f"/vouch/{asked.pk}/" not in browser.get("/").text
    assert browser.post(f"/vouch/{asked.pk}/", {"spoken": "on", "words": WORDS}).status_code == 409


def test_a_held_person_asks_once_on_the_page_that_refuses(owner: User, english: Any, proposal: Any) -> None:
    give_credential(actor=owner, person=owner, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    browser = english(owner)
    assert "Ask two people to vouch" in browser.get("/account/").text
    browser.post("/account/vouch/")
    assert "Asked on" in browser.get("/account/").text
    assert browser.post("/account/vouch/").status_code == 409


def test_a_held_person_reads_that_nobody_can_vouch(owner: User, staff_admin: User, english: Any) -> None:
    send_reset(actor=staff_admin, person=owner)
    give_credential(actor=owner, person=owner, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    for other in User.objects.filter(is_staff=True).exclude(pk=staff_admin.pk):
        end_rights(staff_admin, other)
    answer = english(owner).post("/account/vouch/", follow=True)
    assert "Nobody can vouch for you now" in answer.text
    assert not Notification.objects.filter(reason="vouch_asked").exists()


def test_nobody_asks_who_is_not_held(owner: User) -> None:
    with pytest.raises(ValidationError):
        ask_vouch(actor=owner)


def test_the_mailbox_still_confirms_what_was_added_in_a_session(owner: User, staff_admin: User, second: User) -> None:
    give_credential(actor=owner, person=owner, kind=CredentialKind.CODE_APP, origin=Origin.ADDED)
    [credential] = ask_vouch(actor=owner)
    for administrator in (staff_admin, second):
        vouch(actor=administrator, waiting=credential, words=WORDS)
    waiting = find_waiting(owner.pk)
    assert waiting
    assert (waiting.waiting, len(waiting.unconfirmed)) == ([], 1)


def test_another_password_keeps_what_was_vouched_for(
    asked: Credential, owner: User, staff_admin: User, second: User
) -> None:
    for administrator in (staff_admin, second):
        vouch(actor=administrator, waiting=asked, words=WORDS)
    give_credential(actor=owner, person=owner, kind=CredentialKind.PASSWORD, origin=Origin.EXCHANGED)
    fire_deferred_triggers()
    assert find_hold(owner.pk) is None


@pytest.mark.parametrize("member", ["owner", "pmo", "other_owner", "outsider", "inactive_owner"])
def test_nobody_else_vouches(member: str, asked: Credential, cast: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        vouch(actor=cast[member], waiting=asked, words=WORDS)
    assert not list_to_vouch(cast[member]).exists()


def test_the_administrator_who_sent_the_link_does_not_vouch(owner: User, staff_admin: User, second: User) -> None:
    send_reset(actor=staff_admin, person=owner)
    give_credential(actor=owner, person=owner, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    [credential] = ask_vouch(actor=owner)
    with pytest.raises(Refused):
        vouch(actor=staff_admin, waiting=credential, words=WORDS)
    assert list(list_to_vouch(second)) == [credential]


def test_an_administrator_who_was_just_named_does_not_vouch(
    asked: Credential, staff_admin: User, outsider: User
) -> None:
    name_administrator(actor=staff_admin, person=outsider)
    with pytest.raises(Refused):
        vouch(actor=outsider, waiting=asked, words=WORDS)


def test_a_held_administrator_does_not_vouch(asked: Credential, staff_admin: User) -> None:
    give_credential(actor=staff_admin, person=staff_admin, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    with pytest.raises(Refused):
        vouch(actor=staff_admin, waiting=asked, words=WORDS)


def test_an_administrator_does_not_vouch_twice_or_for_themselves(asked: Credential, staff_admin: User) -> None:
    vouch(actor=staff_admin, waiting=asked, words=WORDS)
    with pytest.raises(Refused):
        vouch(actor=staff_admin, waiting=asked, words=WORDS)
    give_credential(actor=staff_admin, person=staff_admin, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    [mine] = ask_vouch(actor=staff_admin)
    with pytest.raises(Refused):
        vouch(actor=staff_admin, waiting=mine, words=WORDS)


def test_the_words_of_a_vouch_are_erased_on_request(asked: Credential, staff_admin: User) -> None:
    given = vouch(actor=staff_admin, waiting=asked, words=WORDS)
    with owning():
        erase_text(actor=User.objects.installation(), row=given, fields=["words"], because="Request.")
        fire_deferred_triggers()
    given.refresh_from_db()
    assert WORDS not in given.words


# — what the database keeps —


class World:
    """A credential for which somebody may vouch, and raw writes."""

    def __init__(self, credential: Credential, cast: dict[str, Any]) -> None:
        self.credential, self.cast = credential, cast

    def write(
        self, member: str, capacity: str = "administrator", *, by: str = "", words: str = WORDS, **more: Any
    ) -> None:
        """Write a vouch past the services, with its event unless `by` is another's or empty."""
        about = {"credential": self.credential, "voucher": self.cast[member], "words": words, **more}
        row = Vouch.objects.create(capacity=capacity, acted_at=timezone.now(), **about)
        if by:
            chain = Project.objects.get(level="organisation")
            record(act=Act.VOUCH, actor=self.cast[by], project=chain, subject=row)
        fire_deferred_triggers()

    def write_own(self, member: str) -> None:
        """Write a vouch with its own event."""
        self.write(member, by=member)

    def write_twice_for_an_address(self) -> None:
        """Write two vouches of one person for an address."""
        asked = propose_address(actor=self.cast["superuser"], person=self.cast["moe"], email="moe.new@example.org")
        for _time in range(2):
            self.write("staff_admin", by="staff_admin", credential=None, change=asked)

    def change(self, **fields: Any) -> None:
        """Change the credential past the services."""
        for name, value in fields.items():
            setattr(self.credential, name, value)
        self.credential.save()

    def hold(self, member: str) -> None:
        """Hold the account of somebody."""
        person = self.cast[member]
        give_credential(actor=person, person=person, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)


def by_a_held_one(world: World) -> None:
    """Vouch as an administrator who is held."""
    world.hold("staff_admin")
    world.write_own("staff_admin")


def with_one(world: World) -> None:
    """Let it count after one administrator."""
    world.write_own("staff_admin")
    world.change(vouched_at=timezone.now())


@pytest.fixture
def world(asked: Credential, cast: dict[str, Any]) -> World:
    fire_deferred_triggers()
    return World(asked, cast)


MAY, COUNTS = "vouch.is_given_by_who_may", "credential.counts_by_consent"
ATTACKS = Attacks(
    triggers=[
        (MAY, "for oneself", lambda w: w.write("owner", "above", by="owner"), WHO_MAY),
        (MAY, "by nobody's owner", lambda w: w.write("other_owner", "above", by="other_owner"), WHO_MAY),
        (MAY, "without words", lambda w: w.write("staff_admin", by="staff_admin", words="..."), IN_WORDS),
        (MAY, "in another capacity", lambda w: w.write("staff_admin", "above", by="staff_admin"), WHO_MAY),
        ("vouch.is_by_a_proven_hand", "held", by_a_held_one, BY_HAND),
        ("vouch.leaves_an_event", "silently", lambda w: w.write("staff_admin"), IN_PERSON),
        ("vouch.leaves_an_event", "said by another", lambda w: w.write("staff_admin", by="superuser"), IN_PERSON),
        (COUNTS, "without a vouch", lambda w: w.change(vouched_at=timezone.now()), ENOUGH),
        (COUNTS, "with one administrator", with_one, ENOUGH),
        (COUNTS, "by the silence of who may vouch", lambda w: w.change(alone_at=timezone.now()), ALONE),
        (
            "credential.is_only_confirmed_and_ended",
            "counts sooner by its date",
            lambda w: w.change(counts_from=timezone.now()),
            NOTHING_ELSE,
        ),
    ],
    constraints={
        "one_vouch_per_credential_and_person": lambda w: (w.write_own("staff_admin"), w.write_own("staff_admin")),
        "one_vouch_per_address_and_person": lambda w: w.write_twice_for_an_address(),
        "a_vouch_has_a_known_capacity": lambda w: w.write("staff_admin", "friend"),
        "a_vouch_is_for_a_credential_or_an_address": lambda w: w.write("staff_admin", credential=None),
    },
    behind={
        MAY: "vouch.is_by_a_proven_hand",
        "vouch.is_by_a_proven_hand": MAY,
        "one_vouch_per_credential_and_person": MAY,
        "one_vouch_per_address_and_person": MAY,
        "a_vouch_has_a_known_capacity": MAY,
        "a_vouch_is_for_a_credential_or_an_address": MAY,
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
