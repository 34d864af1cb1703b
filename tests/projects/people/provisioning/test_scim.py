"""Test SCIM: judged by scim2-tester, and what provisioning must never do."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from pydantic import Field
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import Mutability, Required, ResourceType, ScimProvider, Uniqueness
from scim2_tester import Status, check_server

from core.acts import acting_as
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.models import Mandate, Notification, Project, ProvisioningToken
from projects.notices.enums import Reason
from projects.people.provisioning.queries import digest_of
from projects.people.provisioning.resources import EnterpriseUser, Person
from projects.people.provisioning.services import end_token, make_token
from roles.models import Organisation, User
from tests.attacks import Attacks, leaves
from tests.database import backdate, fire_deferred_triggers

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
PAGE = "/administration/provisioning/"
EXTENSION = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
NEW = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", EXTENSION],
    "userName": "Rose.Petit@example.org",
    "externalId": "hr-17",
    "name": {"givenName": "Rose", "familyName": "Petit"},
    "title": "Cheffe de service",
    "locale": "fr-FR",
    "active": True,
    "emails": [{"value": "rose.petit@example.org", "type": "work", "primary": True}],
    "phoneNumbers": [{"value": "+33 1 23 45 67 89"}],
    EXTENSION: {"organization": "Port autonome"},
}


class Caller:
    """A directory with a token."""

    def __init__(self, secret: str) -> None:
        self.client, self.secret = Client(), secret

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Send a request; return status and body."""
        kept = {"authorization": f"Bearer {self.secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        text = body if isinstance(body, str) else json.dumps(body)
        answer = self.client.generic(method, f"/scim/v2{path}", text, "application/scim+json", headers=kept)
        self.headers = answer.headers
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def patch(self, person: User, *operations: dict[str, Any]) -> tuple[int, Any]:
        schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
        return self("PATCH", f"/Users/{person.key}", {"schemas": [schema], "Operations": list(operations)})


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "Replace", "path": path, "value": value}


@pytest.fixture
def made(staff_admin: User) -> tuple[ProvisioningToken, str]:
    cache.clear()
    return make_token(actor=staff_admin, name="directory")


@pytest.fixture
def call(made: tuple[ProvisioningToken, str]) -> Caller:
    return Caller(made[1])


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Keep the connection of the test after a request, as Django's own client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


class Judged(Person):
    """The resource, with addresses to try: the tester would invent names that are none."""

    user_name: Annotated[str | None, Required.true, Mutability.immutable, Uniqueness.server] = Field(
        None, examples=[f"person{number}@scim.example" for number in range(20_000)]
    )


@pytest.mark.usefixtures("_one_connection")
def test_the_service_is_judged_by_scim2_tester(call: Caller) -> None:
    """Deleting is not offered: an account is closed."""
    provider = ScimProvider([Judged, EnterpriseUser], [ResourceType.from_resource(Judged[EnterpriseUser])])
    provider.resource_types[0].name = provider.resource_types[0].id = "User"
    client = WSGISCIMClient(
        get_wsgi_application(),
        base_url="http://testserver/scim/v2",
        headers={"Authorization": f"Bearer {call.secret}"},
        provider=provider,
    )
    results = check_server(client)
    wrong = {(result.title, result.reason) for result in results if result.status in {Status.ERROR, Status.CRITICAL}}
    assert {title for title, _reason in wrong} <= {"object_deletion"}, wrong
    done = {result.title for result in results if result.status == Status.SUCCESS}
    assert {"object_creation", "object_replacement", "check_add_attribute", "check_remove_attribute"} <= done, results


def test_a_person_is_invited_as_by_the_directory_of_people(call: Caller) -> None:
    status, shown = call("POST", "/Users", NEW)
    assert status == 201, shown
    person = User.objects.get(email="rose.petit@example.org")
    assert (person.name, person.title, person.language) == ("Rose Petit", "Cheffe de service", "fr")
    assert (str(person.organisation), person.external_id, person.is_staff) == ("Port autonome", "hr-17", False)
    assert not person.has_usable_password()
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.actor) == ("invite", User.objects.installation())
    assert json.loads(bytes(event.body))["facts"]["token"] == "directory"
    assert Notification.objects.filter(recipient=person, reason="invited").exists()
    assert (shown["id"], shown["displayName"]) == (str(person.key), "Rose Petit")
    assert call("POST", "/Users", NEW)[0] == 409
    closed = NEW | {"userName": "inactive.owner@example.org", "emails": []}
    assert call("POST", "/Users", closed)[1]["scimType"] == "uniqueness"


