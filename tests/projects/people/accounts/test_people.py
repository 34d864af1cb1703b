"""Test how people come in: the set-up of an empty instance, invitations, the directory, the end of an account."""

import csv
import html
import re
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from core.access import Refused, can
from core.tables.reader import open_table
from projects.enums import Level
from projects.models import Notification, Project
from projects.notices.services import retry_mails
from projects.notices.tasks import relay
from projects.organisation_settings.queries import organisation
from projects.people.accounts import services
from projects.people.accounts.forms import SetUpForm
from projects.people.accounts.invitations import build_link, find_failed, find_invited
from projects.people.accounts.set_up import build_set_up_link
from roles.models import User
from tests.attacks import switch
from tests.database import owning, run, statements

pytestmark = pytest.mark.django_db

PEOPLE, INVITE = "/administration/people/", "/administration/people/invite/"
PASSWORD = "a-long-word-nobody-knows"
ENGLISH = {"accept-language": "en"}
PERSON = {
    "email": "lea.martin@example.org",
    "name": "Léa Martin",
    "title": "Cheffe de service",
    "organisation": "Port autonome",
    "language": "fr",
}


def path_of(link: str) -> str:
    """Return the path of an absolute link."""
    return urlsplit(link).path


def link_in(text: str) -> str:
    """Return the path of the link in a mail."""
    [link] = re.findall(r"https?://\S+", text)
    return path_of(link)


def last_act(act: str) -> Any:
    """Return the last event of this act in the organisation's chain."""
    return Project.objects.get(level=Level.ORGANISATION).events.filter(act=act).latest("seq")


@pytest.fixture
def invited(staff_admin: Any, client_of: Any, mailoutbox: list[Any]) -> User:
    """Invite a person in the browser."""
    answer = client_of(staff_admin).post(INVITE, PERSON)
    assert (answer.status_code, answer["Location"]) == (302, PEOPLE)
    return User.objects.get(email=PERSON["email"])


# — invitations —


