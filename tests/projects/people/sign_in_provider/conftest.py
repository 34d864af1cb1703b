"""A provider that is configured, and a person who goes there and comes back."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.record.encryption import encrypt
from projects.organisation_settings.queries import organisation
from projects.organisation_settings.services import edit_settings
from projects.people.sign_in_provider.queries import PURPOSE
from roles.models import User
from tests.projects.people.sign_in_provider.provider_double import CLIENT, SECRET, Double, run_double

CALLBACK = "/sign-in/provider/callback/"


@pytest.fixture(scope="module")
def running() -> Iterator[Double]:
    with run_double() as double:
        yield double


@pytest.fixture
def double(running: Double, staff_admin: User) -> Double:
    """The double as it is without lies, configured as ProConnect."""
    cache.clear()
    running.__init__(port=running.port)  # type: ignore[misc]
    configure(staff_admin, running.issuer, provider_kind="proconnect")
    return running


def configure(administrator: User, issuer: str, **more: Any) -> None:
    """Save the provider in the settings, as one that was checked."""
    fields = {
        "provider_issuer": issuer,
        "provider_client_id": CLIENT,
        "provider_secret": encrypt(SECRET, PURPOSE),
        "provider_name": "Sésame",
        "provider_checked": True,
        **more,
    }
    seen = str(organisation().history.latest("history_id").history_id)
    edit_settings(actor=administrator, fields=fields, seen=seen)


def leave(client: Client, path: str = "/sign-in/provider/", fields: dict[str, str] | None = None) -> str:
    """Press the button; return the address of the provider that the page leads to."""
    answer = client.post(path, fields or {})
    assert answer.status_code == 200, answer.content.decode()
    [address] = re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())
    return html.unescape(address)


def come_back(client: Client, double: Double, person: dict[str, Any], path: str = "/sign-in/provider/") -> Any:
    """Go to the provider, be that person there, and come back; return the answer."""
    return client.get(CALLBACK, double.authorize(leave(client, path), person))