def test_names_change_and_an_address_never_does(call: Caller, pmo: User) -> None:
    status, shown = call.patch(
        pmo, replace("displayName", "Hélène Roux"), replace("locale", "en"), replace("name.familyName", "Roux")
    )
    assert (status, shown["displayName"], shown["locale"]) == (200, "Hélène Roux", "en")
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.detail) == ("provision_account", "changed")
    assert json.loads(bytes(event.body))["facts"]["changed"] == "language,name"
    again = LedgerEvent.objects.count()
    assert call.patch(pmo, replace("displayName", "Hélène Roux"))[0] == 200
    assert LedgerEvent.objects.count() == again, "nothing changed, nothing is recorded"
    for operation in (
        replace("userName", "mine@evil.example"),
        replace("emails", [{"value": "mine@evil.example", "primary": True}]),
        replace('emails[type eq "work"].value', "mine@evil.example"),
        {"op": "add", "value": {"emails": [{"value": "mine@evil.example"}]}},
    ):
        status, told = call.patch(pmo, operation)
        assert (status, told["scimType"]) == (400, "mutability"), operation
    other = {"userName": "mine@evil.example", "displayName": "Hélène Roux", "active": True}
    status, told = call("PUT", f"/Users/{pmo.key}", other)
    assert (status, told["scimType"]) == (400, "mutability")
    status, told = call(
        "PUT", f"/Users/{pmo.key}", other | {"userName": pmo.email, "emails": [{"value": "a@b.example"}]}
    )
    assert (status, told["scimType"]) == (400, "mutability")
    pmo.refresh_from_db()
    assert "evil" not in pmo.email


def test_a_deactivated_account_is_closed_as_by_an_administrator(call: Caller, pmo: User, client_of: Any) -> None:
    browser = client_of(pmo)
    status, shown = call.patch(pmo, replace("active", "False"))
    assert (status, shown["active"]) == (200, False)
    assert browser.get("/account/").status_code == 302, "its sessions have ended"
    event = LedgerEvent.objects.filter(act="close_account").latest("pk")
    assert json.loads(bytes(event.body))["facts"]["token"] == "directory"
    assert Notification.objects.filter(reason="role_left").exists()
    seats = Mandate.objects.not_over(timezone.now()).filter(holder=pmo)
    assert seats.exists(), "a mandate is neither ended"
    status, told = call.patch(pmo, replace("active", True))
    assert (status, "holds roles" in told["detail"]) == (409, True), "nor given back"
    pmo.refresh_from_db()
    assert not pmo.is_active


def test_an_account_without_a_role_is_reopened(call: Caller, outsider: User) -> None:
    assert call.patch(outsider, replace("active", False))[0] == 200
    assert call.patch(outsider, replace("active", True))[0] == 200
    outsider.refresh_from_db()
    assert outsider.is_active
    assert LedgerEvent.objects.latest("pk").detail == "reopened"
    assert outsider.notifications.filter(reason=Reason.ACCOUNT_REOPENED).exists(), "the person is told"


def test_an_administrator_is_neither_made_nor_reopened(call: Caller, staff_admin: User, superuser: User) -> None:
    status, _shown = call.patch(staff_admin, {"op": "add", "value": {"is_staff": True, "roles": [{"value": "admin"}]}})
    assert status == 200
    backdate("roles_user", "is_active", False, "id = %s", [superuser.pk])  # closed by an earlier release
    assert call.patch(superuser, replace("active", True))[0] == 409
    status, told = call.patch(staff_admin, replace("active", False))
    assert (status, "ends these rights first" in told["detail"]) == (409, True)
    staff_admin.refresh_from_db()
    assert staff_admin.is_active


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('userName eq "PMO@example.org"', 1),
        ('username EQ "nobody@example.org"', 0),
        ('externalId eq "hr-1\\"7"', 1),
        ('id eq "x"', 0),
        ('userName co "example"', None),
        ("userName eq pmo", None),
        ('userName eq "a" or active eq true', None),
    ],
)
def test_people_are_found_by_name_and_identifier_alone(query: str, found: int | None, call: Caller, pmo: User) -> None:
    with acting_as(pmo):
        pmo.external_id = 'hr-1"7'
        pmo.save()
    answer = call.client.get("/scim/v2/Users", {"filter": query}, headers={"authorization": f"Bearer {call.secret}"})
    told = answer.json()
    if found is None:
        assert (answer.status_code, told["scimType"]) == (400, "invalidFilter")
    else:
        assert (answer.status_code, told["totalResults"]) == (200, found)