def test_an_invited_person_chooses_a_password_by_the_mail_and_is_signed_in(
    invited: User, mailoutbox: list[Any]
) -> None:
    [sent] = mailoutbox
    assert (sent.to, sent.subject) == ([invited.email], "Invitation à utiliser Ouvrage")
    client, link = Client(), link_in(sent.body)
    assert invited.name in client.get(link).text
    answer = client.post(link, {"password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    assert User.objects.get(pk=invited.pk).check_password(PASSWORD)


def test_what_is_typed_after_the_first_session_ended_is_kept(invited: User, mailoutbox: list[Any]) -> None:
    browser, path = Client(), "/account/absence/"
    browser.post(link_in(mailoutbox[0].body), {"password": PASSWORD})
    del browser.cookies["sessionid"]
    answer = browser.post(path, {"text": "An hour of work"})
    assert answer["Location"] == f"{path}?unsent=1"


def test_an_invitation_is_an_event_that_names_people_by_their_keys(invited: User, staff_admin: Any) -> None:
    event = last_act("invite")
    assert event.actor == staff_admin
    assert str(invited.key).encode() in bytes(event.body)
    assert b"martin" not in bytes(event.body).lower()


def test_a_link_works_once(invited: User, mailoutbox: list[Any]) -> None:
    link = link_in(mailoutbox[0].body)
    Client().post(link, {"password": PASSWORD})
    for answer in (Client().get(link), Client().post(link, {"password": "another-long-word-1"})):
        assert "This link has expired" in answer.text or "Ce lien a expiré" in answer.text
    assert User.objects.get(pk=invited.pk).check_password(PASSWORD)


def test_a_person_invited_again_uses_the_last_link(
    invited: User, staff_admin: Any, client_of: Any, mailoutbox: list[Any]
) -> None:
    assert client_of(staff_admin).post(f"{PEOPLE}{invited.pk}/invite/").status_code == 302
    first, second = (link_in(sent.body) for sent in mailoutbox)
    Client().post(first, {"password": PASSWORD})
    assert not User.objects.get(pk=invited.pk).has_usable_password()
    Client().post(second, {"password": PASSWORD})
    assert User.objects.get(pk=invited.pk).check_password(PASSWORD)


def test_a_link_ends_after_seven_days_and_with_the_account(
    invited: User, staff_admin: Any, mailoutbox: list[Any]
) -> None:
    link = link_in(mailoutbox[0].body)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert find_invited(link.strip("/").partition("/")[2]) is None
    services.close_account(actor=staff_admin, person=invited)
    Client().post(link, {"password": PASSWORD})
    assert not User.objects.get(pk=invited.pk).has_usable_password()


@pytest.mark.parametrize("word", ["short", "lea.martin@example.org"])
def test_a_weak_password_is_told_and_nothing_is_kept(word: str, invited: User, mailoutbox: list[Any]) -> None:
    answer = Client().post(link_in(mailoutbox[0].body), {"password": word})
    assert answer.status_code == 422
    assert not User.objects.get(pk=invited.pk).has_usable_password()


def test_a_forgotten_password_is_chosen_with_the_hint_of_the_invitation(owner: Any, mailoutbox: list[Any]) -> None:
    browser = Client(headers=ENGLISH)
    browser.post("/password/reset/", {"email": owner.email})
    [sent] = mailoutbox
    assert not sent.subject.startswith("["), "no host in brackets"
    page = browser.get(link_in(sent.body), follow=True).text
    assert "At least 12 characters." in page
    assert "commonly used" not in page


@pytest.mark.parametrize("token", ["x", "a:b:c", "WyJ4Il0:1abc:zzzz"])
def test_a_made_up_link_opens_nothing(token: str) -> None:
    for address in (f"/invitation/{token}/", f"/set-up/{token}/"):
        answer = Client().get(address, headers=ENGLISH)
        assert answer.status_code == 200
        assert "This link has expired" in answer.text


def test_a_link_of_somebody_with_a_password_does_not_exist(owner: Any) -> None:
    answer = Client().post(path_of(build_link(owner)), {"password": PASSWORD})
    assert "password" not in answer.text.partition("<main")[2]
    assert not User.objects.get(pk=owner.pk).check_password(PASSWORD)


def test_an_address_in_use_is_told_whatever_its_case(staff_admin: Any, owner: Any, client_of: Any) -> None:
    fields = PERSON | {"email": owner.email.upper()}
    answer = client_of(staff_admin).post(INVITE, fields, headers=ENGLISH)
    assert answer.status_code == 422
    assert "This address already has an account." in answer.text
    assert PERSON["name"] in answer.text


def test_a_mail_server_that_is_down_loses_nothing(staff_admin: Any, client_of: Any, settings: Any) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 9},
        }
    }
    client = client_of(staff_admin)
    answer = client.post(INVITE, PERSON, headers=ENGLISH, follow=True)
    assert "The email could not be sent." in answer.text
    assert "Invited, email not sent" in answer.text
    person = User.objects.get(email=PERSON["email"])
    page = client.get(f"{PEOPLE}{person.pk}/", headers=ENGLISH).text
    assert "The email of the invitation did not leave. No email server answers at" in page
    assert "Invited, email not sent" in client.get(f"{PEOPLE}people.csv", headers=ENGLISH).text


