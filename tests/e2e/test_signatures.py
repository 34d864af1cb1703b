"""Sign an opinion and a decision in Chromium with virtual authenticators, and verify both signatures without us."""

import base64
import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page, expect

from tests.authenticator import Authenticator
from tests.e2e.test_journey import ADVICE, REASONS, select
from tests.e2e.test_verify_proof import as_program, verify
from tests.e2e.visitor import submitted

#: Give one of the cast a passkey that counts at once, as the session of the invitation link does.
GIVE = """
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import give_credential
from roles.models import User
from roles.passkeys.keys import NewKey, store_key
from fido2 import cbor, cose
from fido2.webauthn import Aaguid, AttestedCredentialData
person = User.objects.get(email="{email}")
about = {{"actor": person, "person": person, "origin": Origin.FIRST}}
give_credential(kind=CredentialKind.PASSWORD, **about)
key = cose.CoseKey.parse(cbor.decode(bytes.fromhex("{key}")))
store_key(person, NewKey(AttestedCredentialData.create(Aaguid.NONE, bytes.fromhex("{name}"), key), 0))
give_credential(
    kind=CredentialKind.PASSKEY,
    public_key=bytes.fromhex("{key}"),
    credential_id=bytes.fromhex("{name}"),
    **about,
)
"""
#: Take every second factor of theirs again; the password stays.
TAKE = """
from allauth.mfa.models import Authenticator
from projects.people.credentials.services import end_credential
from roles.models import User
person = User.objects.get(email="{email}")
for credential in person.credentials.living().exclude(kind="password"):
    end_credential(actor=person, credential=credential)
Authenticator.objects.filter(user=person).delete()
"""
OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def put_in(page: Page, passkey: Authenticator) -> Callable[[bool], Any]:
    """Put a passkey into a virtual authenticator of the page; return a switch: whether it verifies its person."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    made = browser.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})["authenticatorId"]
    private = passkey.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    credential = {
        "credentialId": base64.b64encode(passkey.credential_id).decode(),
        "privateKey": base64.b64encode(private).decode(),
        "isResidentCredential": False,
        "rpId": "localhost",
        "signCount": 1,
    }
    browser.send("WebAuthn.addCredential", {"authenticatorId": made, "credential": credential})
    return lambda is_verified: browser.send(
        "WebAuthn.setUserVerified", {"authenticatorId": made, "isUserVerified": is_verified}
    )


@pytest.fixture
def passkeys(instance: dict[str, Any]) -> Iterator[dict[str, Authenticator]]:
    """Give the PMO and the owner a passkey until the test ends: others act in the same instance."""
    passkeys = {"pmo": Authenticator(), "owner": Authenticator()}

    def run(code: str) -> None:
        shell = f'{instance["commands"]["shell"]} -c "$CODE"'
        emails = {member: instance["users"][member]["email"] for member in passkeys}
        codes = "".join(
            code.format(email=emails[member], key=key.public_key.hex(), name=key.credential_id.hex())
            for member, key in passkeys.items()
        )
        subprocess.run(["sh", "-c", shell], env={**os.environ, "CODE": codes}, check=True, capture_output=True)

    run(GIVE)
    yield passkeys
    run(TAKE)


def test_an_opinion_and_a_decision_are_signed_with_passkeys_and_anyone_verifies_them(
    person: Callable[..., Page], visitor: Any, request: Any, instance: dict[str, Any], query: Any, complaints: Any
) -> None:
    file, adviser = submitted(visitor("amoa"), "The signed quay"), person("pmo", language="en")
    page = person("owner", language="fr")
    passkeys = request.getfixturevalue("passkeys")  # after the sign-ins, which then would ask for them
    put_in(adviser, passkeys["pmo"])
    adviser.goto(file["url"])
    adviser.locator('#advise [name="position"][value="favourable"]').check()
    adviser.locator('#advise [name="reasons"]').fill(ADVICE)
    adviser.locator('#advise button[name="step"][value="review"]:visible').click()
    adviser.get_by_role("button", name="Sign and send").click()
    expect(adviser.get_by_text("Signed with their own passkey, in their possession since")).to_be_visible()
    set_verified = put_in(page, passkeys["owner"])
    page.goto(file["url"])
    form = page.locator('form[action$="/decide/"]')
    select(form.locator('[data-option="recommended"] input'))
    select(form.locator('[name="outcome"][value="approved"]'))
    form.locator('[name="reasons"]').fill(REASONS)
    form.locator('button[name="step"][value="review"]:visible').click()
    sign = page.get_by_role("button", name="Signer et enregistrer")
    set_verified(False)
    sign.click()
    expect(page.get_by_role("alert").first).to_contain_text("Votre clé d’accès n’a pas signé")
    expect(page.locator("blockquote")).to_contain_text(REASONS)
    number = file["proposal"]
    decided = "SELECT id, assertion ->> 'client_data' FROM governance_decision WHERE proposal_id = %s"
    assert query(decided, number) == []
    set_verified(True)
    sign.click()
    expect(page.get_by_text("Signée avec sa propre clé d’accès")).to_be_visible()
    [(decision, client_data)] = query(decided, number)
    assert instance["base_url"] in bytes.fromhex(client_data).decode()
    proof = page.request.get(f"/decisions/{decision}/proof.zip").body()
    report = as_program(proof, "")
    # Others act in the same instance, and the record may not be drawn yet: only what is open about a signature counts.
    doubts = [point for point in report["not_verifiable"] if "sign" in point["what"] or "passkey" in point["what"]]
    assert (report["verdict"], report["signatures"], doubts) == ("INTACT", 2, []), report["faults"]
    stranger = person("anonymous", language="fr")
    stranger.goto("/verify/")
    result = verify(stranger, proof)
    expect(result.get_by_role("heading", level=2)).to_contain_text("Intact")
    expect(result).to_contain_text("est signée avec la clé d’accès")
    expect(result).to_contain_text("L’avis du rôle PMO")
    expect(result).to_contain_text("avaient remises avant à leurs signataires : 2")
    expect(result).to_contain_text(f"ont signé à l’adresse {instance['base_url']}")
    assert complaints == []
