"""Test the calendar of a project, and the feed that a calendar client reads without signing in."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from amoa.change_plan.calendar_views import OF_A_PROJECT, build_feed_url
from amoa.change_plan.services import write_communication
from core.acts import acting_as
from governance.desk.calendar.queries import list_entries
from governance.enums import Outcome
from projects.models import Mandate
from projects.people.accounts.services import change_password
from projects.seats.mandates.services import end_mandate
from tests import acts

pytestmark = pytest.mark.django_db


def page(client: Any, month: str = "", code: str = "ONE") -> str:
    answer = client.get(
        reverse("amoa:change_plan:calendar", args=[code]),
        {"month": month} if month else {},
        headers={"accept-language": "en"},
    )
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def feed(client: Any, person: Any, project: Any) -> Any:
    """Map the events of the feed by their UID."""
    answer = client.get(build_feed_url(person, project))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return {str(event["uid"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_the_month_holds_what_is_said_taught_decided_and_due(cast: Any, project_one: Any) -> None:
    today = timezone.localdate()
    acts.decide(cast["owner"], acts.submit_to_owner(project_one), Outcome.APPROVED_WITH_CONDITIONS)
    span = (today - timedelta(days=60), today + timedelta(days=60))
    found = list_entries(cast["amoa"], span, {project_one.pk: project_one}, OF_A_PROJECT)
    assert {entry.kind.name for entry in found} >= OF_A_PROJECT - {"campaign"}
    assert [entry.day for entry in found] == sorted(entry.day for entry in found)


def test_a_month_leads_to_the_one_before_and_the_one_after(amoa: Any, client_of: Any) -> None:
    text = page(client_of(amoa), "2026-12")
    assert 'href="?month=2026-11"' in text
    assert 'href="?month=2027-01"' in text


@pytest.mark.parametrize("month", ["2026-13", "soon", "0000-01", "9999-12", "2026-1"])
def test_an_invalid_month_falls_back_to_the_current_one(month: str, amoa: Any, client_of: Any) -> None:
    assert f"<h1>{timezone.localdate():%B %Y}</h1>" in page(client_of(amoa), month)


def test_the_first_and_the_last_month_lead_on_one_side_only(amoa: Any, client_of: Any) -> None:
    assert "month=1989" not in page(client_of(amoa), "1990-01")
    assert "month=2101" not in page(client_of(amoa), "2100-12")


def test_a_message_after_a_decision_stands_on_its_day_once_known(cast: Any, project_one: Any, client_of: Any) -> None:
    file = acts.submit_to_owner(project_one)
    group = project_one.recipient_groups.get(name="harbour users")
    fields = {"group": group, "title": "Told after", "after": file.number, "days_after": 2}
    write_communication(actor=cast["amoa"], project=project_one, fields=fields)
    day = timezone.localdate() + timedelta(days=2)
    assert "Told after" not in page(client_of(cast["pmo"]), f"{day:%Y-%m}")
    acts.decide(cast["owner"], file)
    assert "Told after" in page(client_of(cast["pmo"]), f"{day:%Y-%m}")


def test_a_calendar_client_reads_whole_days_with_names_that_stay(recipient: Any, project_one: Any, client: Any) -> None:
    events = feed(client, recipient, project_one)
    row = project_one.communications.get(title="New hours of the office")
    event = events[f"communication-{row.pk}.one@ouvrage"]
    assert event["dtstart"].dt == row.due_on
    assert isinstance(event["dtstart"].dt, date)
    assert event["dtend"].dt == row.due_on + timedelta(days=1)
    assert str(event["url"]).endswith(reverse("amoa:change_plan:change_communications", args=["ONE"]))
    assert set(feed(client, recipient, project_one)) == set(events)


def test_a_text_cannot_break_out_of_its_line(cast: Any, project_one: Any, client: Any) -> None:
    words = "Tide; gale, swell\\n BEGIN:VEVENT"
    group = project_one.recipient_groups.get(name="harbour users")
    fields = {"group": group, "title": words, "due_on": timezone.localdate()}
    row = write_communication(actor=cast["amoa"], project=project_one, fields=fields)
    before = len(project_one.communications.all())
    events = feed(client, cast["pmo"], project_one)
    assert words in str(events[f"communication-{row.pk}.one@ouvrage"]["summary"])
    assert sum(name.startswith("communication-") for name in events) <= before
    raw = client.get(build_feed_url(cast["pmo"], project_one)).content.decode()
    assert all(len(line.encode()) <= 75 for line in raw.split("\r\n"))


def test_the_feed_says_no_more_than_its_person_may_read(cast: Any, project_one: Any, client: Any) -> None:
    hidden = acts.draft(cast["pmo"], project_one, kind="schedule")
    shown = acts.submit_to_owner(project_one)
    for member in ("recipient", "pmo"):
        events = feed(client, cast[member], project_one)
        assert f"proposal-{shown.pk}.one@ouvrage" in events
        assert f"proposal-{hidden.pk}.one@ouvrage" not in events


def test_the_feed_of_nobody_is_not_there(cast: Any, project_one: Any, project_two: Any, client: Any) -> None:
    good = build_feed_url(cast["pmo"], project_one)
    wrong = [
        good[:-10] + "aaaaaa.ics",
        good.replace(str(cast["pmo"].key), str(cast["amoa"].key)),
        good.replace(f"/{project_one.pk}/", f"/{project_two.pk}/"),
        build_feed_url(cast["pmo"], project_two),
        build_feed_url(cast["outsider"], project_one),
        build_feed_url(cast["superuser"], project_one),
        build_feed_url(cast["inactive_owner"], project_one),
    ]
    assert client.get(good).status_code == 200
    assert [client.get(path).status_code for path in wrong] == [404] * len(wrong)


def test_the_feed_stops_with_a_new_password(pmo: Any, project_one: Any, client: Any) -> None:
    address = build_feed_url(pmo, project_one)
    pmo = change_password(actor=pmo, current="ouvrage-cast", password="a long enough password")
    assert client.get(address).status_code == 404
    assert client.get(build_feed_url(pmo, project_one)).status_code == 200


def test_the_feed_stops_with_the_account(pmo: Any, project_one: Any, client: Any) -> None:
    address = build_feed_url(pmo, project_one)
    with acting_as(pmo):
        pmo.is_active = False
        pmo.save()
    assert client.get(address).status_code == 404


def test_the_feed_stops_with_the_seat(owner: Any, pmo: Any, project_one: Any, client: Any) -> None:
    address = build_feed_url(pmo, project_one)
    end_mandate(actor=owner, mandate=Mandate.objects.get(project=project_one, holder=pmo))
    assert client.get(address).status_code == 404


def test_the_feed_opens_nothing_else(pmo: Any, project_one: Any, client: Any) -> None:
    client.get(build_feed_url(pmo, project_one))
    assert client.get(project_one.get_absolute_url()).status_code == 302
    assert "sessionid" not in client.cookies
