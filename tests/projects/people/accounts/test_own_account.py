"""Test the pages of one's own account: what it says, its time zone, its password."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.acts import acting_as
from projects.notices.tasks import relay
from projects.people.accounts import services
from roles.models import User
from tests.projects.people.accounts.test_people import ENGLISH, PASSWORD, last_act

pytestmark = pytest.mark.django_db

ACCOUNT, CHANGE = "/account/", "/account/password/"
NEW = {"name": "Hélène Roux", "title": "", "language": "en", "time_zone": "America/Cayenne"}


def test_a_person_keeps_their_own_account(pmo: Any, client_of: Any) -> None:
    client = client_of(pmo)
    answer = client.post(ACCOUNT, NEW)
    assert (answer.status_code, answer["Location"]) == (302, ACCOUNT)
    kept = User.objects.get(pk=pmo.pk)
    assert {field: getattr(kept, field) for field in NEW} == NEW
    assert (kept.email, kept.is_staff, kept.organisation) == (pmo.email, pmo.is_staff, pmo.organisation)
    event = last_act("edit_account")
    assert (event.actor, event.subject_id) == (pmo, pmo.pk)
    changed = sorted(field for field in NEW if NEW[field] != getattr(pmo, field))
    assert json.loads(bytes(event.body))["facts"]["changed"] == ",".join(changed)
    assert kept.history.first().history_user == pmo
    text = client.get(ACCOUNT).content.decode()
    assert "Your account is saved." in text
    assert "Hélène Roux" in text


def test_an_account_saved_as_it_stands_leaves_no_event(pmo: Any, client_of: Any) -> None:
    client = client_of(pmo)
    client.post(ACCOUNT, NEW)
    kept = last_act("edit_account").seq
    client.post(ACCOUNT, NEW)
    assert last_act("edit_account").seq == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "\u200b"), ("name", "x" * 151), ("language", "de"), ("time_zone", "Europe/Atlantis")],
)
def test_a_wrong_value_is_refused_beside_its_field(field: str, value: str, pmo: Any, client_of: Any) -> None:
    answer = client_of(pmo).post(ACCOUNT, NEW | {field: value}, headers=ENGLISH)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode() or f"#id_{field}" in answer.content.decode()
    assert User.objects.get(pk=pmo.pk).name == pmo.name


def test_the_page_shows_the_roles_of_the_reader(pmo: Any, outsider: Any, client_of: Any) -> None:
    assert "/projects/ONE/" in client_of(pmo).get(ACCOUNT).content.decode()
    assert "You hold no role on a project." in client_of(outsider).get(ACCOUNT, headers=ENGLISH).content.decode()


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../../etc/passwd", "/"])
def test_a_time_zone_that_nobody_knows_stops_no_page(zone: str, pmo: Any, client_of: Any) -> None:
    pmo.time_zone = zone
    with acting_as(pmo):
        pmo.save()
    client = client_of(pmo)
    assert client.get("/projects/ONE/").status_code == 200
    assert client.get(ACCOUNT).status_code == 200


def test_a_password_is_changed_with_the_current_one(pmo: Any, client: Client, mailoutbox: list[Any]) -> None:
    here, elsewhere = client, Client()
    for browser in (here, elsewhere):
        browser.post("/sign-in/", {"login": pmo.email, "password": "ouvrage-cast"})
        assert browser.get(ACCOUNT).status_code == 200
    answer = here.post(CHANGE, {"current": "ouvrage-cast", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, ACCOUNT)
    assert here.get(ACCOUNT).status_code == 200
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert User.objects.get(pk=pmo.pk).check_password(PASSWORD)
    event = last_act("change_password")
    assert (event.actor, event.subject_id) == (pmo, pmo.pk)
    assert PASSWORD not in str(event.detail)
    relay()
    [mail] = mailoutbox
    assert mail.to == [pmo.email]
    assert PASSWORD not in mail.body


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"current": "wrong", "password": PASSWORD}, "current"),
        ({"current": "", "password": PASSWORD}, "current"),
        ({"current": "ouvrage-cast", "password": "short"}, "password"),
        ({"current": "ouvrage-cast", "password": ""}, "password"),
    ],
)
def test_a_wrong_or_weak_password_changes_nothing(
    fields: dict[str, str], field: str, pmo: Any, client_of: Any, mailoutbox: list[Any]
) -> None:
    answer = client_of(pmo).post(CHANGE, fields)
    assert answer.status_code == 422
    assert f"#id_{field}" in answer.content.decode()
    assert User.objects.get(pk=pmo.pk).check_password("ouvrage-cast")
    assert mailoutbox == []


def test_nobody_but_its_person_reaches_an_account(client: Client) -> None:
    for page in (ACCOUNT, CHANGE):
        assert client.get(page)["Location"] == f"/sign-in/?next={page}"
        assert client.post(page, NEW)["Location"].startswith("/sign-in/")


def test_guesses_of_the_current_password_are_limited(pmo: Any, client_of: Any) -> None:
    cache.clear()
    client = client_of(pmo)
    answers = [client.post(CHANGE, {"current": str(guess), "password": PASSWORD}).status_code for guess in range(6)]
    assert answers == [*[422] * 5, 429]
    assert client.post(CHANGE, {"current": "ouvrage-cast", "password": PASSWORD}).status_code == 429
    assert User.objects.get(pk=pmo.pk).check_password("ouvrage-cast")
    cache.clear()


def test_an_account_closed_meanwhile_stays_closed(pmo: Any, staff_admin: Any) -> None:
    read_before = User.objects.get(pk=pmo.pk)
    services.close_account(actor=staff_admin, person=pmo)
    services.change_password(actor=read_before, current="ouvrage-cast", password=PASSWORD)
    assert not User.objects.get(pk=pmo.pk).is_active
