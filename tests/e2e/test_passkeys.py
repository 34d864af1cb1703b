"""Use a passkey in Chromium, with its virtual authenticator: add, sign in, confirm, remove."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
from django.core import signing
from django.utils import timezone
from playwright.sync_api import Page, expect

from roles.reauthentication.proofs import NOTE
from tests.e2e.conftest import FOLDER
from tests.roles.reauthentication.test_reauthentication import PASSWORD

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
#: Salt by which Django signs the data of a session.
SALT = "django.contrib.sessions.SessionStore"
SIGNED_OUT = re.compile("/sign-in/")


def plug_in(page: Page) -> Callable[[], None]:
    """Give the browser of the page an authenticator; return a function that takes it away."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    found = wire.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return lambda: wire.send("WebAuthn.removeVirtualAuthenticator", found)


def grow_old(page: Page, instance: dict[str, Any]) -> None:
    """Let the session of the page have proved its person an hour ago."""
    [key] = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid"]
    secret = json.loads((FOLDER / "secret/keys.json").read_text())["secret_key"]
    with psycopg.connect(instance["dsn"]["runtime"], autocommit=True) as connection:
        row = connection.execute("SELECT session_data FROM account_session WHERE session_key = %s", [key]).fetchone()
        assert row
        data = signing.loads(row[0], key=secret, salt=SALT)
        data[NOTE] = (timezone.now() - timedelta(hours=1)).isoformat()
        told = signing.dumps(data, key=secret, salt=SALT, compress=True)
        connection.execute("UPDATE account_session SET session_data = %s WHERE session_key = %s", [told, key])


def test_a_passkey_is_added_signs_in_confirms_and_is_removed(
    person: Callable[..., Page], instance: dict[str, Any]
) -> None:
    page = person("outsider")
    unplug = plug_in(page)
    page.goto("/account/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("Chromium")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as text").click()
    assert len(re.findall(r"^\d{8}$", download.value.path().read_text(), re.MULTILINE)) == 10
    page.goto("/account/passkeys/add/")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("This device already has a passkey")).to_be_visible()

    page.goto("/sign-out/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Passkeys and codes")).to_be_visible()
    expect(page.get_by_role("link", name="Rename passkey · Chromium")).to_be_visible()

    grow_old(page, instance)
    page.get_by_role("link", name="Remove passkey · Chromium").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("it proves nothing until")).to_be_visible()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and continue").click()
    expect(page.get_by_role("heading", name="Remove a second factor")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("It is removed.")).to_be_visible()

    page.goto("/sign-out/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey was not accepted")).to_be_visible()
    unplug()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(SIGNED_OUT)
