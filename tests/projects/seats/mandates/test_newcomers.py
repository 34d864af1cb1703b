"""Test that an owner invites a person without an account in the step that appoints, and administrators know."""

import json
from typing import Any

import pytest
from django.urls import reverse

from core.acts import acting_as
from projects.models import LedgerEvent, Notification, Project
from projects.notices.enums import Reason
from roles.models import User
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
ADDRESS = "lea.martin@example.org"
NEWCOMER = {"role": "DEST", "email": ADDRESS, "newcomer": "Léa Martin", "group": "Crews"}


@pytest.fixture
def post(owner: Any, client_of: Any, project_one: Project) -> Any:
    """Return a function that posts the appointment as its owner."""
    path = reverse("projects:appointments:mandate_appoint", args=[project_one.code])
    return lambda **fields: client_of(owner).post(path, fields, headers=ENGLISH)


def test_an_address_without_an_account_asks_for_the_name_and_says_what_follows(post: Any) -> None:
    answer = post(role="DEST", email=ADDRESS, group="Crews")
    assert answer.status_code == 422
    assert 'name="newcomer"' in answer.text
    assert 'name="organisation"' in answer.text
    assert "Administrators are notified." in answer.text
    assert not User.objects.filter(email=ADDRESS).exists()


def test_the_owner_finishes_alone_and_administrators_are_told(
    post: Any, owner: Any, staff_admin: Any, superuser: Any, project_one: Project, mailoutbox: list[Any]
) -> None:
    assert post(**NEWCOMER, organisation="Port autonome (fictif)").status_code == 302
    person = User.objects.get(email=ADDRESS)
    assert (person.name, person.has_usable_password(), person.is_staff) == ("Léa Martin", False, False)
    assert str(person.organisation) == "Port autonome (fictif)"
    assert project_one.mandates.get(holder=person).role.code == "DEST"
    event = LedgerEvent.objects.get(act="invite_holder", subject_id=person.pk)
    assert event.actor == owner
    assert json.loads(bytes(event.body))["facts"]["for"] == project_one.code
    told = Notification.objects.filter(event=event, reason=Reason.HOLDER_INVITED)
    assert {notice.recipient for notice in told} == {staff_admin, superuser}
    assert {notice.link for notice in told} == {reverse("projects:people:person", args=[person.pk])}
    [mail] = [mail for mail in mailoutbox if "/invitation/" in mail.body]
    assert mail.to == [ADDRESS]
    fire_deferred_triggers()


def test_a_newcomer_on_one_of_the_two_sides_needs_an_organisation(post: Any, project_one: Project) -> None:
    fields = {"role": "RSSI", "email": ADDRESS, "newcomer": "Léa Martin"}
    answer = post(**fields)
    assert answer.status_code == 422
    assert "Enter the organisation. This role must be independent." in answer.text
    assert post(**fields, organisation="Port autonome (fictif)").status_code == 302
    assert project_one.mandates.get(holder__email=ADDRESS).role.code == "RSSI"


def test_the_appointment_of_a_person_without_organisation_says_so(
    owner: Any, outsider: Any, staff_admin: Any, client_of: Any, project_one: Project
) -> None:
    with acting_as(staff_admin):
        outsider.organisation = None
        outsider.save()
    path = reverse("projects:appointments:mandate_appoint", args=[project_one.code])
    answer = client_of(owner).post(path, {"role": "RSSI", "email": outsider.email}, headers=ENGLISH, follow=True)
    assert "Their organisation is unknown" in answer.text


def test_an_appointment_that_is_refused_invites_nobody(post: Any, mailoutbox: list[Any]) -> None:
    assert post(**NEWCOMER | {"ends_on": "2001-01-01"}).status_code == 422
    assert not User.objects.filter(email=ADDRESS).exists()
    assert mailoutbox == []


def test_a_name_like_that_of_another_person_is_asked_about_without_addresses(post: Any, pmo: User) -> None:
    answer = post(**NEWCOMER | {"newcomer": pmo.name})
    assert answer.status_code == 422
    assert 'name="is_another"' in answer.text
    assert pmo.email not in answer.text
    assert post(**NEWCOMER | {"newcomer": pmo.name, "is_another": "on"}).status_code == 302


def test_only_the_owner_invites_so(client_of: Any, cast: dict[str, Any], project_one: Project) -> None:
    path = reverse("projects:appointments:mandate_appoint", args=[project_one.code])
    for member in ("pmo", "amoa", "delegate"):
        assert client_of(cast[member]).post(path, NEWCOMER).status_code == 403
    assert not User.objects.filter(email=ADDRESS).exists()