def test_pages_count_from_one_and_leave_out_the_installation(call: Caller) -> None:
    whole = call("GET", "/Users")[1]
    assert whole["totalResults"] == User.objects.count() - 1
    second = call("GET", "/Users?startIndex=2&count=2")[1]
    assert [row["id"] for row in second["Resources"]] == [row["id"] for row in whole["Resources"][1:3]]
    assert (second["startIndex"], second["itemsPerPage"]) == (2, 2)
    assert call("GET", "/Users?count=0")[1]["Resources"] == []
    assert call("GET", "/Users?startIndex=-5&count=99999999999999999999999")[0] == 200
    assert call("GET", "/Users?count=x")[0] == 400
    assert call("GET", f"/Users/{User.objects.installation().key}")[0] == 404


def test_a_version_guards_against_a_change_meanwhile(call: Caller, pmo: User) -> None:
    path = f"/Users/{pmo.key}"
    call("GET", path)
    version = call.headers["ETag"]
    assert call("GET", path, if_none_match=version)[0] == 304
    body = {"userName": pmo.email, "displayName": "Hélène Roux", "active": True}
    assert call("PUT", path, body, if_match='W/"other"')[0] == 412
    assert call("PUT", path, body, if_match=version)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/Users", "no json", 400),
        ("POST", "/Users", "[" * 100_000, 400),
        ("POST", "/Users", [], 400),
        ("POST", "/Users", {}, 400),
        ("POST", "/Users", NEW | {"userName": "rose"}, 400),
        ("POST", "/Users", NEW | {"displayName": "x" * 151}, 400),
        ("POST", "/Users", NEW | {"displayName": "\u0000"}, 400),
        ("POST", "/Users", NEW | {"active": "perhaps"}, 400),
        ("POST", "/Users", NEW | {"emails": [{"value": "other@example.org"}]}, 400),
        ("PATCH", "/Users/{pmo}", {"Operations": []}, 400),
        ("PATCH", "/Users/{pmo}", {"Operations": [{"op": "move", "path": "title"}]}, 400),
        ("PATCH", "/Users/{pmo}", {"Operations": [replace("displayName", "")]}, 400),
        ("DELETE", "/Users/{pmo}", {}, 501),
        ("GET", "/Users/x", {}, 404),
        ("GET", "/Groups", {}, 404),
        ("POST", "/Schemas", {}, 405),
        ("PUT", "/Users", {}, 405),
        ("POST", "/Bulk", {}, 404),
    ],
)
def test_a_request_that_makes_no_sense_is_told_so(
    method: str, path: str, body: Any, status: int, call: Caller, pmo: User
) -> None:
    before = User.objects.count()
    answer, told = call(method, path.format(pmo=pmo.key), body)
    assert (answer, told["status"]) == (status, str(status)), told
    assert User.objects.count() == before


@pytest.mark.parametrize("secret", ["", "ouvrage_x", "x" * 5_000, "ouvrage_é"])
def test_a_stranger_reads_and_writes_nothing(secret: str, call: Caller) -> None:
    stranger = Caller(secret.encode().decode("latin-1"))
    for method, path in (("GET", "/Users"), ("POST", "/Users"), ("GET", "/Schemas"), ("GET", "/ServiceProviderConfig")):
        status, told = stranger(method, path, NEW)
        assert (status, told["status"]) == (401, "401")
    assert stranger.headers["WWW-Authenticate"].startswith("Bearer")


def test_strangers_are_limited_and_a_session_is_no_token(call: Caller, staff_admin: User, client_of: Any) -> None:
    assert client_of(staff_admin).get("/scim/v2/Users").status_code == 401
    stranger = Caller("ouvrage_guess")
    assert [stranger("GET", "/Users")[0] for _guess in range(31)][-1] == 429
    assert call("GET", "/Users?count=1")[0] == 200, "whoever has a token is not kept out"


