"""Test that a closed account is reopened in the browser by an administrator, and gives no right back."""

from typing import Any

import pytest
from django.urls import reverse

from governance.record.erasure.services import erase_person
from projects.models import LedgerEvent, Notification, Project
from projects.notices.enums import Reason
from projects.people.accounts.services import close_account, invite, reopen_account
from roles.models import User
from tests.database import backdate, fire_deferred_triggers, owning

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def page_of(person: User) -> str:
    return reverse("projects:people:account_reopen", args=[person.pk])


def closed(admin: User, person: User) -> User:
    close_account(actor=admin, person=person)
    person.refresh_from_db()
    return person


def test_a_closed_account_is_reopened_after_a_review(outsider: User, staff_admin: Any, client_of: Any) -> None:
    closed(staff_admin, outsider)
    client = client_of(staff_admin)
    for page in ("projects:people:person_list", "projects:people:person"):
        args = [outsider.pk] if page.endswith("person") else []
        assert page_of(outsider) in client.get(reverse(page, args=args), headers=ENGLISH).text
    shown = client.get(page_of(outsider), headers=ENGLISH).text
    assert "Roles that ended stay ended." in shown
    assert "Their password and second factors work again as before." in shown
    answer = client.post(page_of(outsider), headers=ENGLISH)
    assert answer["Location"] == reverse("projects:people:person", args=[outsider.pk])
    outsider.refresh_from_db()
    assert outsider.is_active
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.actor, event.subject_id) == ("reopen_account", staff_admin, outsider.pk)
    fire_deferred_triggers()


def test_the_person_and_the_other_administrators_are_told(outsider: User, staff_admin: Any, superuser: Any) -> None:
    reopen_account(actor=staff_admin, person=closed(staff_admin, outsider))
    told = Notification.objects.filter(reason=Reason.ACCOUNT_REOPENED).values_list("recipient", flat=True)
    assert {*told} == {outsider.pk, superuser.pk}


def test_an_account_that_holds_a_role_stays_closed_until_its_owner_ends_it(
    pmo: User, staff_admin: Any, client_of: Any, project_one: Project
) -> None:
    closed(staff_admin, pmo)
    client = client_of(staff_admin)
    shown = client.get(page_of(pmo), headers=ENGLISH).text
    assert "The project owners end them first." in shown
    assert project_one.code in shown
    assert '<button class="btn" data-kind="primary">' not in shown
    assert client.post(page_of(pmo)).status_code == 409
    pmo.refresh_from_db()
    assert not pmo.is_active


def test_the_account_of_an_administrator_or_of_an_erased_person_stays_closed(
    outsider: User, superuser: Any, staff_admin: Any, client_of: Any
) -> None:
    backdate("roles_user", "is_active", False, "id = %s", [superuser.pk])
    assert client_of(staff_admin).post(page_of(superuser)).status_code == 409
    closed(staff_admin, outsider)
    with owning():
        erase_person(actor=User.objects.installation(), person=outsider, because="Asked.")
    assert client_of(staff_admin).post(page_of(outsider)).status_code == 409
    outsider.refresh_from_db()
    assert not outsider.is_active


def test_an_open_account_is_not_reopened(outsider: User, staff_admin: Any, client_of: Any) -> None:
    assert client_of(staff_admin).get(page_of(outsider)).status_code == 409
    assert not LedgerEvent.objects.filter(act="reopen_account").exists()


def test_somebody_who_never_signed_in_is_invited_again_and_the_old_link_stays_dead(
    staff_admin: Any, client_of: Any
) -> None:
    about = {"title": "", "organisation": "", "language": "en"}
    person = invite(actor=staff_admin, email="new@example.org", name="Newcomer", **about)
    before = person.password
    closed(staff_admin, person)
    assert "an invitation leaves" in client_of(staff_admin).get(page_of(person), headers=ENGLISH).text
    reopen_account(actor=staff_admin, person=person)
    person.refresh_from_db()
    assert person.password != before
    assert Notification.objects.filter(recipient=person, reason=Reason.INVITED).count() == 2


def test_only_administrators_reopen(outsider: User, owner: Any, staff_admin: Any, client_of: Any) -> None:
    closed(staff_admin, outsider)
    assert client_of(owner).post(page_of(outsider)).status_code == 403
    outsider.refresh_from_db()
    assert not outsider.is_active
