"""Test the outbox: rows in the transaction of the act, mails sent once, and nothing lost when sending fails."""

import smtplib
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone
from kombu.exceptions import OperationalError

from core import task_queue
from core.access import Refused
from core.acts import acting_as, back_entry
from core.templatetags.ui import outcome_badge
from governance.enums import Outcome
from projects.models import LedgerEvent, Notification
from projects.notices.models import DETAIL_LABELS, MOST_ATTEMPTS
from projects.notices.tasks import relay
from projects.organisation_settings.mail_failures import CREDENTIALS, OTHER, RECIPIENT, SILENT, classify
from projects.seats.mandates import services as mandates
from projects.seats.mandates.audience import list_seat_audience
from tests import acts
from tests.database import owning

pytestmark = pytest.mark.django_db


def list_recipients(reason: str | None = None) -> set[str]:
    """List the addresses that are notified, for one reason or for any."""
    notices = Notification.objects.filter(**({"reason": reason} if reason else {}))
    return set(notices.values_list("recipient__email", flat=True))


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    """The cast is entered afterwards, so nobody was notified."""
    assert not Notification.objects.exists()


# — who is told —


def test_a_submission_tells_the_advisers_who_are_asked(amoa: Any, proposal: Any) -> None:
    file = proposal("draft")
    acts.submit(amoa, file)
    assert list_recipients("opinion_asked") == list_recipients() == {"pmo@example.org"}
    notice = Notification.objects.get()
    assert notice.about == f"{file.reference} · Weekly notice on noisy works"
    assert notice.link == acts.reread(file).get_absolute_url()
    assert (notice.read_at, notice.mailed_at, notice.attempts) == (None, None, 0)


def test_the_last_opinion_tells_who_may_decide(pmo: Any, amoa: Any, moe: Any, project_one: Any, proposal: Any) -> None:
    acts.advise(pmo, proposal("under_review"))
    assert list_recipients("decision_asked") == list_recipients() == {"owner@example.org"}
    acts.prepare(moe, amoa, pmo, project=project_one, kind="minor_change")
    assert list_recipients("decision_asked") == {"owner@example.org", "delegate@example.org"}


def test_a_file_over_the_cap_is_not_announced_to_the_delegate(pmo: Any, amoa: Any, project_one: Any) -> None:
    acts.prepare(amoa, pmo, project=project_one, kind="minor_change", amount=20001)
    assert list_recipients("decision_asked") == {"owner@example.org"}


def test_a_decision_tells_the_team_and_gives_its_receipt_to_the_one_who_decided(owner: Any, proposal: Any) -> None:
    acts.decide(owner, proposal("ready_for_decision"), Outcome.REWORK)
    assert list_recipients() == {"owner@example.org", "pmo@example.org", "amoa@example.org", "moe@example.org"}
    relay()
    [receipt] = [message for message in mail.outbox if message.to == [owner.email]]
    event = LedgerEvent.objects.latest("pk")
    assert f"ONE #{event.seq} {bytes(event.hash).hex()}" in receipt.body
    assert set(Notification.objects.values_list("reason", "detail")) == {("decided", "rework")}


def test_a_delegates_decision_tells_the_owner_too(delegate: Any, proposal: Any) -> None:
    acts.decide(delegate, proposal("ready_minor"))
    everyone = ("owner", "delegate", "pmo", "amoa", "moe", "recipient")
    assert list_recipients() == {f"{member}@example.org" for member in everyone}


def test_every_act_on_seats_tells_both_sides_whoever_acts(
    owner: Any, outsider: Any, future_owner: Any, project_one: Any
) -> None:
    end = timezone.now() + timedelta(days=9)
    both = {owner.email, outsider.email}
    given = mandates.appoint(
        actor=owner, project=project_one, role=mandates.role_on(project_one, "DEST"), holder=outsider, group="Crews"
    )
    assert list_recipients("role_given") == both
    mandates.end_mandate(actor=owner, mandate=given)
    assert list_recipients("role_ended") == both
    lent = mandates.delegate(
        actor=owner, project=project_one, to=outsider, kinds=["minor_change"], cap=None, document="Act 9", ends_at=end
    )
    assert list_recipients("signature_delegated") == both
    mandates.revoke(actor=owner, delegation=lent)
    assert list_recipients("delegation_ended") == both
    mandates.name_owner(actor=owner, project=project_one, holder=outsider)
    concerned = {person.email for person in list_seat_audience(project_one)}
    assert list_recipients("owner_named") == both | concerned - {future_owner.email}
    assert list_recipients("role_ended") == {*both, future_owner.email}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_mail_on_a_seat_names_project_and_role(language: str, owner: Any, outsider: Any, project_one: Any) -> None:
    with acting_as(outsider):
        outsider.language = language
        outsider.save()
    given = mandates.appoint(
        actor=owner, project=project_one, role=mandates.role_on(project_one, "DEST"), holder=outsider, group="Crews"
    )
    relay()
    [message] = [sent for sent in mail.outbox if sent.to == [outsider.email]]
    words = {"en": "Mandate to accept: ONE, DEST ", "fr": "Mandat à accepter\u202f: ONE, DEST "}
    assert message.subject.startswith(words[language])
    assert f"/mandates/{given.pk}/accept/" in message.body
    [told] = [sent for sent in mail.outbox if sent.to == [owner.email]]
    assert told.subject.startswith(("Role given: ONE, DEST ", "Rôle attribué\u202f: ONE, DEST "))
    assert "accept/" not in told.body
    about, what, by_whom, *_rest = told.body.splitlines()
    assert about == Notification.objects.get(recipient=owner).about
    assert what in {"A role is given.", "Un rôle est attribué."}
    assert by_whom.startswith(f"{owner.name}, ")