def test_an_ended_token_does_nothing(call: Caller, made: tuple[ProvisioningToken, str], staff_admin: User) -> None:
    end_token(actor=staff_admin, token=made[0])
    assert call("GET", "/Users")[0] == 401
    with pytest.raises(ValidationError):
        end_token(actor=staff_admin, token=made[0])


def test_a_token_is_shown_once_and_ended_on_the_page(staff_admin: User, client_of: Any) -> None:
    client = client_of(staff_admin)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert client.post(PAGE, {"name": "No good name"}).status_code == 422
    answer = client.post(PAGE, {"name": "directory-2026"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    secret = answer.text.partition("ouvrage_")[2].partition("<")[0].strip()
    token = ProvisioningToken.objects.get()
    assert token.digest == digest_of(f"ouvrage_{secret}")
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.actor) == ("make_token", staff_admin)
    assert secret.encode() not in bytes(event.body)
    page = client.get(PAGE).text
    assert "directory-2026" in page
    assert secret not in page
    assert client.post(PAGE, {"name": "directory-2026"}).status_code == 422
    assert Caller(f"ouvrage_{secret}")("GET", "/Users")[0] == 200
    assert client.post(f"{PAGE}{token.pk}/end/")["Location"] == PAGE
    assert client.post(f"{PAGE}{token.pk}/end/").status_code == 409
    assert LedgerEvent.objects.latest("pk").act == "end_token"
    assert Caller(f"ouvrage_{secret}")("GET", "/Users")[0] == 401


class World:
    """A token, and raw writes of tokens."""

    def __init__(self, cast: dict[str, Any]) -> None:
        self.cast = cast
        self.token, _secret = make_token(actor=cast["staff_admin"], name="directory")

    def write(self, by: str = "staff_admin", **changes: Any) -> None:
        fields = {"name": "other", "digest": "d" * 64, "made_at": timezone.now(), "made_by": self.cast[by]}
        with acting_as(self.cast["staff_admin"]):
            ProvisioningToken(**fields | changes).save()

    def change(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self.token, name, value)
        with acting_as(self.cast["staff_admin"]):
            self.token.save()

    def end_twice(self) -> None:
        now = timezone.now()
        self.change(ended_at=now)
        self.change(ended_at=None)

    def silently(self) -> None:
        self.write()
        admin = self.cast["staff_admin"]
        record(act="invite", actor=admin, project=Project.objects.get(level="organisation"), subject=admin)
        fire_deferred_triggers()


@pytest.fixture
def world(cast: dict[str, Any]) -> World:
    world = World(cast)
    fire_deferred_triggers()
    return world


BY_AN_ADMINISTRATOR = "A token of provisioning is made by an administrator whose credentials count"
NOTHING_ELSE = "A token of provisioning is ended once, and nothing else of it changes"
BEGINS = "A token of provisioning begins when it is made"
ATTACKS = Attacks(
    triggers=[
        (f"provisioningtoken.{trigger}", what, attempt, words)
        for trigger, what, attempt, words in [
            ("is_made_by_an_administrator", "by the owner", lambda w: w.write("owner"), BY_AN_ADMINISTRATOR),
            (
                "is_made_by_an_administrator",
                "made yesterday",
                lambda w: w.write(made_at=timezone.now() - timedelta(days=1)),
                BEGINS,
            ),
            ("only_ever_ends", "another secret", lambda w: w.change(digest="e" * 64), NOTHING_ELSE),
            ("only_ever_ends", "opened again", lambda w: w.end_twice(), NOTHING_ELSE),
            ("leaves_an_event", "made silently", lambda w: w.silently(), leaves(ProvisioningToken)),
        ]
    ],
    constraints={"one_living_token_of_a_name": lambda w: w.write(name="directory")},
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_an_organisation_that_is_unknown_is_added(call: Caller) -> None:
    call("POST", "/Users", NEW)
    assert Organisation.objects.filter(name="Port autonome").count() == 1


def test_characters_that_no_text_may_hold_are_refused_in_words(call: Caller, outsider: User) -> None:
    assert call("GET", "/Users?filter=userName%20eq%20%22a%00b%22")[0] == 400
    assert call("POST", "/Users", NEW | {"userName": "a\x00b@example.org"})[0] == 400
    assert call.patch(outsider, replace("displayName", "Rose\x00Petit"))[0] == 400
    assert call.patch(outsider, replace("externalId", "hr\x00"))[0] == 400
