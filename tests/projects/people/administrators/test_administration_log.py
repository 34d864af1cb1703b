"""Test the administration log: what it lists, by person and by act, and who reads it."""

from typing import Any

import pytest

from projects.people.accounts.services import close_account, invite
from projects.people.accounts.services import edit_account as edit
from roles.models import User
from tests.database import statements

pytestmark = pytest.mark.django_db
LOG = "/administration/log/"
ENGLISH = {"accept-language": "en"}
ACCOUNT = {"name": "Léa Martin", "title": "", "organisation": "", "language": "fr"}


@pytest.fixture
def invited(staff_admin: Any) -> User:
    """Invite a person."""
    person: User = invite(actor=staff_admin, email="lea@example.org", **ACCOUNT)
    return person


def read(client: Any, **params: str) -> str:
    """Return the page."""
    answer = client.get(LOG, params, headers=ENGLISH)
    assert answer.status_code == 200
    text: str = answer.text
    return text


def test_the_log_says_who_did_what_to_whom(invited: User, staff_admin: Any, client_of: Any) -> None:
    text = read(client_of(staff_admin))
    assert "Person invited" in text
    assert "Léa Martin" in text
    assert str(staff_admin) in text


def test_the_log_names_the_fields_that_changed(pmo: Any, staff_admin: Any, client_of: Any) -> None:
    edit(actor=pmo, name="Hélène Roux", title=pmo.title, language="en", time_zone="America/Cayenne")
    text = read(client_of(staff_admin), act="edit_account")
    assert "Time zone" in text
    assert "Account changed" in text


def test_the_log_is_filtered_by_person_and_by_act(
    invited: User, staff_admin: Any, superuser: Any, client_of: Any
) -> None:
    close_account(actor=superuser, person=invited)
    client = client_of(staff_admin)
    rows = [
        text.count('<th scope="row">')
        for text in (read(client, q="Martin"), read(client, q="lea@example", act="invite"))
    ]
    assert rows == [2, 1]
    assert "No act matches this search." in read(client, q="nobody of that name")
    assert read(client, act="decide").count('<th scope="row">') == read(client).count('<th scope="row">')


def test_only_administrators_read_the_log(owner: Any, pmo: Any, client_of: Any) -> None:
    assert {client_of(person).get(LOG).status_code for person in (owner, pmo)} == {403}


def test_the_log_costs_the_same_with_more_acts(staff_admin: Any, client_of: Any) -> None:
    client, counts = client_of(staff_admin), []
    for number in (1, 20):
        for n in range(number):
            invite(actor=staff_admin, email=f"p{number}.{n}@example.org", **ACCOUNT, is_another=True)
        with statements() as sent:
            read(client)
        counts.append(sum(sent.values()))
    assert counts[0] == counts[1]