def test_the_mail_on_a_delegation_tells_the_delegate_that_they_sign(
    owner: Any, outsider: Any, project_one: Any
) -> None:
    end = timezone.now() + timedelta(days=9)
    mandates.delegate(
        actor=owner, project=project_one, to=outsider, kinds=["minor_change"], cap=None, document="Act 9", ends_at=end
    )
    relay()
    subjects = {sent.to[0]: sent.subject for sent in mail.outbox}
    assert subjects[outsider.email].startswith("Signature qui vous est déléguée\u202f: ONE, ")
    assert subjects[owner.email].startswith("Signature déléguée\u202f: ONE, ")


def test_a_withdrawal_notifies_the_people_who_had_the_file(amoa: Any, proposal: Any) -> None:
    acts.withdraw(amoa, proposal("draft"))
    assert list_recipients() == set()
    acts.withdraw(amoa, proposal("ready_for_decision"))
    assert list_recipients("withdrawn") == {"owner@example.org", "pmo@example.org"}


def test_a_lifted_condition_tells_whoever_has_a_letter_there(owner: Any, proposal: Any) -> None:
    acts.lift(owner, proposal("conditions_open"))
    everyone = {"pmo@example.org", "amoa@example.org", "moe@example.org", "recipient@example.org"}
    assert list_recipients("condition_lifted") == everyone


def test_a_past_act_entered_afterwards_tells_nobody(amoa: Any, project_one: Any) -> None:
    with owning(), back_entry(timezone.now() - timedelta(days=2)):
        acts.submit(amoa, acts.draft(amoa, project_one))
    assert list_recipients() == set()


def test_a_refused_act_tells_nobody(amoa: Any, proposal: Any) -> None:
    with pytest.raises(Refused):
        acts.decide(amoa, proposal("ready_for_decision"))
    assert list_recipients() == set()


# — the nudge —


