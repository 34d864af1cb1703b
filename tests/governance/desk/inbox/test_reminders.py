"""Test reminders of tasks: by working days, in one mail a day and person, in their language; and past snoozes."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone, translation

from core.acts import acting_as
from core.words.dates import short_day
from governance.decide.obligations.queries import Obligation, load_obligations
from governance.decide.obligations.services import fulfil
from governance.decide.obligations.working_days import Calendar
from governance.desk.inbox.models import Snooze
from governance.desk.inbox.queries import list_tasks
from governance.desk.inbox.reminders import list_steps
from governance.desk.inbox.services import snooze
from governance.desk.inbox.tasks import delete_past_snoozes, remind_of_tasks
from projects.models import Notification, Project
from projects.notices.enums import Reason
from projects.notices.models import MAILS
from projects.seats.mandates.holders import owners
from tests import acts

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CALENDAR = Calendar()
THURSDAY, FRIDAY = 3, 4


def find_due() -> date:
    """Return a Thursday a month or more ahead without a public holiday in the two weeks before it and the one after."""
    day = timezone.localdate() + 30 * DAY
    around = range(-14, 8)
    while day.weekday() != THURSDAY or any(
        not CALENDAR.is_working_day(other) and other.weekday() <= FRIDAY for other in (day + n * DAY for n in around)
    ):
        day += DAY
    return day


DUE = find_due()


def at_noon(day: date) -> Any:
    """Travel to the noon of a day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone()))


@pytest.fixture
def file(amoa: Any, project_one: Any) -> Any:
    """Submit a proposal that the PMO is to give an opinion on and the owner to decide, by DUE."""
    drafted = acts.draft(amoa, project_one, decide_by=DUE, opinions_by=DUE)
    acts.submit(amoa, drafted)
    return acts.reread(drafted)


def notices(person: Any) -> list[Notification]:
    return list(Notification.objects.filter(recipient=person, reason=Reason.TASKS_DUE).order_by("pk"))


def mail_of(notice: Notification) -> Any:
    return MAILS[Reason.TASKS_DUE](notice)


def remind(person: Any, day: date) -> str:
    """Run the nightly task on that day; return the mail of a person, empty without one."""
    with at_noon(day):
        remind_of_tasks()
        told = Notification.objects.filter(recipient=person, reason=Reason.TASKS_DUE, link__endswith=f"#due-{day}")
        return "\n".join(mail_of(notice).body for notice in told)


def read_in(person: Any, language: str) -> None:
    """Let a person read in a language."""
    with acting_as(person):
        person.language = language
        person.save()


def test_the_days_of_reminders_are_counted_in_working_days() -> None:
    assert list_steps(date(2027, 3, 18), CALENDAR) == [date(2027, 3, 9), date(2027, 3, 17), date(2027, 3, 19)]
    monday, after_easter = date(2027, 3, 22), date(2027, 3, 30)
    assert list_steps(monday, CALENDAR)[1:] == [date(2027, 3, 19), date(2027, 3, 23)]
    assert list_steps(after_easter, CALENDAR)[1] == date(2027, 3, 26)
    saturday = date(2027, 3, 20)
    assert list_steps(saturday, CALENDAR)[1:] == [date(2027, 3, 19), date(2027, 3, 22)]


def test_a_person_is_reminded_seven_working_days_and_one_before_and_when_it_is_late(file: Any, pmo: Any) -> None:
    days = [DUE + n * DAY for n in range(-12, 8)]
    assert [day for day in days if file.reference in remind(pmo, day)] == list_steps(DUE, CALENDAR)
    count = Notification.objects.count()
    with at_noon(DUE + DAY):
        assert remind_of_tasks() == 0
    assert Notification.objects.count() == count


def test_one_mail_a_day_names_every_task_with_its_address(file: Any, pmo: Any, amoa: Any, project_one: Any) -> None:
    other = acts.draft(amoa, project_one, title="Another order", decide_by=DUE, opinions_by=DUE)
    acts.submit(amoa, other)
    read_in(pmo, "fr")
    with at_noon(DUE + DAY):
        remind_of_tasks()
        [notice] = notices(pmo)
        mail = mail_of(notice)
    assert mail.to == [pmo.email]
    assert re.fullmatch(r"\d+ tâches à échéance, \d+ en retard\u202f: ONE", mail.subject)
    assert notice.about.endswith("tâches · ONE")
    for proposal in (file, other):
        assert f"{settings.BASE_URL}{proposal.get_absolute_url()}" in mail.body
        assert proposal.reference in mail.body
    assert "Donner votre avis" in mail.body


