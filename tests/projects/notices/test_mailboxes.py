"""Test to whom a notice on a hand or a seat is mailed: first, also to closed accounts and to former addresses."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from core.acts import open_act
from governance.record.erasure.services import erase_person
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.models import Notification
from projects.notices.enums import REASONS, NoticeReason, Reason
from projects.notices.mailboxes import list_former_addresses
from projects.notices.models import FORMER_DAYS, HAND_AND_SEAT
from projects.notices.services import RECEIPTS_AFTER, notify
from projects.notices.subjects import Account
from projects.notices.tasks import relay
from projects.people.accounts.services import close_account, reset_password
from projects.people.addresses.enums import Side
from projects.people.addresses.services import ask_address, confirm_address
from projects.people.replacements.services import propose_owner
from projects.seats.mandates.services import appoint, name_owner, role_on
from roles.models import INSTALLATION, User
from tests import acts
from tests.database import backdate, owning

pytestmark = pytest.mark.django_db
NEW = "moved.to@example.org"
DAY = timedelta(days=1)


def move(person: User, days: int) -> str:
    """Have both mailboxes of a person agree to another address, and date it that many days ago; return the former."""
    former, moment = person.email, timezone.now() - days * DAY
    change = ask_address(actor=person, email=NEW)
    for side in (Side.OLD, Side.NEW):
        confirm_address(actor=person, change=change, side=side)
    backdate("roles_historicaluser", "history_date", moment, "id = %s AND email = %s", [person.pk, NEW])
    person.refresh_from_db()
    return former


def tell(person: User, reason: str) -> Notification:
    """Write a notice of a new event for a person."""
    return _tell(actor=User.objects.get(email="staff.admin@example.org"), person=person, reason=REASONS[reason])


@open_act
def _tell(*, actor: User, person: User, reason: NoticeReason) -> Notification:
    event = record(act=Act.EDIT_ACCOUNT, actor=actor, project=lock_organisation(), subject=person, changed="name")
    notify(event=event, reason=reason, about=Account(), people=[person], the_actor_too=True)
    return Notification.objects.get(event=event, recipient=person)


def boxes() -> list[str]:
    """Send what waits and list the mailboxes, in the order of sending."""
    mail.outbox.clear()
    relay()
    return [box for sent in mail.outbox for box in sent.to]


#: Reasons whose mail is about the row of their own event.
WITH_A_ROW = {
    Reason.CREDENTIAL_CHANGED,
    Reason.VOUCH_ASKED,
    Reason.VOUCHED,
    Reason.ADDRESS_CHANGED,
    Reason.ADMINISTRATOR_ENDED,
    Reason.PROOF_CHANGED,
    Reason.TOKEN_CHANGED,
    Reason.HAND_CHANGES,
    *(reason for reason in Reason if reason.startswith("seat_")),
}


@pytest.mark.parametrize("reason", sorted(HAND_AND_SEAT - WITH_A_ROW))
def test_a_notice_on_hand_or_seat_goes_to_the_former_address_too(reason: str, outsider: User) -> None:
    former = move(outsider, days=FORMER_DAYS - 1)
    boxes()
    tell(outsider, reason)
    assert boxes() == [NEW, former]
    _present, copy = mail.outbox
    for power in ("/password/", "/invitation/", "/credentials/confirm"):
        assert power not in copy.body


def test_the_receipts_of_several_roles_leave_in_one_mail_after_the_first_which_leaves_at_once(
    owner: User, outsider: User, former_owner: User, other_owner: User, project_one: Any
) -> None:
    former = move(owner, days=FORMER_DAYS - 1)
    boxes()
    own = {NEW, former}
    for minutes, holder in enumerate((outsider, former_owner, other_owner)):
        with time_machine.travel(timezone.now() + minutes * timedelta(minutes=2)):
            role = role_on(project_one, "DEST")
            appoint(actor=owner, project=project_one, role=role, holder=holder, group=f"Crew {minutes}")
            sent = boxes()
        assert holder.email in sent
        assert own.intersection(sent) == (set() if minutes else own)
    assert not Notification.objects.unread().filter(recipient=owner).exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=2) + RECEIPTS_AFTER):
        assert boxes() == [NEW, former]
    for message in mail.outbox:
        assert message.subject == "2 actes enregistrés en votre nom"
        assert message.body.count("un rôle est attribué") == 2
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert boxes() == []


def test_the_receipts_of_roles_given_before_a_mail_has_left_are_one_mail_at_once(
    owner: User, outsider: User, former_owner: User, other_owner: User, project_one: Any
) -> None:
    boxes()
    role = role_on(project_one, "DEST")
    for number, holder in enumerate((outsider, former_owner, other_owner)):
        appoint(actor=owner, project=project_one, role=role, holder=holder, group=f"Crew {number}")
    assert boxes().count(owner.email) == 1
    [receipt] = [sent for sent in mail.outbox if sent.to == [owner.email]]
    assert receipt.body.count("un rôle est attribué") == 3
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert owner.email not in boxes()


def test_the_receipt_of_an_owner_named_waits_for_no_other(
    owner: User, outsider: User, other_owner: User, project_one: Any
) -> None:
    appoint(actor=owner, project=project_one, role=role_on(project_one, "DEST"), holder=outsider, group="Crews")
    boxes()
    name_owner(actor=owner, project=project_one, holder=other_owner)
    assert {owner.email, other_owner.email} <= {*boxes()}
    told = Notification.objects.get(recipient=owner, reason=Reason.OWNER_NAMED)
    assert told.mailed_at


def test_other_notices_and_older_addresses_are_left_alone(outsider: User, recipient: User) -> None:
    former = move(outsider, days=FORMER_DAYS - 1)
    boxes()
    tell(outsider, Reason.ASKED_MEANWHILE)
    assert boxes() == [NEW]
    assert list_former_addresses(outsider) == [former]


def test_an_address_of_before_thirty_days_is_told_nothing(outsider: User) -> None:
    move(outsider, days=FORMER_DAYS + 1)
    boxes()
    tell(outsider, Reason.ACCOUNT_CHANGED)
    assert boxes() == [NEW]


def test_a_former_address_reads_of_a_credential_without_its_link(outsider: User) -> None:
    former = move(outsider, days=1)
    boxes()
    reset_password(actor=outsider, password="A sentence of four words")
    assert boxes() == [NEW, former]
    assert "/credentials/" not in mail.outbox[1].body


def test_the_signatory_can_say_not_me_from_the_former_address(owner: User, pmo: User, proposal: Any) -> None:
    acts.decide(owner, proposal("ready_for_decision"))
    former = move(owner, days=1)
    boxes_of_signatory = [box for box in boxes() if box in {NEW, former}]
    assert boxes_of_signatory[0] == NEW
    assert former in boxes_of_signatory
    bodies = [sent.body for sent in mail.outbox if sent.to[0] in {NEW, former} and "/not-me/" in sent.body]
    assert len(bodies) == 2, "both have the link"
    assert "#" in bodies[1], "and the receipt"
    assert "/not-me/" not in next(sent.body for sent in mail.outbox if sent.to == [pmo.email])


def test_a_closed_account_is_mailed_what_concerns_its_end(
    staff_admin: User, owner: User, outsider: User, project_one: Any
) -> None:
    close_account(actor=staff_admin, person=outsider)
    boxes()
    for reason in HAND_AND_SEAT - WITH_A_ROW - {Reason.RESET_SENT}:
        tell(outsider, reason)
    tell(outsider, Reason.ASKED_MEANWHILE)
    sent = boxes()
    assert sent.count(outsider.email) == len(HAND_AND_SEAT - WITH_A_ROW - {Reason.RESET_SENT})
    waiting = Notification.objects.filter(mailed_at=None, recipient=outsider).values_list("reason", flat=True)
    assert set(waiting) <= {Reason.ASKED_MEANWHILE}


def test_a_closed_account_gets_no_link_to_choose_a_password(staff_admin: User, outsider: User) -> None:
    tell(outsider, Reason.RESET_SENT)
    close_account(actor=staff_admin, person=outsider)
    boxes()
    assert not any("/password/" in sent.body for sent in mail.outbox)


def test_a_closed_account_is_told_for_thirty_days(staff_admin: User, outsider: User) -> None:
    close_account(actor=staff_admin, person=outsider)
    notice = tell(outsider, Reason.ROLE_ENDED)
    boxes()
    late = timezone.now() - (FORMER_DAYS + 1) * DAY
    backdate("projects_notification", "created_at", late, "id = %s", [notice.pk])
    Notification.objects.filter(pk=notice.pk).update(mailed_at=None)
    assert outsider.email not in boxes()


def test_nobody_writes_to_the_installation_or_to_an_erased_account(staff_admin: User, outsider: User) -> None:
    tell(User.objects.get(email=INSTALLATION), Reason.ROLE_ENDED)
    close_account(actor=staff_admin, person=outsider)
    with owning():
        erase_person(person=outsider, actor=User.objects.installation(), because="Request.")
    tell(User.objects.get(pk=outsider.pk), Reason.ROLE_ENDED)
    assert not [box for box in boxes() if "erased" in box or box == INSTALLATION]


def test_what_concerns_hand_or_seat_leaves_first(outsider: User, recipient: User) -> None:
    boxes()
    tell(outsider, Reason.ASKED_MEANWHILE)
    late = tell(recipient, Reason.ROLE_ENDED)
    assert boxes() == [recipient.email, outsider.email]
    tell(outsider, Reason.TIE_WAITS)
    Notification.objects.filter(pk=late.pk).update(mailed_at=None, attempts=50)
    assert boxes() == [outsider.email, recipient.email], "one that keeps failing holds nobody up"


def test_a_mailbox_that_is_gone_keeps_nothing_from_the_others(outsider: User, monkeypatch: pytest.MonkeyPatch) -> None:
    former = move(outsider, days=1)
    boxes()
    notice = tell(outsider, Reason.ROLE_ENDED)
    gone, send = {former}, EmailMessage.send

    def refuse(message: EmailMessage, *args: Any, **options: Any) -> int:
        if set(message.to) & gone:
            raise SMTPRecipientsRefused({})
        return send(message, *args, **options)

    monkeypatch.setattr(EmailMessage, "send", refuse)
    assert boxes() == [NEW]
    notice.refresh_from_db()
    assert (notice.attempts, notice.mailed_at is None) == (0, False)
    gone.add(NEW)
    again = tell(outsider, Reason.ROLE_ENDED)
    assert boxes() == []
    again.refresh_from_db()
    assert (again.attempts, again.mailed_at) == (1, None)


def test_the_removed_owner_reads_who_is_named_in_their_place(
    staff_admin: User, inactive_owner: User, outsider: User, project_three: Any
) -> None:
    boxes()
    propose_owner(actor=staff_admin, project=project_three, successor=outsider, because="They left the agency.")
    told = [sent.body for sent in mail.outbox] if inactive_owner.email in boxes() else []
    assert any(project_three.code in body for body in told)