def test_an_invitation_that_failed_leaves_by_itself_once_the_server_is_back(
    staff_admin: Any, client_of: Any, monkeypatch: Any, mailoutbox: list[Any]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", refuse)
        client_of(staff_admin).post(INVITE, PERSON)
    person = User.objects.get(email=PERSON["email"])
    assert retry_mails(Notification.objects.failed()) == 1
    assert relay() == 1
    [mail] = mailoutbox
    client = Client()
    assert client.get(link_in(mail.body)).status_code == 200
    assert find_failed(person) is None


def test_a_person_invited_again_gets_one_mail_and_is_no_longer_marked(
    staff_admin: Any, client_of: Any, monkeypatch: Any, mailoutbox: list[Any]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", refuse)
        client_of(staff_admin).post(INVITE, PERSON)
    person = User.objects.get(email=PERSON["email"])
    answer = client_of(staff_admin).post(f"{PEOPLE}{person.pk}/invite/", headers=ENGLISH, follow=True)
    assert "The invitation is sent." in answer.text
    assert "Invited, email not sent" not in answer.text
    relay()
    assert [mail.to for mail in mailoutbox] == [[person.email]]
    assert not Notification.objects.to_mail().filter(recipient=person).exists()


def refuse(*_args: Any, **_options: Any) -> int:
    """Fail as a mail server that is down."""
    raise ConnectionRefusedError


@pytest.mark.parametrize("member", ["owner", "pmo", "amoa", "outsider"])
def test_only_administrators_keep_people(member: str, cast: dict[str, Any], client_of: Any, moe: Any) -> None:
    assert not can(cast[member], "projects.invite")
    assert not can(cast[member], "projects.close_account")
    client = client_of(cast[member])
    assert {client.get(PEOPLE).status_code, client.post(INVITE, PERSON).status_code} == {403}
    assert client.post(f"{PEOPLE}{moe.pk}/close/", {"step": "record"}).status_code == 403
    for act in (services.invite_again, services.close_account):
        with pytest.raises(Refused):
            act(actor=cast[member], person=moe)
    assert User.objects.get(pk=moe.pk).is_active


# — the directory —


def test_the_directory_finds_people_by_words_and_state(invited: User, staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)

    def shown(**query: str) -> set[str]:
        return set(re.findall(r"[\w.]+@example\.org", client.get(PEOPLE, query).text.partition("<tbody")[2]))

    assert invited.email in shown()
    assert shown(q="martin port") == {invited.email}
    assert shown(state="invited", q="Léa") == {invited.email}
    assert invited.email not in shown(state="active")
    assert shown(q="no such person") == set()
    assert "installation" not in client.get(PEOPLE).text


def test_the_directory_finds_people_by_organisation(pmo: Any, moe: Any, staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)

    def shown(organisation: str) -> str:
        page: str = client.get(PEOPLE, {"organisation": organisation}).text
        return page

    listed = shown(str(pmo.organisation_id)).partition("<tbody")[2]
    assert (pmo.email in listed, moe.email in listed) == (True, False)
    assert f'value="{pmo.organisation_id}" selected' in shown(str(pmo.organisation_id))
    for nothing in ("", "x", "-1", "9" * 18, "9" * 30, "²"):
        assert moe.email in shown(nothing)


def test_the_directory_costs_the_same_with_more_people(staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    with statements() as few:
        client.get(PEOPLE)
    for number in range(20):
        User.objects.create_user(f"p{number}@example.org", name=f"P {number}")
    with statements() as many:
        client.get(PEOPLE)
    assert few.total() == many.total()


def test_the_directory_tells_who_holds_a_role(staff_admin: Any, pmo: Any, outsider: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    for roles, listed in (("holding", {True: pmo, False: outsider}), ("none", {True: outsider, False: pmo})):
        page = client.get(PEOPLE, {"roles": roles}).text
        assert {shown: person.email in page for shown, person in listed.items()} == {True: True, False: False}
    assert client.get(PEOPLE, {"roles": "x'"}).text.count("<tr>") == client.get(PEOPLE).text.count("<tr>")


def test_the_directory_is_downloaded_as_it_is_filtered(invited: User, staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    page = client.get(PEOPLE, {"q": "martin", "state": "invited"}, headers=ENGLISH).text
    [link] = re.findall(r'href="([^"]+people\.csv[^"]*)"', page)
    answer = client.get(html.unescape(link), headers=ENGLISH)
    assert answer["Content-Disposition"].startswith('attachment; filename="people-')
    [head, row] = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    assert head[:4] == ["Full name", "Email address", "Title or position", "Organisation"]
    told = ["Léa Martin", invited.email, "Cheffe de service", "Port autonome", "Français", "Invited", "No", "0"]
    assert row == told
    table = open_table("people.xlsx", client.get(f"{PEOPLE}people.xlsx", {"q": "martin"}).content)
    assert invited.email in {cell for row in table.rows for cell in row}
    assert client.get(f"{PEOPLE}people.pdf").status_code == 404


def test_a_name_that_looks_like_a_formula_is_text_in_the_file(staff_admin: Any, client_of: Any) -> None:
    User.objects.create_user("f@example.org", name="=1+1")
    assert "'=1+1" in client_of(staff_admin).get(f"{PEOPLE}people.csv").content.decode()


@pytest.mark.parametrize("member", ["owner", "pmo", "outsider"])
def test_nobody_else_downloads_it(member: str, cast: dict[str, Any], client_of: Any) -> None:
    assert client_of(cast[member]).get(f"{PEOPLE}people.csv").status_code == 403


# — the end of an account —


def test_an_account_is_closed_after_reading_which_roles_become_vacant(
    staff_admin: Any, pmo: Any, client_of: Any
) -> None:
    client, address = client_of(staff_admin), f"{PEOPLE}{pmo.pk}/close/"
    assert "ONE" in client.get(address).text
    assert client.post(address, {"step": "record"}).status_code == 302
    assert not User.objects.get(pk=pmo.pk).is_active
    assert last_act("close_account").actor == staff_admin
    assert client.post(address, {"step": "record"}).status_code == 409


def test_nobody_closes_their_own_account(staff_admin: Any, client_of: Any) -> None:
    answer = client_of(staff_admin).post(f"{PEOPLE}{staff_admin.pk}/close/", {"step": "record"}, headers=ENGLISH)
    assert answer.status_code == 409
    assert "You cannot close your own account." in answer.text
    assert User.objects.get(pk=staff_admin.pk).is_active


# — the set-up of an empty instance —


SET_UP = {
    "organisation": "Ville de Brillance",
    "name": "Alix Mercadier",
    "email": "alix@example.org",
    "language": "fr",
    "time_zone": "America/Martinique",
    "holidays": "none",
    "sender_name": "Ouvrage de Brillance",
    "sender_address": "ouvrage@brillance.example",
    "password": PASSWORD,
}


@pytest.fixture
def without_administrators(cast: dict[str, Any]) -> None:
    """Demote all administrators, past the triggers that keep one."""
    names = ("keeps_an_administrator", "is_administrator_by_another", "password_leaves_an_event")
    guards = [switch(f"user.{name}").split(" ON ") for name in names]
    with owning():
        for trigger, table in guards:
            run(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')
        run("UPDATE roles_user SET is_staff = false")
        for trigger, table in guards:
            run(f'ALTER TABLE {table} ENABLE ALWAYS TRIGGER "{trigger}"')


@pytest.mark.usefixtures("without_administrators")
def test_the_first_administrator_sets_ouvrage_up_by_the_printed_link_and_once() -> None:
    said = StringIO()
    call_command("welcome", stdout=said)
    client, link = Client(), path_of(said.getvalue().strip())
    assert client.get(link).status_code == 200
    answer = client.post(link, SET_UP)
    assert (answer.status_code, answer["Location"]) == (302, "/administration/settings/email/")
    person = User.objects.get(email=SET_UP["email"])
    assert (person.is_staff, person.is_superuser, str(person.organisation)) == (True, False, SET_UP["organisation"])
    assert client.get("/projects/new/").status_code == 200
    kept = organisation()
    assert (kept.name, kept.language, kept.holidays) == (SET_UP["organisation"], "fr", "none")
    assert kept.sender == '"Ouvrage de Brillance" <ouvrage@brillance.example>'
    assert person.time_zone == kept.time_zone == SET_UP["time_zone"]
    assert last_act("edit_settings").actor == User.objects.installation()
    assert last_act("set_up").actor == User.objects.installation()
    again = Client().post(link, SET_UP | {"email": "other@example.org"})
    assert not User.objects.filter(email="other@example.org").exists()
    assert again.status_code == 200


def test_an_instance_with_an_administrator_is_never_set_up_again(staff_admin: Any) -> None:
    with pytest.raises(CommandError, match="There is an administrator already"):
        call_command("welcome")
    Client().post(path_of(build_set_up_link()), SET_UP)
    assert not User.objects.filter(email=SET_UP["email"]).exists()


@pytest.mark.usefixtures("without_administrators")
@pytest.mark.parametrize("name", sorted(SET_UP.keys() - {"language", "sender_name", "sender_address"}))
def test_what_is_missing_at_the_set_up_is_told_and_the_rest_kept(name: str) -> None:
    answer = Client().post(path_of(build_set_up_link()), SET_UP | {name: ""}, headers=ENGLISH)
    assert answer.status_code == 422
    kept = {value for field, value in SET_UP.items() if field not in {name, "password", "language", "holidays"}}
    assert not [value for value in kept if value not in answer.text]
    assert not User.objects.filter(name=SET_UP["name"]).exists()


@pytest.mark.usefixtures("without_administrators")
def test_the_terminal_asks_the_same_questions_and_asks_again_after_a_wrong_answer(
    monkeypatch: Any, mailoutbox: list[Any]
) -> None:
    wrong = {"email": "nobody", "time_zone": "Europe/Atlantis"}
    answers = [given for name, value in _in_order() for given in (*([wrong[name]] if name in wrong else []), value)]
    secrets = ["too short", PASSWORD]
    monkeypatch.setattr("builtins.input", lambda _prompt: answers.pop(0))
    monkeypatch.setattr("getpass.getpass", lambda _prompt: secrets.pop(0))
    said = StringIO()
    call_command("welcome", "--terminal", stdout=said)
    person = User.objects.get(email=SET_UP["email"])
    assert person.is_staff
    assert person.check_password(PASSWORD)
    assert (organisation().time_zone, organisation().holidays) == (SET_UP["time_zone"], "none")
    assert not answers
    assert not secrets
    [mail] = mailoutbox
    assert mail.to == [SET_UP["email"]]
    assert mail.from_email == organisation().sender
    assert SET_UP["email"] in said.getvalue()


def _in_order() -> list[tuple[str, str]]:
    """Return the answers in the order of the questions."""
    return [(name, SET_UP[name]) for name in SetUpForm().fields if name != "password"]
