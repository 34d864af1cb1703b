"""Test what somebody does who has lost their second factors: a link of an administrator, a new password, a wait."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse

from projects.models import Credential, LedgerEvent
from projects.notices.tasks import relay
from projects.people.credentials.holds import find_hold
from roles.models import User
from tests.conftest import StrictClient
from tests.projects.people.second_factors.test_codes import add
from tests.security.test_nobody_borrows_the_hand import LINK, PASSWORD, follow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def send(admin: Any, person: User, mailoutbox: list[Any], page: str = "person_reset") -> str:
    """Have a link sent; return its address."""
    assert admin.post(reverse(f"projects:people:{page}", args=[person.pk])).status_code == 302
    relay()
    found = LINK.search([mail for mail in mailoutbox if mail.to == [person.email] and "reset" in mail.body][-1].body)
    assert found
    return found[1]


def test_the_link_of_an_administrator_ends_what_is_lost_and_the_person_waits(
    owner: User, staff_admin: User, english: Any, mailoutbox: list[Any]
) -> None:
    add(english(owner))
    admin = english(staff_admin)
    review = reverse("projects:people:person_factors_end", args=[owner.pk])
    assert review in admin.get(reverse("projects:people:person", args=[owner.pk])).text
    shown = admin.get(review).text
    assert "They end when the person chooses the new password, not before." in shown
    assert "Code of an app" in shown
    assert not LedgerEvent.objects.filter(act="send_reset").exists(), "a review sends nothing"
    link = send(admin, owner, mailoutbox, "person_factors_end")
    assert LedgerEvent.objects.get(act="send_reset").detail == "factors"
    assert re.search("code app and recovery codes end|application de codes", mailoutbox[-1].body)
    assert Authenticator.objects.filter(user=owner).exists(), "nothing ends before the person acts"
    follow(link)
    assert not Authenticator.objects.filter(user=owner).exists()
    [password] = Credential.objects.living().filter(person=owner)
    assert (password.kind, password.origin) == ("password", "mailed")
    assert find_hold(owner.pk)
    browser = StrictClient()
    browser.post("/sign-in/", {"login": owner.email, "password": PASSWORD})
    assert "_auth_user_id" in browser.session
    add(browser)
    follow(send(admin, owner, mailoutbox))
    assert Authenticator.objects.filter(user=owner).exists(), "another link ends none"


def test_a_password_chosen_by_a_link_leaves_the_second_factor(
    owner: User, staff_admin: User, english: Any, mailoutbox: list[Any]
) -> None:
    add(english(owner))
    follow(send(english(staff_admin), owner, mailoutbox))
    browser = StrictClient()
    answer = browser.post("/sign-in/", {"login": owner.email, "password": PASSWORD})
    assert answer["Location"] == "/sign-in/second-step/"
