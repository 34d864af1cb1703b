"""Test that a second factor may be required: who is asked, what stays open, and that it cannot be removed."""

from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from core.history import version_of
from projects.models import Credential, LedgerEvent, OrganisationSettings
from projects.organisation_settings.services import edit_settings
from projects.second_factors.queries import is_required_of
from roles.models import User
from tests import acts
from tests.attacks import Attack, Attacks
from tests.pages.visits import act
from tests.projects.second_factors.test_codes import ADD, add, open_page, show

pytestmark = pytest.mark.django_db
NEEDED = "/account/second-factor/"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def require(admin: User, of: str) -> None:
    """Require a second factor of these people."""
    edit_settings(actor=admin, fields={"second_factor": of}, seen=version_of(OrganisationSettings.objects.get()))


def test_it_is_required_of_whom_the_setting_names(cast: dict[str, Any], staff_admin: User) -> None:
    members = ("owner", "delegate", "pmo", "recipient", "staff_admin", "former_owner", "outsider")
    for setting, asked in {
        "nobody": set(),
        "deciders": {"owner", "delegate", "staff_admin"},
        "everybody": {"owner", "delegate", "pmo", "recipient", "staff_admin"},
    }.items():
        if setting != "nobody":
            require(staff_admin, setting)
        assert {member for member in members if is_required_of(cast[member])} == asked, setting
    event = LedgerEvent.objects.filter(act="edit_settings").latest("pk")
    assert b'"second_factor"' in bytes(event.body)


def test_who_lacks_one_is_led_to_add_one_and_loses_nothing(
    owner: User, pmo: User, staff_admin: User, proposal: Any, english: Any
) -> None:
    client, file = english(owner), proposal("ready_for_decision")
    require(staff_admin, "deciders")
    wanted = f"{file.get_absolute_url()}?tab=x"
    answer = client.get(wanted)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, NEEDED)
    page = client.get(answer["Location"])
    assert "Add a second factor" in page.text
    partial = client.get(wanted, headers={"HX-Request": "true"})
    assert partial["HX-Redirect"].startswith(NEEDED)
    path, fields = act("decide", file, reasons="Words that took an hour to find.")
    before = acts.count_evidence()
    refused = client.post(path, fields)
    assert (refused.status_code, acts.count_evidence()) == (403, before)
    assert "Words that took an hour to find." in refused.text
    for open_page_ in ("/help/", "/sign-out/", ADD, "/account/passkeys/add/"):
        assert client.get(open_page_).status_code == 200, open_page_
    assert english(pmo).get("/account/").status_code == 200, "of others it is not required"
    query = answer["Location"].partition("?")[2]
    seal, secret = open_page(client)
    done = client.post(f"{ADD}?{query}", {"seal": seal, "code": show(secret)})
    assert wanted in done.text
    assert client.get(wanted).status_code == 200
    assert client.get(answer["Location"])["Location"] == wanted


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "http://[x]", "javascript:alert(1)", ""])
def test_nobody_is_led_elsewhere(target: str, pmo: User, english: Any) -> None:
    assert english(pmo).get(NEEDED, {"next": target})["Location"] == "/account/"


def test_the_last_one_is_not_removed_while_it_is_required(owner: User, staff_admin: User, english: Any) -> None:
    client = english(owner)
    add(client)
    require(staff_admin, "deciders")
    app, codes = Credential.objects.living().filter(person=owner).order_by("pk")
    answer = client.post(reverse("projects:second_factors:factor_remove", args=[app.pk]))
    assert (answer.status_code, "requires a second factor" in answer.text) == (409, True)
    app.refresh_from_db()
    assert app.ended_at is None
    assert client.post(reverse("projects:second_factors:factor_remove", args=[codes.pk])).status_code == 302


ATTACKS = Attacks(
    constraints={
        "a_second_factor_is_required_of_known_people": lambda: OrganisationSettings.objects.filter(pk=1).update(
            second_factor="strangers"
        )
    }
)


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_the_database_knows_of_whom_it_may_be_required(attack: Attack) -> None:
    attack.prove()
