"""Test a departure in advance: told, shown, changed, taken back, and the account closes after the last day."""

import html
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.access import Refused
from projects.enums import Level
from projects.models import Mandate, Notification, Project
from projects.notices.enums import Reason
from projects.notices.tasks import build_mail
from projects.people.accounts import services
from projects.people.accounts.tasks import close_departed_accounts
from projects.people.administrators.log import list_events
from roles.models import INSTALLATION, User
from tests.administrators import end_rights, make_administrator

pytestmark = pytest.mark.django_db

PEOPLE, ENGLISH = "/administration/people/", {"accept-language": "en"}


def in_days(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


def pass_the_last_day(*people: Any) -> None:
    """Let the last day of these people have been yesterday: the database has its own clock."""
    for person in people:
        person.refresh_from_db()
        person.last_day = in_days(-1)
        person.save()


def notices(reason: Reason) -> dict[str, str]:
    """Return the links of the notices of this reason by the address of who received them."""
    return dict(Notification.objects.filter(reason=reason).values_list("recipient__email", "link"))


def last_event(act: str) -> Any:
    return Project.objects.get(level=Level.ORGANISATION).events.filter(act=act).latest("seq")


@pytest.fixture
def other_admin(db: None) -> User:
    """Return another administrator."""
    return make_administrator("second@example.org", "Second Admin")


@pytest.fixture
def plan(staff_admin: Any, client_of: Any) -> Any:
    """Return a function that sets the last day of a person in the browser, and who follows on their seat."""

    def send(person: Any, day: date | str, follower: str = "") -> Any:
        seat = Mandate.objects.active().filter(holder=person, project__code="ONE").first()
        fields = {"last_day": str(day), "step": "record"} | ({f"seat_{seat.pk}": follower} if seat else {})
        return client_of(staff_admin).post(f"{PEOPLE}{person.pk}/close/", fields, headers=ENGLISH)

    return send


def test_a_last_day_is_recorded_told_and_shown(
    plan: Any, pmo: Any, owner: Any, outsider: Any, other_admin: User, staff_admin: Any, client_of: Any
) -> None:
    day = in_days(20)
    answer = plan(pmo, day, outsider.name)
    page = f"{PEOPLE}{pmo.pk}/"
    assert (answer.status_code, answer["Location"]) == (302, page)
    pmo.refresh_from_db()
    assert (pmo.is_active, pmo.last_day) == (True, day)
    event = last_event("plan_departure")
    assert (event.actor, event.subject_id) == (staff_admin, pmo.pk)
    assert f'"last_day":"{day.isoformat()}"' in bytes(event.body).decode()
    assert pmo.history.first().last_day == day
    told = notices(Reason.DEPARTURE_SET)
    assert told[pmo.email] == "/account/"
    assert told[other_admin.email] == page
    assert staff_admin.email not in told
    seat = Mandate.objects.active().get(holder=pmo, project__code="ONE")
    first = (day + timedelta(days=1)).isoformat()
    link = f"/projects/ONE/mandates/appoint/?role=PMO&email={outsider.key}&starts_on={first}#mandate-{seat.pk}"
    assert notices(Reason.ROLE_LEAVING) == {owner.email: link}
    form = html.unescape(client_of(owner).get(link).text)
    assert f'value="{outsider.name}"' in form
    assert f'value="{first}"' in form
    assert "Your last day is" in client_of(pmo).get("/account/", headers=ENGLISH).text
    assert "The account closes in the night that follows" in client_of(staff_admin).get(page, headers=ENGLISH).text
    assert list_events(pmo.name, "plan_departure").get() == event
    mail = build_mail(Notification.objects.get(reason=Reason.DEPARTURE_SET, recipient=pmo))
    assert "hold a role" not in mail.body
    assert pmo.name not in "".join(Notification.objects.values_list("about", flat=True))


def test_another_day_is_told_again_and_the_same_day_is_not(plan: Any, pmo: Any, owner: Any) -> None:
    plan(pmo, in_days(20))
    plan(pmo, in_days(20))
    assert Notification.objects.filter(reason=Reason.DEPARTURE_SET, recipient=pmo).count() == 1
    plan(pmo, in_days(30))
    assert Notification.objects.filter(reason=Reason.DEPARTURE_SET, recipient=pmo).count() == 2
    assert Notification.objects.filter(reason=Reason.ROLE_LEAVING, recipient=owner).count() == 2


def test_it_is_taken_back(plan: Any, pmo: Any, owner: Any, staff_admin: Any, client_of: Any) -> None:
    plan(pmo, in_days(20))
    client = client_of(staff_admin)
    answer = client.post(f"{PEOPLE}{pmo.pk}/stay/")
    assert (answer.status_code, answer["Location"]) == (302, f"{PEOPLE}{pmo.pk}/")
    pmo.refresh_from_db()
    assert pmo.last_day is None
    assert {pmo.email, owner.email} <= set(notices(Reason.DEPARTURE_OFF))
    assert client.post(f"{PEOPLE}{pmo.pk}/stay/").status_code == 409
    assert close_departed_accounts() == 0


def test_the_account_closes_after_the_last_day_and_nobody_gets_a_mandate(
    plan: Any, pmo: Any, owner: Any, outsider: Any, staff_admin: Any
) -> None:
    plan(pmo, in_days(0), outsider.name)
    seats = Mandate.objects.count()
    assert close_departed_accounts() == 0
    pass_the_last_day(pmo)
    assert close_departed_accounts() == 1
    assert close_departed_accounts() == 0
    pmo.refresh_from_db()
    assert (pmo.is_active, pmo.last_day) == (False, None)
    assert last_event("close_account").actor.email == INSTALLATION
    assert pmo.history.first().history_user.email == INSTALLATION
    assert Mandate.objects.count() == seats
    assert set(notices(Reason.ROLE_LEFT)) == {owner.email}
    assert staff_admin.email in notices(Reason.DEPARTURE_OVER)
    assert pmo.email not in notices(Reason.DEPARTURE_OVER)


def test_the_last_administrator_stays_and_others_still_close(plan: Any, pmo: Any, other_admin: User) -> None:
    plan(other_admin, in_days(3))
    plan(pmo, in_days(3))
    for person in User.objects.filter(is_staff=True).exclude(pk=other_admin.pk):
        end_rights(other_admin, person)
    pass_the_last_day(pmo, other_admin)
    assert close_departed_accounts() == 1
    other_admin.refresh_from_db()
    assert other_admin.is_active
    assert not User.objects.get(pk=pmo.pk).is_active


def test_a_past_day_one_s_own_account_and_a_closed_one_are_refused(
    plan: Any, pmo: Any, outsider: Any, staff_admin: Any
) -> None:
    assert plan(pmo, in_days(-1)).status_code == 422
    with pytest.raises(ValidationError):
        services.plan_departure(actor=staff_admin, person=pmo, last_day=in_days(-1))
    assert plan(staff_admin, in_days(3)).status_code == 409
    services.close_account(actor=staff_admin, person=outsider)
    assert plan(outsider, in_days(3)).status_code == 409
    pmo.refresh_from_db()
    assert pmo.last_day is None


def test_one_s_own_departure_is_taken_back_by_somebody_else(plan: Any, other_admin: User, client_of: Any) -> None:
    plan(other_admin, in_days(3))
    assert client_of(other_admin).post(f"{PEOPLE}{other_admin.pk}/stay/").status_code == 409
    other_admin.refresh_from_db()
    assert other_admin.last_day == in_days(3)


@pytest.mark.parametrize("member", ["owner", "pmo", "outsider"])
def test_nobody_else_sets_a_last_day_or_reads_an_account(
    member: str, cast: dict[str, Any], moe: Any, client_of: Any
) -> None:
    person = cast[member]
    with pytest.raises(Refused):
        services.plan_departure(actor=person, person=moe, last_day=in_days(3))
    with pytest.raises(Refused):
        services.take_back_departure(actor=person, person=moe)
    assert client_of(person).get(f"{PEOPLE}{moe.pk}/").status_code == 403
    assert client_of(person).post(f"{PEOPLE}{moe.pk}/stay/").status_code == 403


def test_the_page_of_a_person_shows_seats_now_and_before_without_contents(
    pmo: Any, staff_admin: Any, client_of: Any, proposal: Any, former_owner: Any
) -> None:
    client = client_of(staff_admin)
    page = html.unescape(client.get(f"{PEOPLE}{pmo.pk}/", headers=ENGLISH).text)
    assert "No other holder" in page
    assert proposal("submitted").title not in page
    before = client.get(f"{PEOPLE}{former_owner.pk}/", headers=ENGLISH).text
    assert "Previous roles" in before
    assert client.get(f"{PEOPLE}{User.objects.installation().pk}/").status_code == 404


def test_it_is_looked_for_every_hour() -> None:
    assert settings.CELERY_BEAT_SCHEDULE["close-departed"]["task"] == close_departed_accounts.name
