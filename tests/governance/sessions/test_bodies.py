"""Test bodies: those a level usually has, and the days they meet."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from governance.decide.obligations.working_days import Calendar
from governance.models import Body
from governance.sessions.bodies.queries import propose_day
from projects.models import LedgerEvent
from tests.database import fire_deferred_triggers
from tests.governance.sessions.factories import found_body

pytestmark = pytest.mark.django_db


def test_the_usual_bodies_of_a_level_are_proposed_filled_in(pmo: Any, project_one: Any, english: Any) -> None:
    client = english(pmo)
    page = reverse("governance:sittings:session_list", args=["ONE"])
    address = f"{reverse('governance:bodies:body_new', args=['ONE'])}?kind=copil"
    assert address in client.get(page).text
    form = client.get(address).context["form"]
    assert form.initial["rhythm"] == "month"
    assert "MOA" in form.initial["members"]

    sent = {name: value for name, value in form.initial.items() if value is not None}
    given = {"guests": [], "notice_days": "5", "list_days": "5"}
    assert client.post(address, sent | given).status_code == 302
    fire_deferred_triggers()
    body = Body.objects.get(project=project_one)
    assert (body.kind, body.rhythm) == ("copil", "month")
    assert LedgerEvent.objects.latest("pk").act == "write_body"
    assert address not in client.get(page).text


def test_two_bodies_of_a_project_have_two_names(pmo: Any, project_one: Any) -> None:
    found_body(pmo, project_one)
    with pytest.raises(ValidationError):
        found_body(pmo, project_one)


def test_a_role_is_a_member_or_a_guest(pmo: Any, project_one: Any, english: Any) -> None:
    fields = {"name": "X", "kind": "other", "rhythm": "month", "notice_days": "5", "list_days": "5"}
    fields |= {"members": ["MOA"], "guests": ["MOA"]}
    answer = english(pmo).post(reverse("governance:bodies:body_new", args=["ONE"]), fields)
    assert answer.status_code == 422
    assert "not both" in answer.text


@pytest.mark.parametrize("rhythm", ["week", "fortnight", "month", "quarter", "ad_hoc"])
def test_no_proposed_day_is_a_holiday_and_each_leaves_its_notice(rhythm: str) -> None:
    body, calendar = Body(rhythm=rhythm, notice_days=5), Calendar()
    day = None
    today = date(2027, 1, 4)
    for _turn in range(60):
        following = propose_day(body, day, today)
        assert calendar.is_working_day(following)
        assert following >= calendar.add_working_days(today, 5)
        assert day is None or following > day
        day = following
