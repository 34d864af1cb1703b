"""Test that a fact told twice on a day is one notice and one mail, for every reason."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from amoa.enums import Reason
from core.acts import open_act
from core.pages.lists.undo import UNDONE_WITHIN
from governance.enums import Reason as GovernanceReason
from pmo.enums import Reason as OfficeReason
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import lock_organisation, record
from projects.models import Notification
from projects.notices.enums import REASONS
from projects.notices.enums import Reason as ProjectReason
from projects.notices.models import ASKED, BY_TIME, HAND_AND_SEAT
from projects.notices.services import notify, notify_once, withdraw_notices
from projects.notices.tasks import relay
from projects.organisation_settings.queries import day_of
from roles.models import User
from tests.database import backdate

pytestmark = pytest.mark.django_db


class Subject:
    """A subject of notices, whose title may change."""

    def __init__(self, title: str = "Quay 4") -> None:
        self.reference, self.title = "ONE · S-1", title

    def get_absolute_url(self) -> str:
        return "/projects/ONE/"


@open_act
def tell(*, actor: User, person: User, reason: str, about: Subject, **more: Any) -> LedgerEvent:
    """Tell a person of a new event."""
    event = record(act=Act.EDIT_ACCOUNT, actor=actor, project=lock_organisation(), subject=person, changed="name")
    notify(event=event, reason=REASONS[reason], about=about, people=[person], **more)
    return event


@open_act
def take_back(*, actor: User, events: list[LedgerEvent]) -> None:
    """Undo these acts."""
    record(act=Act.EDIT_ACCOUNT, actor=actor, project=lock_organisation(), subject=actor, changed="name")
    withdraw_notices(events, [], whole=True)


def list_standing(person: User) -> list[Notification]:
    return list(Notification.objects.standing().filter(recipient=person).order_by("pk"))


def deliver(person: User) -> int:
    """Send what is due and count the mails to a person."""
    mail.outbox.clear()
    relay()
    return sum(sent.to == [person.email] for sent in mail.outbox)


#: An invitation is a mail that somebody asks to be sent, again if need be. What has changed under a decision joins its
#: notice: tests/governance/decide/decisions/test_review_notices.py.
OF_THEIR_OWN = {ProjectReason.INVITED, GovernanceReason.NO_LONGER_CURRENT}
#: The facts that may be told twice on a day.
FACTS = sorted({*REASONS} - HAND_AND_SEAT - OF_THEIR_OWN - {*BY_TIME})


@pytest.mark.parametrize("reason", [reason for reason in FACTS if reason not in ASKED])
def test_a_fact_told_twice_on_a_day_is_one_notice_and_one_mail(reason: str, staff_admin: User, outsider: User) -> None:
    tell(actor=staff_admin, person=outsider, reason=reason, about=Subject())
    assert deliver(outsider) == 1
    Notification.objects.update(read_at=timezone.now())
    last = tell(actor=staff_admin, person=outsider, reason=reason, about=Subject("Le quai 4, agrandi"))
    [notice] = list_standing(outsider)
    assert (notice.event, notice.read_at, notice.mailed_at) == (last, None, None)
    assert "agrandi" in notice.about
    assert deliver(outsider) == 0, "one mail has left today"
    assert notice.mail_from
    assert day_of(notice.mail_from) == day_of(timezone.now()) + timedelta(days=1)
    with time_machine.travel(notice.mail_from, tick=False):
        assert deliver(outsider) == 1


@pytest.mark.parametrize("reason", ASKED)
def test_another_revision_that_asks_is_mailed_at_once(reason: str, staff_admin: User, outsider: User) -> None:
    tell(actor=staff_admin, person=outsider, reason=reason, about=Subject())
    assert deliver(outsider) == 1
    last = tell(actor=staff_admin, person=outsider, reason=reason, about=Subject())
    assert deliver(outsider) == 1
    assert [notice.event for notice in list_standing(outsider)] == [last]


@pytest.mark.parametrize("reason", FACTS)
def test_a_fact_told_twice_before_its_mail_is_one_mail(reason: str, staff_admin: User, outsider: User) -> None:
    for _time in range(3):
        tell(actor=staff_admin, person=outsider, reason=reason, about=Subject())
    assert len(list_standing(outsider)) == 1
    assert deliver(outsider) == 1


@pytest.mark.parametrize("reason", FACTS)
def test_an_undo_gives_the_notice_before_back(reason: str, staff_admin: User, outsider: User) -> None:
    first = tell(actor=staff_admin, person=outsider, reason=reason, about=Subject(), wait=UNDONE_WITHIN)
    last = tell(actor=staff_admin, person=outsider, reason=reason, about=Subject(), wait=UNDONE_WITHIN)
    assert [notice.event for notice in list_standing(outsider)] == [last]
    take_back(actor=staff_admin, events=[last])
    assert [notice.event for notice in list_standing(outsider)] == [first]
    take_back(actor=staff_admin, events=[first])
    assert list_standing(outsider) == []
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert deliver(outsider) == 0


def test_what_was_undone_first_does_not_come_back_with_the_undo_of_the_second(
    staff_admin: User, outsider: User
) -> None:
    about = Subject()
    told = [tell(actor=staff_admin, person=outsider, reason=OfficeReason.RISKS_RED, about=about) for _time in range(2)]
    take_back(actor=staff_admin, events=told[:1])
    assert [notice.event for notice in list_standing(outsider)] == told[1:]
    take_back(actor=staff_admin, events=told[1:])
    assert list_standing(outsider) == []


def test_another_day_another_subject_and_another_person_have_their_own(
    staff_admin: User, outsider: User, recipient: User
) -> None:
    other = Subject()
    other.reference = "ONE · S-2"
    tell(actor=staff_admin, person=outsider, reason=Reason.QUESTION_ASKED, about=Subject())
    tell(actor=staff_admin, person=outsider, reason=Reason.QUESTION_ASKED, about=other)
    tell(actor=staff_admin, person=recipient, reason=Reason.QUESTION_ASKED, about=Subject())
    assert (len(list_standing(outsider)), len(list_standing(recipient))) == (2, 1)
    assert deliver(outsider) == 2
    for name in ("created_at", "mailed_at"):
        backdate("projects_notification", name, timezone.now() - timedelta(days=1), "true", [])
    tell(actor=staff_admin, person=outsider, reason=Reason.QUESTION_ASKED, about=Subject())
    assert deliver(outsider) == 1
    assert len(list_standing(outsider)) == 3


def test_each_outcome_is_told(staff_admin: User, outsider: User) -> None:
    for outcome in ("rework", "approved", "approved"):
        tell(actor=staff_admin, person=outsider, reason=ProjectReason.DECIDED, about=Subject(), detail=outcome)
    assert [notice.detail for notice in list_standing(outsider)] == ["rework", "approved"]


@pytest.mark.parametrize("reason", sorted(HAND_AND_SEAT - {*BY_TIME}))
def test_each_act_on_a_hand_or_a_seat_is_told(reason: str, staff_admin: User, outsider: User) -> None:
    for _time in range(2):
        tell(actor=staff_admin, person=outsider, reason=reason, about=Subject())
    assert [notice.mail_from for notice in list_standing(outsider)] == [None, None]


@pytest.mark.parametrize("reason", sorted(BY_TIME))
def test_what_time_tells_is_told_once(reason: str, outsider: User) -> None:
    assert [notify_once(reason=REASONS[reason], about=Subject(), people=[outsider]) for _time in range(2)] == [1, 0]
