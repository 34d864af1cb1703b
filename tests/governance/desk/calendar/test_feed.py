"""Test the address by which a calendar client reads the calendar of a person without signing in."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from icalendar import Calendar

from core.acts import acting_as
from governance.desk.calendar import feeds
from governance.desk.calendar.models import CalendarFeed
from governance.desk.calendar.queries import Entry
from governance.desk.calendar.registry import Kind
from governance.desk.calendar.services import build_feed_url, create_feed, end_feed
from pmo.models import Milestone
from projects.models import Mandate, Project
from projects.people.absences.services import state_absence
from projects.people.accounts.services import change_password
from projects.seats.mandates.services import end_mandate
from tests import acts

pytestmark = pytest.mark.django_db

FILE = Path(__file__).parent / "feed.ics"
PAGE = "governance:calendar:my_calendar"


def address_of(person: Any) -> str:
    return build_feed_url(create_feed(person=person))


def events(client: Any, address: str) -> dict[str, Any]:
    """Map the events of the feed by their UID."""
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return {str(event["uid"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_person_creates_changes_and_ends_the_address_on_their_page(cast: Any, client_of: Any, client: Any) -> None:
    browser = client_of(cast["pmo"])

    def press(name: str) -> str:
        answer = browser.post(reverse(f"governance:calendar:{name}"), follow=True)
        text: str = answer.content.decode()
        return text

    assert ".ics" not in browser.get(reverse(PAGE)).content.decode()
    assert ".ics" in press("my_feed_create")
    first = build_feed_url(CalendarFeed.objects.get())
    assert first in browser.get(reverse(PAGE)).content.decode()
    assert client.get(first).status_code == 200
    press("my_feed_create")
    second = build_feed_url(CalendarFeed.objects.get())
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    assert ".ics" not in press("my_feed_end")
    assert client.get(second).status_code == 404


def test_it_has_the_projects_that_its_person_reads_and_no_other(cast: Any, client: Any) -> None:
    for member in ("pmo", "other_pmo", "outsider"):
        visible = {code.lower() for code in Project.objects.visible_to(cast[member]).values_list("code", flat=True)}
        found = events(client, address_of(cast[member]))
        assert {uid.removesuffix("@ouvrage").rpartition(".")[2] for uid in found} <= visible, member
        assert bool(found) == (member != "outsider"), member


def test_a_draft_is_not_there(cast: Any, project_one: Project, client: Any) -> None:
    hidden = acts.draft(cast["pmo"], project_one, kind="schedule")
    shown = acts.submit_to_owner(project_one)
    found = events(client, address_of(cast["pmo"]))
    assert f"proposal-{shown.pk}.one@ouvrage" in found
    assert f"proposal-{hidden.pk}.one@ouvrage" not in found


def test_what_asks_for_something_rings_the_morning_before(cast: Any, project_one: Project, client: Any) -> None:
    file = acts.submit_to_owner(project_one)
    found = events(client, address_of(cast["pmo"]))
    [alarm] = found[f"proposal-{file.pk}.one@ouvrage"].walk("VALARM")
    assert (alarm["action"], alarm["trigger"].dt) == ("DISPLAY", timedelta(hours=-15))
    told = [event for uid, event in found.items() if uid.startswith("communication-")]
    assert told
    assert not any(event.walk("VALARM") for event in told)
    assert not any(event.walk("VALARM") for event in found.values() if event["dtstart"].dt < timezone.localdate())


def test_it_is_in_the_language_of_its_person(cast: Any, project_one: Project, client: Any) -> None:
    file = acts.submit_to_owner(project_one)
    for language, words in (("fr", "Décision attendue"), ("en", "Decision due")):
        with acting_as(cast["pmo"]):
            cast["pmo"].language = language
            cast["pmo"].save()
        found = events(client, address_of(cast["pmo"]))
        assert str(found[f"proposal-{file.pk}.one@ouvrage"]["summary"]).startswith(words)


def test_an_absence_lasts_its_days(cast: Any, client: Any) -> None:
    first = timezone.localdate() + timedelta(days=3)
    last = first + timedelta(days=4)
    state_absence(actor=cast["amoa"], person=cast["amoa"], absent_from=first, absent_until=last, stand_in=None)
    event = events(client, address_of(cast["amoa"]))[f"absence-{cast['amoa'].pk}@ouvrage"]
    assert (event["dtstart"].dt, event["dtend"].dt) == (first, last + timedelta(days=1))


def test_each_line_is_folded_and_no_text_breaks_out_of_its_own(cast: Any, client: Any) -> None:
    assert Milestone.objects.filter(project__code="ONE").exists()
    raw = client.get(address_of(cast["pmo"])).content.decode()
    assert "\n" not in raw.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in raw.split("\r\n"))
    assert raw.count("BEGIN:VEVENT") == raw.count("END:VEVENT") == raw.count("UID:")


def test_an_address_of_nobody_is_not_there(cast: Any, client: Any) -> None:
    good = address_of(cast["pmo"])
    wrong = [good[:-10] + "aaaaaa.ics", good.replace(str(cast["pmo"].key), str(cast["amoa"].key))]
    assert client.get(good).status_code == 200
    assert [client.get(path).status_code for path in wrong] == [404, 404]


def test_it_stops_with_a_new_password_and_with_the_account(cast: Any, client: Any) -> None:
    pmo = cast["pmo"]
    address = address_of(pmo)
    pmo = change_password(actor=pmo, current="ouvrage-cast", password="a long enough password")
    assert client.get(address).status_code == 404
    address = build_feed_url(CalendarFeed.objects.select_related("person").get(person=pmo))
    assert client.get(address).status_code == 200
    with acting_as(pmo):
        pmo.is_active = False
        pmo.save()
    assert client.get(address).status_code == 404


def test_a_project_leaves_it_with_the_seat(cast: Any, project_one: Project, client: Any) -> None:
    address = address_of(cast["pmo"])
    assert any(uid.endswith(".one@ouvrage") for uid in events(client, address))
    end_mandate(actor=cast["owner"], mandate=Mandate.objects.get(project=project_one, holder=cast["pmo"]))
    assert not any(uid.endswith(".one@ouvrage") for uid in events(client, address))


def test_it_opens_nothing_else(cast: Any, project_one: Project, client: Any) -> None:
    client.get(address_of(cast["pmo"]))
    assert client.get(project_one.get_absolute_url()).status_code == 302
    assert "sessionid" not in client.cookies


def test_requests_are_limited(cast: Any, client: Any) -> None:
    good = address_of(cast["pmo"])
    wrong = good[:-10] + "aaaaaa.ics"
    assert [client.get(wrong).status_code for _guess in range(31)] == [404] * 30 + [429]
    end_feed(person=cast["amoa"])
    assert client.get(good).status_code == 200


def test_a_feed_is_the_one_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2026, 12, 2)
    monkeypatch.setattr(feeds, "timezone", SimpleNamespace(localdate=lambda: day))
    project = Project(pk=1, code="VP", title_fr="Quai nord, phase 2", title_en="North quay, phase 2")
    asked, told = (
        Kind("decision", "décision attendue", "gavel", "decide", asks=True),
        Kind("told", "absence", "flag", "away"),
    )
    entries = [
        Entry(date(2026, 11, 2), asked, "proposal-1", "Quai ; grues", "VP-01", "/proposals/1/", project),
        Entry(
            date(2027, 3, 28), asked, "proposal-2", "Digue de l’est, « suite »" * 3, "VP-02", "/proposals/2/", project
        ),
        Entry(date(2026, 12, 24), told, "absence-7", "Ida Öst", "", "/", until=date(2027, 1, 2)),
    ]
    with override("fr"), override_settings(BASE_URL="https://ouvrage.example.org"):
        content = feeds.render_feed("Ouvrage · mon calendrier", entries, {1})
    assert content == FILE.read_bytes()
