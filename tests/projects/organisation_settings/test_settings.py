"""Test the settings of the organisation: who changes them, what they change, the logo, the test mail."""

import json
import re
import smtplib
import socket
import struct
import zlib
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from config.celery import app
from core.history import Outdated, version_of
from governance.decide.obligations.working_days import Calendar
from projects.models import LedgerEvent, Logo, OrganisationSettings
from projects.organisation_settings import services
from projects.organisation_settings.queries import day_of, organisation, organisation_at, sender, zone
from projects.organisation_settings.sections import list_sections
from roles.models import User
from tests.database import backdate, fire_deferred_triggers
from tests.projects.people.accounts.test_people import ENGLISH, last_act

pytestmark = pytest.mark.django_db

SETTINGS, TEST_MAIL = "/administration/settings/", "/administration/settings/email/"
POSTED = {
    "name": "City of Brillance",
    "language": "en",
    "time_zone": "America/Martinique",
    "holidays": "own",
    "own_holidays": "2026-12-26\n02/11/2026",
    "sender_name": "Ouvrage, Brillance",
    "sender_address": "ouvrage@brillance.example",
    "opinion_days": "15",
    "answer_days": "20",
    "list_days": "3",
    "second_factor": "nobody",
    "credential_hours": "48",
    "delay_cloudy": "10",
    "delay_stormy": "30",
    "cost_cloudy": "102",
    "cost_stormy": "120",
    "scope_cloudy": "95",
    "scope_stormy": "60",
    "storm_watch": "15",
    "storm_alert": "30",
}


