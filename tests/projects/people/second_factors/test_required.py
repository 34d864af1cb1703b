"""Test that a second factor may be required: who is asked, what stays open, and that it cannot be removed."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from core.history import version_of
from projects.models import Credential, LedgerEvent, Mandate, OrganisationSettings
from projects.organisation_settings.services import edit_settings
from projects.people.accounts.services import reset_password, send_reset
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import end_credential, give_credential
from projects.people.second_factors.queries import KINDS, is_required_of
from roles.models import User
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers
from tests.pages.visits import act
from tests.projects.organisation_settings.test_settings import POSTED, SETTINGS
from tests.projects.people.second_factors.test_codes import ADD, add, open_page, show
from tests.projects.people.second_factors.test_lost import send
from tests.security.test_nobody_borrows_the_hand import follow

pytestmark = pytest.mark.django_db
NEEDED = "/account/second-factor/"
SIGN_IN = f"{SETTINGS}sign-in/"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def require(admin: User, of: str, roles: Sequence[str] = ()) -> None:
    """Require a second factor of these people, and of who holds these roles."""
    fields = {"second_factor": of, "second_factor_roles": list(roles)}
    edit_settings(actor=admin, fields=fields, seen=version_of(OrganisationSettings.objects.get()))


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
    address = reverse("projects:second_factors:factor_remove", args=[app.pk])
    assert address not in client.get("/account/").text
    answer = client.post(address)
    assert (answer.status_code, "requires a second factor" in answer.text) == (409, True)
    app.refresh_from_db()
    assert app.ended_at is None
    assert client.post(reverse("projects:second_factors:factor_remove", args=[codes.pk])).status_code == 302


def test_a_role_may_require_it_in_any_version_and_of_who_signs_for_it(
    cast: dict[str, Any], staff_admin: User, english: Any
) -> None:
    members = ("owner", "delegate", "pmo", "recipient", "staff_admin", "former_owner", "outsider")
    held = {
        name: Mandate.objects.active().filter(holder=cast[name]).latest("pk") for name in ("pmo", "recipient", "owner")
    }
    roles = {name: mandate.role.key for name, mandate in held.items()}
    admin = english(staff_admin)
    page = admin.get(SIGN_IN).text
    assert all(f'value="{key}"' in page for key in roles.values())
    seen, field = version_of(OrganisationSettings.objects.get()), f"roles_{roles['pmo'].partition('/')[0]}"
    sent = POSTED | {"seen": seen, field: [roles["recipient"], roles["pmo"]]}
    assert admin.post(SIGN_IN, sent)["Location"] == SIGN_IN
    assert {*OrganisationSettings.objects.get().second_factor_roles} == {roles["recipient"], roles["pmo"]}
    for keys, asked in {
        (roles["pmo"],): {"pmo"},
        (roles["owner"],): {"owner", "delegate"},
        (roles["pmo"], roles["recipient"]): {"pmo", "recipient"},
        ("another/PMO",): set(),
    }.items():
        require(staff_admin, "nobody", roles=list(keys))
        assert {member for member in members if is_required_of(cast[member])} == asked, keys
    require(staff_admin, "deciders", roles=[roles["pmo"]])
    assert {member for member in members if is_required_of(cast[member])} == {"owner", "delegate", "staff_admin", "pmo"}
    event = LedgerEvent.objects.filter(act="edit_settings").latest("pk")
    assert b'"second_factor,second_factor_roles"' in bytes(event.body)
    history: Any = OrganisationSettings.history
    assert history.latest("history_id").second_factor_roles == [roles["pmo"]]


def test_an_unknown_role_cannot_be_chosen(staff_admin: User, english: Any) -> None:
    client = english(staff_admin)
    seen = version_of(OrganisationSettings.objects.get())
    answer = client.post(SIGN_IN, {"seen": seen, "roles_pm2": ["pm2/NOBODY"]})
    assert answer.status_code == 422
    assert OrganisationSettings.objects.get().second_factor_roles == []


def test_a_code_app_is_exchanged_while_it_is_required(owner: User, staff_admin: User, english: Any) -> None:
    client = english(owner)
    add(client)
    require(staff_admin, "deciders")
    add(client)
    fire_deferred_triggers()
    apps = Credential.objects.filter(person=owner, kind="code_app").order_by("pk")
    assert [app.ended_at is None for app in apps] == [False, True]


def test_the_link_for_lost_factors_ends_the_last_one(
    owner: User, staff_admin: User, english: Any, mailoutbox: list[Any]
) -> None:
    add(english(owner))
    require(staff_admin, "nobody", roles=[Mandate.objects.active().filter(holder=owner).latest("pk").role.key])
    follow(send(english(staff_admin), owner, mailoutbox, "person_factors_end"))
    fire_deferred_triggers()
    assert [credential.kind for credential in Credential.objects.living().filter(person=owner)] == ["password"]


class World:
    """A person of whom a second factor is required, and who has one."""

    def __init__(self, person: User, admin: User) -> None:
        self.person, self.admin = person, admin

    def end(self) -> None:
        """End the factors past the page that refuses it, each with its event."""
        for credential in Credential.objects.living().filter(person=self.person, kind__in=KINDS).order_by("pk"):
            end_credential(actor=self.person, credential=credential)

    def end_with_password(self) -> None:
        """End the factors, and choose a password by a link that says nothing of them."""
        send_reset(actor=self.admin, person=self.person)
        self.end()
        give_credential(actor=self.person, person=self.person, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)

    def end_again(self) -> None:
        """Use the link for lost factors, add another factor, and end that one too by the same link."""
        send_reset(actor=self.admin, person=self.person, ends_factors=True)
        reset_password(actor=self.person, password="another-long-word")
        give_credential(actor=self.person, person=self.person, kind=CredentialKind.CODE_APP, origin=Origin.ADDED)
        self.end()
        give_credential(actor=self.person, person=self.person, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)


@pytest.fixture
def world(owner: User, staff_admin: User, english: Any) -> World:
    add(english(owner))
    require(staff_admin, "deciders")
    fire_deferred_triggers()
    return World(owner, staff_admin)


GUARD = "credential.keeps_the_last_required_factor"
KEEPS = "A person keeps one second factor while it is required of them"
ATTACKS = Attacks(
    triggers=[
        (GUARD, "past the page", lambda w: w.end(), KEEPS),
        (GUARD, "by a link for the password alone", lambda w: w.end_with_password(), KEEPS),
        (GUARD, "by a link that was used", lambda w: w.end_again(), KEEPS),
    ],
    constraints={
        "a_second_factor_is_required_of_known_people": lambda w: OrganisationSettings.objects.filter(pk=1).update(
            second_factor="strangers"
        )
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
