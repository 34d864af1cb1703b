"""Test where a person is signed in: what the page shows, and how every session ends at once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from core.history import bypassing_history
from core.pages.sessions.models import AccountSession
from core.pages.sessions.sign_ins import describe_device, list_sign_ins
from projects.organisation_settings.queries import today
from projects.people.accounts import services
from projects.people.accounts.tasks import clear_sessions
from roles.models import User

pytestmark = pytest.mark.django_db

ACCOUNT, OUT = "/account/", "/account/sign-out/"
ENGLISH = {"accept-language": "en"}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 "
    "Mobile/15E148 Safari/604.1"
)


def sign_in(person: Any, agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    """Sign a person in with a browser at an address."""
    client = Client(headers={"user-agent": agent} | ENGLISH, REMOTE_ADDR=address)
    answer = client.post("/sign-in/", {"login": person.email, "password": "ouvrage-cast"})
    assert answer.status_code == 302
    return client


def test_the_account_shows_each_session_and_marks_this_one(pmo: Any) -> None:
    sign_in(pmo, PHONE, "198.51.100.4")
    page = sign_in(pmo).get(ACCOUNT).text.partition('id="sessions"')[2].partition("</section>")[0]
    here, elsewhere = page.split("<li>")[1:]
    assert ("Firefox, Linux" in here, "192.0.2.7" in here, "This session" in here) == (True, True, True)
    assert ("Safari, iPhone" in elsewhere, "198.51.100.4" in elsewhere) == (True, True)
    assert "This session" not in elsewhere


def test_nobody_sees_the_sessions_of_another_person(pmo: Any, amoa: Any) -> None:
    sign_in(amoa, PHONE, "198.51.100.4")
    assert "198.51.100.4" not in sign_in(pmo).get(ACCOUNT).text


def test_a_person_signs_out_everywhere(pmo: Any, amoa: Any) -> None:
    here, elsewhere, other = sign_in(pmo), sign_in(pmo, PHONE), sign_in(amoa)
    answer = here.post(OUT)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert "You are signed out everywhere." in here.get("/sign-in/").text
    for client in (here, elsewhere):
        assert client.get(ACCOUNT).status_code == 302
    assert other.get(ACCOUNT).status_code == 200
    assert not AccountSession.objects.filter(account_id=pmo.pk).exists()


def test_a_link_or_a_visitor_signs_nobody_out(pmo: Any) -> None:
    client = sign_in(pmo)
    assert client.get(OUT).status_code == 405
    assert Client().post(OUT)["Location"].startswith("/sign-in/")
    assert client.get(ACCOUNT).status_code == 200


def test_closing_an_account_ends_its_sessions_at_once(pmo: Any, staff_admin: Any) -> None:
    client = sign_in(pmo)
    services.close_account(actor=staff_admin, person=pmo)
    assert client.get(ACCOUNT).status_code == 302
    assert not AccountSession.objects.filter(account_id=pmo.pk).exists()


def _close_by_hand(person: Any, admin: Any) -> None:
    services.close_account(actor=admin, person=person)


def _close_at_night(person: Any, admin: Any) -> None:
    with bypassing_history():
        User.objects.filter(pk=person.pk).update(last_day=today() - timedelta(days=1))
    assert services.close_departed(actor=User.objects.installation(), person=person)


def _close_past_the_services(person: Any, admin: Any) -> None:
    with bypassing_history():
        User.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.parametrize("close", [_close_by_hand, _close_at_night, _close_past_the_services])
def test_a_session_does_not_live_again_when_the_account_is_opened(close: Any, pmo: Any, staff_admin: Any) -> None:
    client = sign_in(pmo)
    close(pmo, staff_admin)
    assert client.get(ACCOUNT).status_code == 302
    with bypassing_history():
        User.objects.filter(pk=pmo.pk).update(is_active=True)
    assert client.get(ACCOUNT).status_code == 302
    assert sign_in(pmo).get(ACCOUNT).status_code == 200


def test_a_sign_in_under_way_while_the_account_closes_gives_no_session_later(pmo: Any, staff_admin: Any) -> None:
    client = sign_in(pmo)
    [row] = AccountSession.objects.filter(account_id=pmo.pk)
    services.close_account(actor=staff_admin, person=pmo)
    row.save(force_insert=True)  # the sign-in that read the account before it was closed
    assert client.get(ACCOUNT).status_code == 302
    with bypassing_history():
        User.objects.filter(pk=pmo.pk).update(is_active=True)
    assert client.get(ACCOUNT).status_code == 302


def test_a_changed_password_leaves_only_this_session(pmo: Any) -> None:
    here, _elsewhere = sign_in(pmo), sign_in(pmo, PHONE)
    here.post("/account/password/", {"current": "ouvrage-cast", "password": "a-long-word-nobody-knows"})
    assert here.get(ACCOUNT).text.count("This session") == 1
    pmo.refresh_from_db()
    assert [found.device for found in list_sign_ins(pmo, None)] == ["Firefox, Linux"]


def test_a_session_that_has_expired_is_not_shown_and_is_deleted_at_night(pmo: Any) -> None:
    sign_in(pmo, PHONE)
    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1)):
        assert list_sign_ins(pmo, None) == []
        clear_sessions()
    assert not AccountSession.objects.filter(account_id=pmo.pk).exists()


def test_nothing_done_in_a_session_makes_it_last_longer(pmo: Any) -> None:
    client, began = sign_in(pmo), timezone.now()
    with time_machine.travel(began + timedelta(hours=11)):
        client.post("/account/password/", {"current": "ouvrage-cast", "password": "a-long-word-nobody-knows"})
        assert client.get(ACCOUNT).status_code == 200
    with time_machine.travel(began + timedelta(hours=12, minutes=1)):
        assert client.get(ACCOUNT).status_code == 302


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox, Linux"),
        (PHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.9", "Unknown device"),
        ("", "Unknown device"),
        ("<script>alert(1)</script>", "Unknown device"),
    ],
)
def test_a_device_is_named_in_words(agent: str, device: str) -> None:
    with translation.override("en"):
        assert describe_device(agent) == device