def test_the_worker_is_woken_once_the_act_is_committed(
    owner: Any, proposal: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[dict[str, Any]] = []
    monkeypatch.setattr(relay, "apply_async", lambda **options: woken.append(options))
    with django_capture_on_commit_callbacks(execute=True):
        acts.decide(owner, proposal("ready_for_decision"))
        assert woken == []
    assert task_queue.finish(10)
    assert woken == [{"retry": False, "ignore_result": True}]


@pytest.mark.parametrize("error", [OperationalError("no Redis"), ConnectionRefusedError("no Redis")])
def test_without_redis_the_act_is_recorded_all_the_same(
    error: Exception,
    owner: Any,
    proposal: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def fail(**options: Any) -> None:
        raise error

    monkeypatch.setattr(relay, "apply_async", fail)
    with django_capture_on_commit_callbacks(execute=True):
        decision = acts.decide(owner, proposal("ready_for_decision"))
    assert task_queue.finish(10)
    assert decision.pk
    assert Notification.objects.to_mail().count() == 4


# — the relay —


@pytest.fixture
def notices(owner: Any, proposal: Any) -> list[Notification]:
    """Write four notices of one decision, in sending order."""
    acts.decide(owner, proposal("ready_for_decision"), Outcome.APPROVED_WITH_CONDITIONS)
    return list(Notification.objects.most_urgent_first())


def test_each_notice_leaves_once_as_a_mail(notices: list[Notification]) -> None:
    assert relay() == 4
    assert [message.to for message in mail.outbox] == [[notice.recipient.email] for notice in notices]
    assert not Notification.objects.to_mail().exists()
    assert relay() == 0
    assert len(mail.outbox) == 4


def test_a_mail_says_what_happened_and_where(notices: list[Notification], settings: Any) -> None:
    relay()
    message = mail.outbox[0]
    about = notices[0].about.replace(" · ", " ")
    assert message.subject in {f"Decision recorded: ONE, {about}", f"Décision enregistrée\u202f: ONE, {about}"}
    assert settings.BASE_URL + notices[0].link in message.body
    assert message.extra_headers["Message-ID"] == f"<notice-{notices[0].pk}@ouvrage.invalid>"
    assert "&amp;" not in message.body
    assert "&#x27;" not in message.body


def test_a_mail_is_in_the_language_of_its_reader(notices: list[Notification]) -> None:
    first, second, *_others = notices
    for notice, language in ((first, "fr"), (second, "en")):
        with acting_as(notice.recipient):
            notice.recipient.language = language
            notice.recipient.save()
    relay()
    assert mail.outbox[0].subject.startswith("Décision enregistrée\u202f: ONE, ")
    assert mail.outbox[1].subject.startswith("Decision recorded: ONE, ")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_request_names_the_act_and_its_last_day_first(
    language: str, pmo: Any, owner: Any, amoa: Any, project_one: Any
) -> None:
    for person in (pmo, owner):
        with acting_as(person):
            person.language = language
            person.save()
    day = date(timezone.localdate().year + 1, 12, 1)
    file = acts.draft(amoa, project_one, title="Second crane", decide_by=day, opinions_by=day)
    acts.submit(amoa, file)
    acts.advise(pmo, file)
    relay()
    asked, decide = ({sent.to[0]: sent for sent in mail.outbox}[person.email] for person in (pmo, owner))
    act = {"en": ("Opinion due 1 Dec:", "Decision due 1 Dec:"), "fr": ("Avis attendu le 1er déc.", "Décision attendue")}
    for message, words in zip((asked, decide), act[language], strict=True):
        assert message.subject.startswith(words)
        assert message.subject.endswith(f": ONE, {file.reference} Second crane")
    ends = {"en": f"by 1 Dec {day.year}:", "fr": f"le 1er déc. {day.year}\u202f:"}
    assert ends[language] in asked.body
    assert ends[language] in decide.body


class Refusing:
    """A mail server that refuses some addresses."""

    def __init__(self, *addresses: str, error: type[Exception] = OSError) -> None:
        self.addresses, self.error = addresses, error
        self.send = EmailMessage.send

    def __call__(self, message: EmailMessage, *args: Any, **options: Any) -> int:
        if set(message.to) & set(self.addresses):
            raise self.error("refused")
        return self.send(message, *args, **options)


def test_a_mail_that_fails_waits_and_holds_nobody_up(
    notices: list[Notification], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = Refusing(notices[0].recipient.email)
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", lambda *args, **options: refusing(*args, **options))
        assert relay() == 3
    [late] = Notification.objects.to_mail()
    assert (late.pk, late.attempts, late.failure, late.waits) == (notices[0].pk, 1, OTHER, True)
    assert relay() == 0, "its turn comes later"
    with time_machine.travel(late.next_try_at, tick=False):
        assert relay() == 1
    assert len(mail.outbox) == 4
    late.refresh_from_db()
    assert (late.failure, late.next_try_at) == ("", None)


def test_a_mail_that_keeps_failing_is_tried_every_quarter_of_an_hour(notices: list[Notification]) -> None:
    notice, at, waits = notices[0], timezone.now(), []
    for _attempt in range(8):
        notice.note_failure(OTHER, at)
        waits.append((notice.next_try_at - at).total_seconds())
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    notice.attempts = MOST_ATTEMPTS
    notice.note_failure(OTHER, at)
    notice.save()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectionRefusedError(), SILENT),
        (smtplib.SMTPRecipientsRefused({}), RECIPIENT),
        (smtplib.SMTPAuthenticationError(535, b"no"), CREDENTIALS),
        (ValueError("a line break in a header"), OTHER),
    ],
)
def test_a_failure_is_kept_as_a_code_without_the_answer_of_the_server(error: Exception, code: str) -> None:
    assert classify(error) == code


def test_a_mail_that_cannot_even_be_written_holds_nobody_up(notices: list[Notification]) -> None:
    """A line break in a title is not a mail header: the other mails leave, and this one is counted."""
    Notification.objects.filter(pk=notices[0].pk).update(about="OP-01 · two\nlines")
    relay()
    sent = {message.to[0] for message in mail.outbox}
    assert {notice.recipient.email for notice in notices[1:]} <= sent


def test_a_closed_account_gets_no_mail(notices: list[Notification], owner: Any) -> None:
    person = next(notice.recipient for notice in notices if notice.recipient != owner)
    with acting_as(person):
        person.is_active = False
        person.save()
    assert relay() == 3
    assert [person.email] not in [message.to for message in mail.outbox]


def test_many_notices_leave_in_batches(notices: list[Notification], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.notices.tasks.BATCH", 2)
    assert [relay(), relay(), relay()] == [2, 2, 0]


def test_every_answer_that_a_notice_tells_has_its_look() -> None:
    """A state without one makes the page of notices fail for its readers."""
    for code, label in DETAIL_LABELS.items():
        assert str(label) in outcome_badge(code, label)
