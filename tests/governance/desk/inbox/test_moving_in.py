"""Test the steps of moving in on the home of an administrator: their state, when they go, and who sees them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags

from governance.decide.decisions.models import Decision
from governance.desk.inbox.models import Snooze
from governance.desk.inbox.moving_in import (
    BACKUP,
    FACTOR,
    MAIL,
    NAMES,
    NOTARY,
    PEOPLE,
    PROJECT,
    list_steps,
    read_moving_in,
)
from governance.desk.inbox.services import put_away, show_put_away
from governance.desk.inbox.tasks import delete_past_snoozes
from projects.enums import Level
from projects.models import Notification, Project
from roles.models import User

pytestmark = pytest.mark.django_db
HOME = reverse("governance:inbox:inbox")
ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}


def words(answer: Any) -> str:
    return " ".join(strip_tags(answer.text).split())


def states(admin: User) -> dict[str, bool]:
    return {step.name: step.is_done for step in list_steps(admin, set())}


@pytest.fixture
def admin(staff_admin: Any) -> Any:
    """Return an administrator without any role."""
    return staff_admin


def test_the_home_of_an_administrator_lists_what_is_left_to_do(admin: Any, client_of: Any) -> None:
    text = words(client_of(admin).get(HOME, headers=ENGLISH))
    for title in ("Check that emails leave", "Require a second factor", "Save the server every night"):
        assert title in text
    assert "Keep the public key of the notary elsewhere" in text
    assert "once an administrator" not in text
    assert "steps of moving in are left." in text
    french = words(client_of(admin).get(HOME, headers=FRENCH))
    assert "Mise en service" in french
    assert "Sauvegarder le serveur chaque nuit" in french


def test_the_home_never_tells_an_administrator_to_wait_for_one(admin: Any, client_of: Any) -> None:
    for name in NAMES:
        put_away(person=admin, name=name)
    text = words(client_of(admin).get(HOME, headers=ENGLISH))
    assert "Moving in" not in text
    assert "As an administrator you open projects" in text
    assert "once an administrator" not in text


def test_nobody_else_sees_the_steps(outsider: Any, owner: Any, client_of: Any) -> None:
    for person in (outsider, owner):
        assert read_moving_in(person) is None
        assert client_of(person).post(reverse("governance:inbox:step_put_away"), {"step": MAIL}).status_code == 403
    assert "once an administrator" in words(client_of(outsider).get(HOME, headers=ENGLISH))


def test_each_step_is_done_when_its_state_says_so(admin: Any, outsider: Any) -> None:
    before = states(admin)
    assert before[PROJECT] == Project.objects.exclude(level=Level.ORGANISATION).exists()
    assert not before[BACKUP]
    assert not before[NOTARY]
    Notification.objects.update(mailed_at=timezone.now())
    assert states(admin)[MAIL] == Notification.objects.exists()


def test_people_are_counted_until_all_have_signed_in_or_the_first_decision(admin: Any) -> None:
    def read() -> Any:
        return next(step for step in list_steps(admin, set()) if step.name == PEOPLE)

    with translation.override("en"):
        before = int(str(read().state).split(" of ")[1].split()[0])
    invited = User(email="new@example.org", name="Newcomer", language="en")
    invited.set_unusable_password()
    invited.save()
    with translation.override("en"):
        count = int(str(read().state).split(" of ")[1].split()[0])
    assert count == before + 1
    assert read().is_done == Decision.objects.exists()


def test_a_step_that_is_put_away_stays_away_and_comes_back_when_asked(admin: Any, client_of: Any) -> None:
    client = client_of(admin)
    client.post(reverse("governance:inbox:step_put_away"), {"step": BACKUP})
    delete_past_snoozes()
    text = words(client.get(HOME, headers=ENGLISH))
    assert "Save the server every night" not in text
    assert "Show the step put away" in text
    client.post(reverse("governance:inbox:steps_show"))
    assert "Save the server every night" in words(client.get(HOME, headers=ENGLISH))
    assert client.post(reverse("governance:inbox:step_put_away"), {"step": "other"}).status_code == 404


def test_a_test_mail_that_left_puts_its_step_away(admin: Any, client_of: Any) -> None:
    client_of(admin).post(reverse("projects:organisation_settings:mail_test"))
    assert Snooze.objects.filter(person=admin, task=f"moving_in-{MAIL}").exists()


def test_the_steps_cost_one_query_once_they_are_put_away(admin: Any) -> None:
    with CaptureQueriesContext(connection) as asked:
        read_moving_in(admin)
    assert len(asked) <= 5
    for name in NAMES:
        put_away(person=admin, name=name)
    with CaptureQueriesContext(connection) as asked:
        assert read_moving_in(admin) is None
    assert len(asked) == 1
    show_put_away(person=admin)
    found = read_moving_in(admin)
    assert found
    assert {FACTOR, BACKUP} <= {step.name for step in found.steps}
