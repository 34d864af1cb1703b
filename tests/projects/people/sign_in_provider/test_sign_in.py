"""Test the sign-in by a provider: against one from the package index, and against a double of ProConnect that lies."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
import requests
from django.test import Client
from django.utils import timezone

from projects.ledger.models import LedgerEvent
from projects.models import Credential
from projects.people.accounts.invitations import build_link
from projects.people.accounts.services import close_account, invite
from projects.people.credentials.holds import find_hold, find_waiting
from projects.people.credentials.mails import build_confirm_link
from projects.people.credentials.services import confirm_credential
from projects.people.sign_in_provider.claims import Identity
from projects.people.sign_in_provider.queries import find_entered_provider, find_linked, find_provider
from projects.people.sign_in_provider.services import link_provider, note_check, unlink_provider
from roles.models import User
from roles.reauthentication.proofs import NOTE, within
from tests.conftest import StrictClient
from tests.governance.decide.decisions.test_confirmation import METHODS, WHOSE
from tests.projects.people.sign_in_provider.conftest import CALLBACK, come_back, configure, leave
from tests.projects.people.sign_in_provider.provider_double import Double
from tests.roles.reauthentication.test_reauthentication import PASSWORD, grow_old

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
PERSON = {"sub": "7f3a", "email": "rose.petit@sesame.example", "given_name": "Rose", "usual_name": "Petit"}
VERIFIED = {"email_verified": True}
ACCOUNT = "/account/"


def identity_of(double: Double, **changes: Any) -> Identity:
    known = {"issuer": double.issuer, "subject": PERSON["sub"], "email": "", "email_is_verified": False, "name": ""}
    return Identity(**known | changes)


def link(person: User, double: Double) -> Credential:
    """Link the account of a person in a session of their password; they confirm it from their mailbox."""
    with within({METHODS: [{"method": "password"}], WHOSE: str(person.pk)}):  # type: ignore[arg-type]
        linked = link_provider(actor=person, identity=identity_of(double), provider="Sésame")
    return confirm_credential(actor=person, credential=linked)


def is_signed_in(client: Client, person: User) -> bool:
    return client.get(ACCOUNT).status_code == 200 and client.session["_auth_user_id"] == str(person.pk)


@pytest.fixture
def real_provider(staff_admin: User) -> Iterator[str]:
    """Return the address of a provider from the package index, that knows one person."""
    from oidc_provider_mock import User as Known
    from oidc_provider_mock import run_server_in_thread

    claims = {"email": "rose.petit@sesame.example", "email_verified": True, "name": "Rose Petit"}
    with run_server_in_thread(require_nonce=True, user_claims=[Known(sub="rose", claims=claims)]) as server:
        issuer = f"http://localhost:{server.server_port}"
        configure(staff_admin, issuer, provider_domain="sesame.example")
        yield issuer


class _Stay(HTTPRedirectHandler):
    """Show a redirect instead of following it."""

    def http_error_302(self, *answer: Any) -> Any:
        return answer[1]


def press(address: str, form: str) -> dict[str, str]:
    """Press a button on the page of the provider; return the parameters of the way back."""
    answer = build_opener(_Stay).open(address, form.encode())
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def test_a_real_provider_opens_an_account_of_the_domain_and_then_signs_in(real_provider: str) -> None:
    client = StrictClient(headers=ENGLISH)
    assert "Sign in with Sésame" in client.get("/sign-in/").text
    address = leave(client)
    assert address.startswith(real_provider)
    assert {"code_challenge", "nonce", "state"} <= dict(parse_qsl(urlsplit(address).query)).keys()
    answer = client.get(CALLBACK, press(address, "sub=rose"))
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/provider/finish/")
    page = client.get(answer["Location"])
    assert "Rose Petit" in page.text
    assert not User.objects.filter(email="rose.petit@sesame.example").exists(), "nothing is written by coming back"
    assert client.post(answer["Location"]).status_code == 302
    person = User.objects.get(email="rose.petit@sesame.example")
    assert (person.name, person.is_staff, person.has_usable_password()) == ("Rose Petit", False, False)
    assert is_signed_in(client, person)
    [credential] = Credential.objects.filter(person=person)
    assert (credential.kind, credential.origin, credential.counts) == ("provider", "first", True)
    assert LedgerEvent.objects.latest("pk").act == "open_account"
    again = StrictClient()
    answer = again.get(CALLBACK, press(leave(again, fields={"next": ACCOUNT}), "sub=rose"))
    assert (answer.status_code, answer["Location"]) == (302, ACCOUNT)
    assert is_signed_in(again, person)


def test_who_refuses_at_a_real_provider_reads_so(real_provider: str) -> None:
    client = StrictClient(headers=ENGLISH)
    answer = client.get(CALLBACK, press(leave(client), "action=deny"))
    assert answer.status_code == 403
    assert "The sign-in was not completed" in answer.text


def test_proconnect_signs_in_whom_their_account_is_linked_to(double: Double, owner: User) -> None:
    """It refuses PKCE and every parameter it does not list, and signs its userinfo: the double asserts both."""
    link(owner, double)
    client = StrictClient()
    answer = come_back(client, double, PERSON)
    assert answer.status_code == 302
    assert is_signed_in(client, owner)
    methods = client.session["account_authentication_methods"]
    assert [record["method"] for record in methods] == ["socialaccount"]


def change(name: str, **claims: Any) -> dict[str, Any]:
    """Return what makes the double say other claims; None leaves one out."""

    def say(told: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in (told | claims).items() if value is not None}

    return {f"change_{name}": say}


LIES = {
    "another issuer": change("id_token", iss="https://evil.example"),
    "another audience": change("id_token", aud="another client"),
    "several audiences, none of them named": change("id_token", aud=["ouvrage", "another client"]),
    "issued to another client": change("id_token", azp="another client"),
    "another nonce": change("id_token", nonce="x" * 43),
    "no nonce": change("id_token", nonce=None),
    "expired": change("id_token", exp=1),
    "never expires": change("id_token", exp=None),
    "no person": change("id_token", sub=None),
    "no signature": {"algorithm": "none"},
    "signed with the client secret": {"algorithm": "HS256"},
    "signed with another key": {"wrong_key": True},
    "userinfo of another person": change("userinfo", sub="somebody else"),
    "userinfo for another client": change("userinfo", aud="another client"),
    "userinfo of another issuer": change("userinfo", iss="https://evil.example"),
    "userinfo that has expired": change("userinfo", exp=1),
    "the token is redirected": {"redirects": "/token"},
    "the userinfo is redirected": {"redirects": "/userinfo"},
    "the keys are redirected": {"redirects": "/jwks"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_provider_that_lies_signs_nobody_in(lie: str, double: Double, owner: User) -> None:
    link(owner, double)
    client = StrictClient(headers=ENGLISH)
    address = leave(client)
    for name, value in LIES[lie].items():
        setattr(double, name, value)
    answer = client.get(CALLBACK, double.authorize(address, PERSON))
    assert answer.status_code == 403, lie
    assert "The identity provider’s answer cannot be trusted" in answer.text
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("config", "status"),
    [
        (change("config", issuer="https://evil.example"), 403),
        (change("config", token_endpoint="http://evil.example/token"), 403),
        (change("config", jwks_uri=None), 403),
        ({"redirects": "/openid-configuration"}, 403),
    ],
)
def test_a_configuration_of_somebody_else_is_not_used(config: dict[str, Any], status: int, double: Double) -> None:
    for name, value in config.items():
        setattr(double, name, value)
    answer = StrictClient().post("/sign-in/provider/")
    assert answer.status_code == status


def test_a_provider_that_is_away_is_told_in_words(double: Double, staff_admin: User) -> None:
    configure(staff_admin, "http://localhost:1/away")
    answer = StrictClient(headers=ENGLISH).post("/sign-in/provider/")
    assert answer.status_code == 503
    assert "The identity provider does not answer" in answer.text


@pytest.mark.parametrize("query", [{}, {"state": "x"}, {"code": "x", "state": "x" * 43}, {"error": "access_denied"}])
def test_a_way_back_without_a_way_there_has_expired(query: dict[str, str], double: Double) -> None:
    answer = StrictClient(headers=ENGLISH).get(CALLBACK, query)
    assert answer.status_code == 403
    assert "This sign-in has expired" in answer.text


def test_a_way_back_works_once_and_in_its_own_browser(double: Double, owner: User) -> None:
    link(owner, double)
    client, thief = StrictClient(), StrictClient()
    back = double.authorize(leave(client), PERSON)
    assert thief.get(CALLBACK, back).status_code == 403
    assert client.get(CALLBACK, back).status_code == 302
    assert client.get(CALLBACK, back).status_code == 403
    assert client.get("/sign-in/provider/finish/").status_code == 403


@pytest.mark.parametrize(
    ("email", "verified", "domain", "title"),
    [
        ("rose.petit@sesame.example", True, "", "You have no account here yet"),
        ("rose.petit@sesame.example", False, "sesame.example", "You have no account here yet"),
        ("rose.petit@evil.example", True, "sesame.example", "You have no account here yet"),
        ("rose.petit@sesame.example.evil.example", True, "sesame.example", "You have no account here yet"),
        ("", True, "sesame.example", "You have no account here yet"),
        ("OWNER@example.org", True, "example.org", "Your account is not linked yet"),
        ("inactive.owner@example.org", True, "example.org", "Your account is closed"),
    ],
)
def test_nobody_else_gets_an_account_and_an_address_leads_into_none(
    email: str, verified: bool, domain: str, title: str, double: Double, staff_admin: User
) -> None:
    configure(staff_admin, double.issuer, provider_kind="proconnect", provider_domain=domain)
    before, client = User.objects.count(), StrictClient(headers=ENGLISH)
    answer = come_back(client, double, PERSON | {"email": email, "email_verified": verified})
    assert answer.status_code == 403
    assert title in answer.text
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == before


def test_another_provider_knows_nobody_who_was_linked(double: Double, owner: User) -> None:
    link(owner, double)
    assert find_linked(identity_of(double))
    mine = {"issuer": "https://evil.example", "email": owner.email, "email_is_verified": True}
    assert find_linked(identity_of(double, **mine)) is None


def test_an_account_that_is_closed_stays_closed(double: Double, amoa: User, staff_admin: User) -> None:
    link(amoa, double)
    close_account(actor=staff_admin, person=amoa)
    answer = come_back(StrictClient(headers=ENGLISH), double, PERSON)
    assert (answer.status_code, "Your account is closed" in answer.text) == (403, True)
    amoa.refresh_from_db()
    assert not amoa.is_active


def test_a_person_links_their_account_and_confirms_it_from_their_mailbox(
    double: Double, pmo: User, client_of: Any
) -> None:
    client = client_of(pmo)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "/account/provider/link/" in client.get(ACCOUNT).text
    answer = come_back(client, double, PERSON, "/account/provider/link/")
    assert answer["Location"] == "/sign-in/provider/finish/"
    assert not Credential.objects.filter(person=pmo, kind="provider").exists()
    assert client.post(answer["Location"])["Location"] == ACCOUNT
    credential = Credential.objects.get(person=pmo, kind="provider")
    assert (credential.origin, credential.confirmed_at, credential.name) == ("added", None, "Sésame")
    assert credential.counts_from == credential.given_at + timedelta(days=1)
    other = StrictClient(headers=ENGLISH)
    assert "Confirm the link first" in come_back(other, double, PERSON).text
    assert other.post(build_confirm_link(credential).partition("8000")[2]).status_code == 200
    assert come_back(other, double, PERSON).status_code == 302
    assert is_signed_in(other, pmo)
    assert client.post("/account/provider/unlink/")["Location"] == ACCOUNT
    assert "You have no account here yet" in come_back(StrictClient(headers=ENGLISH), double, PERSON).text


def test_to_link_asks_who_one_is_in_an_old_session(double: Double, pmo: User, client_of: Any) -> None:
    client = grow_old(client_of(pmo))
    for path in ("/account/provider/link/", "/account/provider/unlink/"):
        assert client.post(path).status_code == 403
    assert leave(client, "/account/provider/link/", {"reauthenticate-password": PASSWORD})


def test_an_identity_is_one_persons(double: Double, pmo: User, owner: User, client_of: Any) -> None:
    link(owner, double)
    answer = come_back(client_of(pmo), double, PERSON, "/account/provider/link/")
    assert answer.status_code == 403
    assert not Credential.objects.filter(person=pmo, kind="provider").exists()


def test_who_signs_in_as_somebody_else_meanwhile_links_nothing(
    double: Double, pmo: User, owner: User, client_of: Any
) -> None:
    client = client_of(pmo)
    answer = come_back(client, double, PERSON, "/account/provider/link/")
    client.logout()
    client.force_login(owner)
    assert client.post(answer["Location"]).status_code == 403
    assert not Credential.objects.filter(kind="provider").exists()


def test_an_invited_person_takes_the_provider_instead_of_a_password(double: Double, staff_admin: User) -> None:
    fields = {"name": "Rose Petit", "title": "", "organisation": "", "language": "en"}
    person = invite(actor=staff_admin, email="rose@example.org", **fields)
    client, path = StrictClient(headers=ENGLISH), build_link(person).partition("8000")[2]
    assert "Sign in with Sésame" in client.get(path).text
    answer = come_back(client, double, PERSON, f"{path}provider/")
    assert client.post(answer["Location"]).status_code == 302
    assert is_signed_in(client, person)
    [credential] = Credential.objects.filter(person=person)
    assert (credential.origin, credential.counts) == ("first", True)
    assert "This link has expired" in StrictClient(headers=ENGLISH).get(path).text
    with pytest.raises(Exception, match="Choose a password first"):
        unlink_provider(actor=person)


def test_the_provider_alone_proves_nobody_before_an_act_by_their_own_hand(double: Double, owner: User) -> None:
    link(owner, double)
    client = StrictClient()
    come_back(client, double, PERSON)
    assert NOTE not in client.session
    assert client.post("/sign-in/provider/confirm/").status_code == 404, "the organisation asks for an own factor"


def test_an_organisation_may_rely_on_its_provider_from_a_week_later(
    double: Double, owner: User, pmo: User, staff_admin: User, time_machine: Any
) -> None:
    link(owner, double)
    configure(staff_admin, double.issuer, provider_kind="proconnect", provider_own_factor=False)
    client = StrictClient(headers=ENGLISH)
    come_back(client, double, PERSON)
    assert NOTE not in client.session, "nobody chooses it for the occasion"
    assert "Or confirm with" not in grow_old(client).post("/account/provider/unlink/").text
    time_machine.move_to(timezone.now() + timedelta(days=8))
    client = StrictClient(headers=ENGLISH)
    come_back(client, double, PERSON)
    assert NOTE in client.session
    page = grow_old(client).post("/account/provider/unlink/")
    assert "Or confirm with Sésame" in page.text
    address = leave(client, "/sign-in/provider/confirm/")
    assert ("prompt", "login") in parse_qsl(urlsplit(address).query)
    assert "Identity confirmed" in client.get(CALLBACK, double.authorize(address, PERSON)).text
    assert client.post("/account/provider/unlink/").status_code == 302
    link(pmo, double)
    address = leave(client, "/sign-in/provider/confirm/")
    answer = client.get(CALLBACK, double.authorize(address, PERSON))
    assert "Another person is signed in at the identity provider" in answer.text


def test_an_address_from_elsewhere_is_not_gone_to(double: Double, owner: User) -> None:
    link(owner, double)
    client = StrictClient()
    back = double.authorize(leave(client, fields={"next": "https://evil.example/"}), PERSON)
    assert "evil" not in client.get(CALLBACK, back)["Location"]


def test_the_environment_counts_before_the_page(
    double: Double, settings: Any, staff_admin: User, client_of: Any
) -> None:
    settings.OIDC = settings.OIDC | {"issuer": "https://other.example", "secret": "from outside"}
    provider = find_provider()
    assert provider is not None
    assert (provider.issuer, provider.secret, provider.name) == ("https://other.example", "from outside", "Sésame")
    page = client_of(staff_admin).get("/administration/sign-in/", headers=ENGLISH).text
    assert "OIDC_CLIENT_SECRET" in page
    assert 'name="provider_issuer"' not in page
    assert "from outside" not in page


def test_administrators_keep_the_provider_and_nobody_reads_its_secret(
    double: Double, staff_admin: User, client_of: Any
) -> None:
    client, path = client_of(staff_admin), "/administration/sign-in/"
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = client.get(path).text
    [seen] = re.findall(r'name="seen" value="(\d+)"', page)
    fields = {
        "seen": seen,
        "provider_kind": "openid_connect",
        "provider_issuer": "https://sesame.example/realms/port",
        "provider_client_id": "ouvrage",
        "provider_secret": "very secret",
        "provider_name": "Sésame",
        "provider_domain": "@Sesame.example",
        "provider_own_factor": "on",
    }
    for name, value in (
        ("provider_issuer", "http://sesame.example"),
        ("provider_domain", "a b"),
        ("provider_name", ""),
    ):
        assert client.post(path, fields | {name: value}).status_code == 422
    assert client.post(path, fields)["Location"] == path
    provider = find_entered_provider()
    assert provider is not None
    assert (provider.secret, provider.domain, provider.is_proconnect) == ("very secret", "sesame.example", False)
    page = client.get(path).text
    assert "very secret" not in page
    assert "A secret is stored." in page
    event = LedgerEvent.objects.filter(act="edit_settings").latest("pk")
    assert b"provider_secret" in bytes(event.body)
    assert b"very secret" not in bytes(event.body)
    assert "The identity provider does not answer" not in page
    assert client.post(f"{path}check/")["Location"] == path


@pytest.fixture
def unchecked(double: Double, staff_admin: User, client_of: Any) -> Any:
    """Save another issuer on the page; return the browser of the administrator who did."""
    client, path = client_of(staff_admin), "/administration/sign-in/"
    configure(staff_admin, "https://other.example", provider_kind="proconnect")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    [seen] = re.findall(r'name="seen" value="(\d+)"', client.get(path).text)
    fields = {"seen": seen, "provider_kind": "proconnect", "provider_name": "Sésame", "provider_own_factor": "on"}
    answer = client.post(path, fields | {"provider_issuer": double.issuer, "provider_client_id": "ouvrage"})
    assert answer.status_code == 302
    return client


def test_a_provider_is_offered_nowhere_until_its_check_has_passed(
    unchecked: Any, double: Double, pmo: User, staff_admin: User, client_of: Any
) -> None:
    fields = {"name": "Rose Petit", "title": "", "organisation": "", "language": "en"}
    invitation = build_link(invite(actor=staff_admin, email="rose@example.org", **fields)).partition("8000")[2]
    offers = [
        (StrictClient(headers=ENGLISH), "/sign-in/", "/sign-in/provider/"),
        (StrictClient(headers=ENGLISH), invitation, f"{invitation}provider/"),
        (client_of(pmo), ACCOUNT, "/account/provider/link/"),
    ]
    for client, page, action in offers:
        assert f'action="{action}"' not in client.get(page).text
        assert client.post(action).status_code == 404
    page = unchecked.get("/administration/sign-in/").text
    assert "Nobody can sign in with this identity provider yet" in page
    assert page.count("Check the identity provider") == 1
    assert unchecked.post("/administration/sign-in/check/").status_code == 302
    page = unchecked.get("/administration/sign-in/").text
    assert "The identity provider answers as entered. People can sign in with it." in page
    assert "Nobody can sign in with this identity provider yet" not in page
    for client, page, action in offers:
        assert f'action="{action}"' in client.get(page).text
        leave(client, action)
    event = LedgerEvent.objects.filter(act="edit_settings").latest("pk")
    assert b"provider_checked" in bytes(event.body)


def away(*_args: Any, **_options: Any) -> NoReturn:
    """Answer no request."""
    raise requests.ConnectionError("Connection refused")


def untrusted(*_args: Any, **_options: Any) -> NoReturn:
    """Have a certificate that nobody trusts."""
    raise requests.exceptions.SSLError("certificate verify failed")


FAILURES: dict[str, Any] = {
    "away": {"send": away},
    "untrusted": {"send": untrusted},
    "redirected": {"redirects": "/openid-configuration"},
    "another issuer": change("config", issuer="https://evil.example"),
    "incomplete": change("config", jwks_uri=None),
    "a token endpoint without TLS": change("config", token_endpoint="http://192.0.2.1/token"),
    "a token endpoint in the network of the server": change("config", token_endpoint="https://10.0.0.5/token"),
    "keys on the server": change("config", jwks_uri="https://127.0.0.2:5432/keys"),
    "claims in the network of the server": change("config", userinfo_endpoint="https://[fd00::1]/userinfo"),
    "a port of another server": change("config", token_endpoint="https://192.0.2.1:22/token"),
}
UNUSABLE = {
    "en": "The identity provider cannot be used as entered.",
    "fr": "Le fournisseur d’identité n’est pas utilisable tel qu’il est saisi.",
}


@pytest.mark.parametrize("failure", FAILURES)
def test_every_failed_check_reads_the_same_and_the_log_has_its_cause(
    failure: str, unchecked: Any, double: Double, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    for name, value in FAILURES[failure].items():
        if name == "send":
            monkeypatch.setattr(requests.Session, "send", value)
        else:
            setattr(double, name, value)
    pages = []
    for language, words in UNUSABLE.items():
        headers = {"accept-language": language}
        assert unchecked.post("/administration/sign-in/check/", headers=headers).status_code == 302
        pages.append(unchecked.get("/administration/sign-in/", headers=headers).text)
        assert words in pages[-1]
    assert "Nobody can sign in with this identity provider yet" in pages[0]
    assert "check of the provider: " in caplog.text
    assert find_provider() is None
    assert "Sésame" not in StrictClient().get("/sign-in/").text


def test_a_check_that_finds_another_issuer_leaves_it_off(unchecked: Any, double: Double, staff_admin: User) -> None:
    configure(staff_admin, f"{double.issuer}/", provider_checked=False)
    assert unchecked.post("/administration/sign-in/check/").status_code == 302
    assert UNUSABLE["en"] in unchecked.get("/administration/sign-in/").text
    assert find_provider() is None


def test_only_another_issuer_has_to_be_checked_again(double: Double, staff_admin: User, client_of: Any) -> None:
    client, path = client_of(staff_admin), "/administration/sign-in/"
    fields = {"provider_kind": "proconnect", "provider_client_id": "ouvrage", "provider_own_factor": "on"}
    for issuer, name, is_offered in ((double.issuer, "Another name", True), ("https://other.example", "Other", False)):
        [seen] = re.findall(r'name="seen" value="(\d+)"', client.get(path).text)
        changed = {"seen": seen, "provider_issuer": issuer, "provider_name": name}
        assert client.post(path, fields | changed).status_code == 302
        assert (name in StrictClient().get("/sign-in/").text) == is_offered


def test_the_check_of_an_issuer_that_was_replaced_meanwhile_counts_for_nothing(
    unchecked: Any, staff_admin: User
) -> None:
    note_check(actor=staff_admin, issuer="https://other.example")
    assert find_provider() is None


@pytest.mark.parametrize("who", ["owner", "pmo", "outsider"])
def test_nobody_else_checks_the_provider(who: str, unchecked: Any, cast: Any, client_of: Any) -> None:
    assert client_of(cast[who]).post("/administration/sign-in/check/").status_code == 403
    assert find_provider() is None


def test_a_link_holds_nothing_and_proves_nothing_before_the_waiting_time(double: Double, owner: User) -> None:
    linked = link(owner, double)
    waiting = find_waiting(owner.pk)
    assert waiting is not None
    assert waiting.until == linked.counts_from > timezone.now()
    assert find_hold(owner.pk) is None