def png(width: int = 3, height: int = 2) -> bytes:
    """Return a PNG picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress(b"".join(b"\x00" + b"\x30\x60\x90" * width for _ in range(height)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def save(admin: Any, **fields: Any) -> OrganisationSettings:
    """Save settings as an administrator who has read them."""
    return services.edit_settings(actor=admin, fields=fields, seen=version_of(OrganisationSettings.objects.get()))


def post(client: Any, **changes: Any) -> Any:
    """Send the forms of an administrator who has read each page just now; return the first answer that saves nothing.

    With `changes`, the forms of the sections that hold them alone.
    """
    sections = [section for section in list_sections() if not changes or set(section.fields) & set(changes)]
    for section in sections:
        fields = {name: POSTED[name] for name in section.fields if name in POSTED}
        seen = version_of(OrganisationSettings.objects.get())
        answer = client.post(section.url, fields | {"seen": seen} | changes, headers=ENGLISH)
        if answer.status_code != 302:
            break
    return answer


def test_each_section_is_a_page_with_its_own_fields_and_the_history_of_its_own(
    staff_admin: Any, superuser: Any, client_of: Any
) -> None:
    client = client_of(staff_admin)
    save(superuser, credential_hours=12)
    save(staff_admin, opinion_days=15)
    shown = []
    for section in list_sections():
        answer = client.get(section.url, headers=ENGLISH)
        assert re.findall(r'aria-current="page">\s*([^<]+)</a>', answer.text)[-1].strip() == str(section.heading)
        shown += [name for name in answer.context["form"].fields if name != "seen"]
        last = answer.context["last"]
        assert (last.history_user == superuser) == (section.code == "sign-in"), section.code
    of_others = {"without_logo", "second_factor_roles"}
    expected = {name for section in list_sections() for name in section.fields} - of_others
    assert len(shown) == len(set(shown))
    assert {name for name in shown if not name.startswith("roles_")} == expected


def test_saving_a_section_leaves_the_others_as_they_are(staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    post(client)
    before = organisation()
    kept = {name: getattr(before, name) for name in POSTED}
    post(client, opinion_days="20")
    assert {name: getattr(organisation(), name) for name in POSTED} == kept | {"opinion_days": 20}
    assert json.loads(bytes(last_act("edit_settings").body))["facts"]["changed"] == "opinion_days"


@pytest.mark.parametrize("section", ["none", "organisation", "%00"])
def test_an_unknown_section_is_absent(section: str, staff_admin: Any, client_of: Any) -> None:
    assert client_of(staff_admin).get(f"{SETTINGS}{section}/").status_code == 404


def test_an_administrator_saves_the_settings_with_history_and_event(staff_admin: Any, client_of: Any) -> None:
    before = LedgerEvent.objects.latest("pk").pk
    answer = post(client_of(staff_admin))
    assert (answer.status_code, answer["Location"]) == (302, f"{SETTINGS}weather/")
    row = organisation()
    assert {name: str(getattr(row, name)) for name in POSTED if name != "own_holidays"} == {
        name: value for name, value in POSTED.items() if name != "own_holidays"
    }
    assert row.own_holidays == [date(2026, 11, 2), date(2026, 12, 26)]
    assert row.history.first().history_user == staff_admin
    events = LedgerEvent.objects.filter(pk__gt=before, act="edit_settings", actor=staff_admin)
    assert {event.subject for event in events} == {"projects.organisationsettings"}
    changed = [json.loads(bytes(event.body))["facts"]["changed"].split(",") for event in events]
    assert sorted(chain.from_iterable(changed)) == sorted(set(POSTED) - {"second_factor"})
    fire_deferred_triggers()


def test_settings_saved_as_they_stand_leave_no_event(staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    post(client)
    kept = organisation().history.count()
    post(client)
    assert organisation().history.count() == kept


def test_settings_changed_by_somebody_else_meanwhile_are_not_overwritten(
    staff_admin: Any, superuser: Any, client_of: Any
) -> None:
    seen = version_of(OrganisationSettings.objects.get())
    save(superuser, name="Port of Brillance")
    answer = client_of(staff_admin).post(
        SETTINGS, {"name": POSTED["name"], "language": "en", "seen": seen}, headers=ENGLISH
    )
    assert answer.status_code == 409
    assert f'value="{POSTED["name"]}"' in answer.text
    assert "Saved meanwhile:" in answer.text
    assert "<q>Port of Brillance</q>" in answer.text
    assert organisation().name == "Port of Brillance"
    with pytest.raises(Outdated):
        services.edit_settings(actor=staff_admin, fields={"name": "X"}, seen=seen)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b"),
        ("language", "de"),
        ("time_zone", "Europe/Atlantis"),
        ("time_zone", "x" * 300),
        ("holidays", "mars"),
        ("own_holidays", ""),
        ("own_holidays", "tomorrow"),
        ("own_holidays", "2026-02-30"),
        ("sender_address", "nobody"),
        ("sender_address", "a@example.org\nBcc: b@example.org"),
        ("opinion_days", "0"),
        ("opinion_days", "61"),
        ("opinion_days", ""),
        ("answer_days", "1"),
        ("list_days", "61"),
        ("delay_cloudy", "-1"),
        ("delay_stormy", "9"),
        ("cost_stormy", "101"),
        ("scope_stormy", "96"),
        ("storm_alert", "14"),
        ("scope_cloudy", "101"),
        ("delay_cloudy", "99999999999999999999"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(field: str, value: str, staff_admin: Any, client_of: Any) -> None:
    answer = post(client_of(staff_admin), **{field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text
    assert organisation().name == ""


# — days —


def test_days_are_those_of_the_organisation(staff_admin: Any) -> None:
    evening = datetime(2026, 11, 27, 1, tzinfo=UTC)
    assert day_of(evening) == date(2026, 11, 27)
    save(staff_admin, time_zone="America/Martinique")
    assert day_of(evening) == date(2026, 11, 26)
    assert str(zone()) == "America/Martinique"


def test_a_task_counts_days_in_the_zone_of_the_organisation(staff_admin: Any) -> None:
    save(staff_admin, time_zone="Pacific/Auckland")

    @app.task(name="tests.zone_in_use")
    def zone_in_use() -> str:
        return timezone.get_current_timezone_name()

    try:
        assert zone_in_use() == "Pacific/Auckland"
    finally:
        app.tasks.pop(zone_in_use.name)


def test_own_dates_replace_the_holidays_of_france() -> None:
    christmas, after = date(2026, 12, 25), date(2026, 12, 28)
    own = Calendar.read({"time_zone": "Europe/Paris", "holidays": "own", "own_holidays": [str(after)]})
    none = Calendar.read({"time_zone": "Europe/Paris", "holidays": "none", "own_holidays": []})
    assert [c.is_working_day(christmas) for c in (Calendar.read(None), own, none)] == [False, True, True]
    assert [c.is_working_day(after) for c in (Calendar.read(None), own, none)] == [True, False, True]


def test_obligations_use_the_calendar_of_the_organisation(staff_admin: Any, project_one: Any) -> None:
    from tests.governance.decide.obligations.made_up import facts_of

    save(staff_admin, holidays="own", own_holidays=[date(2026, 12, 28)], time_zone="America/Martinique")
    calendar = facts_of(project_one, timezone.now()).life.calendar
    assert (str(calendar.zone), calendar.own) == ("America/Martinique", frozenset([date(2026, 12, 28)]))


def test_a_person_who_is_invited_starts_with_the_zone_of_the_organisation(staff_admin: Any, client_of: Any) -> None:
    save(staff_admin, time_zone="Indian/Reunion")
    person = {"email": "new@example.org", "name": "Léa Martin", "language": "fr", "organisation": "Port"}
    client_of(staff_admin).post("/administration/people/invite/", person)
    assert User.objects.get(email="new@example.org").time_zone == "Indian/Reunion"


# — the logo —


def test_the_logo_is_shown_on_pages_and_replaced(staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    answer = post(client, logo=SimpleUploadedFile("logo.png", png()))
    assert answer.status_code == 302
    logo = Logo.objects.get()
    assert f'src="{logo.get_absolute_url()}"' in Client().get("/sign-in/").text
    picture = Client().get(logo.get_absolute_url())
    assert (picture.content, picture["Content-Type"]) == (png(), "image/png")
    assert "nosniff" in picture["X-Content-Type-Options"]
    post(client, without_logo="on")
    assert organisation().logo is None
    assert logo.get_absolute_url() not in Client().get("/sign-in/").text
    fire_deferred_triggers()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("logo.gif", b"GIF89a"),
        ("logo.pdf", b"%PDF-1.7"),
        ("logo.png", b""),
        ("logo.png", png()[:-30] + png()[-12:]),
        ("logo.png", png(2_001, 1)),
        ("logo.png", png() + b"x" * 300_000),
        ("logo.jpg", b"\xff\xd8\xff\xe0 no picture"),
        ("logo.jpg", b"\xff\xd8\xff" + b"\xff" * 500),
    ],
)
def test_only_a_small_sound_png_or_jpeg_becomes_the_logo(
    name: str, content: bytes, staff_admin: Any, client_of: Any
) -> None:
    answer = post(client_of(staff_admin), logo=SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert 'id="id_logo_error"' in answer.text
    assert not Logo.objects.exists()


def test_a_record_shows_name_and_logo_of_its_day(staff_admin: Any, client_of: Any) -> None:
    before = timezone.now()
    post(client_of(staff_admin), logo=SimpleUploadedFile("logo.png", png()))
    assert organisation_at(before).name == ""
    assert organisation_at(timezone.now()).name == POSTED["name"]


# — mails —


CHOSEN = '"Ouvrage, Brillance" <ouvrage@brillance.example>'


def test_mails_leave_from_another_sender_after_the_waiting_time(
    staff_admin: Any, client_of: Any, mailoutbox: list[Any], settings: Any
) -> None:
    assert sender() == settings.DEFAULT_FROM_EMAIL
    post(client_of(staff_admin))
    client, invited = client_of(staff_admin), {"name": "Léa Martin", "language": "fr", "organisation": "Port"}
    shown = client.get(TEST_MAIL, headers=ENGLISH).text
    assert "Until then other emails leave from" in shown
    client.post(TEST_MAIL)
    client.post("/administration/people/invite/", {"email": "n@example.org", **invited})
    Client().post("/password/reset/", {"email": staff_admin.email})
    assert [mail.from_email for mail in mailoutbox] == [CHOSEN, *[settings.DEFAULT_FROM_EMAIL] * 2]
    mailoutbox.clear()
    backdate(
        "projects_historicalorganisationsettings",
        "history_date",
        timezone.now() - timedelta(hours=49),
        "sender_address <> ''",
    )
    assert "Until then other emails leave from" not in client.get(TEST_MAIL, headers=ENGLISH).text
    client.post("/administration/people/invite/", {"email": "m@example.org", **invited, "name": "Noé Keller"})
    Client().post("/password/reset/", {"email": staff_admin.email})
    assert [mail.from_email for mail in mailoutbox] == [CHOSEN] * 2


def test_a_test_mail_goes_to_the_administrator(staff_admin: Any, client_of: Any, mailoutbox: list[Any]) -> None:
    client = client_of(staff_admin)
    answer = client.post(TEST_MAIL, follow=True, headers=ENGLISH)
    assert f"The email server accepted the email for {staff_admin.email}." in answer.text
    [mail] = mailoutbox
    assert mail.to == [staff_admin.email]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), "refused the user name or the password"),
        (smtplib.SMTPSenderRefused(550, b"no", "x@example.org"), "refused the sender"),
        (smtplib.SMTPRecipientsRefused({}), "refused the address"),
        (smtplib.SMTPServerDisconnected("bye"), "closed the connection"),
        (smtplib.SMTPDataError(554, b"100% spam"), "did not take the email. 100% spam"),
        (socket.gaierror("x"), "No email server was found"),
        (ConnectionRefusedError(), "No email server answers"),
        (TimeoutError(), "did not answer in time"),
        (OSError(28, "No space left on device"), "did not take the email. No space left on device"),
    ],
)
def test_a_mail_server_that_refuses_is_told_in_clear_words(
    error: Exception, words: str, staff_admin: Any, client_of: Any, monkeypatch: Any
) -> None:
    def refuse(*_args: Any, **_options: Any) -> int:
        raise error

    client = client_of(staff_admin)
    monkeypatch.setattr(EmailMessage, "send", refuse)
    answer = client.post(TEST_MAIL, follow=True, headers=ENGLISH)
    assert answer.status_code == 200
    assert words in answer.text