@pytest.mark.parametrize(("language", "said"), [("en", "And {n} other task"), ("fr", "Et {n} autre")])
def test_the_mail_says_how_many_other_tasks_there_are(language: str, said: str, file: Any, pmo: Any) -> None:
    read_in(pmo, language)
    with at_noon(DUE + DAY):
        listed = len(list_tasks(pmo))
    mail = remind(pmo, DUE + DAY)
    assert said.format(n=listed - mail.count("\n- ")) in mail


def test_the_subject_names_the_only_task(file: Any, pmo: Any) -> None:
    read_in(pmo, "en")
    with at_noon(DUE - 9 * DAY):
        remind_of_tasks()
        [notice] = notices(pmo)
        subject = mail_of(notice).subject
    with translation.override("en"):
        day = short_day(DUE)
    assert subject == f"Give your opinion by {day}: ONE, {file.reference} {file.current.title}"
    assert notice.about == f"ONE, {file.reference} · {file.current.title}"


def test_what_was_done_meanwhile_is_left_out_of_the_mail(file: Any, pmo: Any) -> None:
    with at_noon(DUE + DAY):
        remind_of_tasks()
        [notice] = notices(pmo)
        acts.advise(pmo, file)
        mail = mail_of(notice)
    assert mail is None or file.reference not in mail.body


def test_a_snooze_does_not_stop_reminders_of_what_only_one_person_can_do(project_one: Any) -> None:
    asked = acts.submit_to_owner(project_one, decide_by=DUE)
    [seat] = owners(project_one)
    with at_noon(DUE - 20 * DAY):
        [task] = [task for task in list_tasks(seat.holder) if task.key == f"decide-{asked.pk}"]
        snooze(person=seat.holder, task=task, until=DUE)
    assert asked.reference in remind(seat.holder, DUE - DAY)


def test_a_snoozed_opinion_is_not_reminded_of(file: Any, pmo: Any) -> None:
    with at_noon(DUE - 20 * DAY):
        [task] = [task for task in list_tasks(pmo) if task.key == f"advise-{file.pk}"]
        snooze(person=pmo, task=task, until=DUE + 5 * DAY)
    assert file.reference not in remind(pmo, DUE - DAY)
    assert file.reference not in remind(pmo, DUE + DAY)


def test_a_snooze_is_deleted_in_the_night_of_its_day(file: Any, pmo: Any) -> None:
    with at_noon(DUE - 20 * DAY):
        [task] = [task for task in list_tasks(pmo) if task.key == f"advise-{file.pk}"]
        snooze(person=pmo, task=task, until=DUE)
    with at_noon(DUE - DAY):
        assert delete_past_snoozes() == 0
        assert Snooze.objects.count() == 1
    with at_noon(DUE):
        assert delete_past_snoozes() == 1
        assert delete_past_snoozes() == 0
    assert not Snooze.objects.exists()


def test_a_closed_account_is_not_reminded(file: Any, pmo: Any) -> None:
    with acting_as(pmo):
        pmo.is_active = False
        pmo.save()
    assert not remind(pmo, DUE + DAY)


@pytest.fixture
def owed(project_one: Project) -> Obligation:
    """Return an obligation of the provider that nobody fulfils by an act of the product."""
    [found] = [row for row in load_obligations(project_one) if (row.duty.code, row.key) == ("MOE-10", "G4")]
    assert found.is_open
    return found


def test_an_obligation_is_reminded_of_until_it_is_fulfilled(owed: Obligation, project_one: Project, moe: Any) -> None:
    assert owed.due_on
    first, second, _late = list_steps(owed.due_on, CALENDAR)
    assert "MOE-10" in remind(moe, first)
    fulfil(
        actor=moe,
        project=project_one,
        role="MOE",
        duty="MOE-10",
        key="G4",
        note="The environment is described in the folder of the build.",
    )
    assert "MOE-10" not in remind(moe, second)


def test_a_late_obligation_does_not_hide_the_next_one_of_the_same_responsibility(
    pmo: Any, project_one: Project
) -> None:
    in_a_year = timezone.now() + 365 * DAY
    months = [row for row in load_obligations(project_one, in_a_year) if row.duty.code == "PMO-05" and row.is_open]
    *_earlier, late, due = [row.due_on for row in months if row.due_on and row.due_on < DUE]
    assert "PMO-05" in remind(pmo, list_steps(late, CALENDAR)[2])
    assert "PMO-05" in remind(pmo, list_steps(due, CALENDAR)[1])
    assert "PMO-05" not in remind(pmo, due)


def test_both_run_every_night() -> None:
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {remind_of_tasks.name, delete_past_snoozes.name} <= names
