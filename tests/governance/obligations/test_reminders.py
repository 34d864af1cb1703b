"""Test that the holders of a role are reminded of its obligations: once before the due date, once when late."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from core.acts import acting_as
from governance.obligations.enums import Standing
from governance.obligations.queries import Obligation, load_obligations
from governance.obligations.services import fulfil
from governance.obligations.tasks import WINDOW, Reminder, remind_of_obligations
from projects.models import Notification, Project
from projects.notices.models import Reason
from projects.notices.tasks import build_mail
from tests import acts

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def at_noon(day: date) -> Any:
    """Travel to the noon of a day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone()))


def told(project: Project, reason: Reason) -> set[tuple[str, str]]:
    """Return the links and recipients of the notices of this reason about a project."""
    rows = Notification.objects.filter(reason=reason, link__contains=f"/{project.code}/")
    return set(rows.values_list("link", "recipient__email"))


@pytest.fixture
def owed(project_one: Project) -> Obligation:
    """Return an obligation of the provider that nobody fulfils by an act of the product."""
    [found] = [row for row in load_obligations(project_one) if (row.duty.code, row.key) == ("MOE-02", "THROUGHOUT")]
    assert found.is_open
    assert found.due_on is not None
    return found


def test_holders_are_reminded_within_seven_days_of_the_due_date_and_when_it_has_passed(
    owed: Obligation, project_one: Project
) -> None:
    assert owed.due_on is not None
    one = (Reminder(owed).get_absolute_url(), "moe@example.org")
    for day, due, late in (
        (owed.due_on - WINDOW - DAY, False, False),
        (owed.due_on - WINDOW, True, False),
        (owed.due_on, True, False),
        (owed.due_on + DAY, True, True),
    ):
        with at_noon(day):
            remind_of_obligations()
            kept = Notification.objects.count()
            assert remind_of_obligations() == 0
        assert Notification.objects.count() == kept
        assert (one in told(project_one, Reason.OBLIGATION_DUE)) == due
        assert (one in told(project_one, Reason.OBLIGATION_LATE)) == late


def test_what_is_late_for_longer_is_not_told_at_once(owed: Obligation, project_one: Project) -> None:
    """An instance that starts to remind sends no mail for everything of the past."""
    assert owed.due_on is not None
    with at_noon(owed.due_on + WINDOW + DAY):
        remind_of_obligations()
        late = [row for row in load_obligations(project_one) if row.standing == Standing.LATE]
        assert owed.duty.code in {row.duty.code for row in late}
    assert Reminder(owed).get_absolute_url() not in {link for link, _email in told(project_one, Reason.OBLIGATION_LATE)}


def test_neither_what_is_fulfilled_nor_a_closed_project_is_told_of(
    owed: Obligation, project_one: Project, moe: Any, owner: Any
) -> None:
    assert owed.due_on is not None
    fulfil(actor=moe, project=project_one, role="MOE", duty="MOE-02", key="THROUGHOUT", note="See the folder.")
    with at_noon(owed.due_on):
        remind_of_obligations()
    assert Reminder(owed).get_absolute_url() not in {link for link, _email in told(project_one, Reason.OBLIGATION_DUE)}
    before = told(project_one, Reason.OBLIGATION_DUE), told(project_one, Reason.OBLIGATION_LATE)
    assert before[0]
    acts.close(owner, project_one)
    with at_noon(owed.due_on + DAY):
        remind_of_obligations()
    assert (told(project_one, Reason.OBLIGATION_DUE), told(project_one, Reason.OBLIGATION_LATE)) == before


def test_the_mail_is_in_the_language_of_its_reader(owed: Obligation, moe: Any) -> None:
    with acting_as(moe):
        moe.language = "fr"
        moe.save()
    assert owed.due_on is not None
    with at_noon(owed.due_on):
        remind_of_obligations()
    link = Reminder(owed).get_absolute_url()
    mail = build_mail(Notification.objects.get(recipient=moe, link=link))
    assert "cette obligation de votre rôle est due sous sept jours" in mail.subject
    assert owed.duty.label_fr[:40] in mail.subject
    assert link in mail.body


def test_it_runs_every_night() -> None:
    assert settings.CELERY_BEAT_SCHEDULE["remind-of-obligations"]["task"] == remind_of_obligations.name
