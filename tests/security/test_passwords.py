"""Test passwords, keys of sessions and mailed links: what they take, how long they last, what they open."""

import gzip
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.record.encryption import decrypt, encrypt
from projects.people.accounts.forms import PasswordForm
from projects.people.accounts.invitations import build_link, find_invited
from projects.people.accounts.services import change_password, invite
from projects.people.accounts.set_up import build_set_up_link, is_set_up_link
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.mails import build_confirm_link, find_to_confirm
from projects.people.credentials.services import give_credential
from roles.accounts.limits import build_link_token, find_by_link
from roles.models import User
from tests.conftest import AS_SHIPPED, StrictClient

pytestmark = pytest.mark.django_db
PASSWORD = "ouvrage-cast"
LONG = "é" * 200


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def list_common() -> list[str]:
    """List the common passwords that are long enough."""
    path = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [word for word in file.read().split() if len(word) >= 12]


@pytest.mark.parametrize("password", ["elevenchars", "", "owner@example.org", *list_common()[:2]])
def test_a_short_or_common_password_is_refused(password: str, owner: User) -> None:
    with pytest.raises(ValidationError):
        password_validation.validate_password(password, owner)


@pytest.mark.parametrize(
    "password", [" spaces at both ends ", "onlysmallletters", "\u202fétroit\t日本 \U0001f511", LONG]
)
def test_a_password_is_taken_as_it_is_typed(password: str, owner: User) -> None:
    form = PasswordForm({"password": password})
    assert form.is_valid()
    assert form.cleaned_data["password"] == password
    change_password(actor=owner, current=PASSWORD, password=password)
    owner.refresh_from_db()
    assert owner.check_password(password)
    for other in (password.strip(), password.upper(), password[:-1], password[:64]):
        assert other == password or not owner.check_password(other)


def test_browsers_mask_passwords_and_may_fill_them_in(owner: User, client: Any, client_of: Any) -> None:
    for browser, path in ((client, "/sign-in/"), (client_of(owner), "/account/password/")):
        fields = re.findall(r"<input[^>]*\bname=\"(?:password|current)\"[^>]*>", browser.get(path).text)
        assert fields, path
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field)


def test_a_password_does_not_expire(owner: User) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=5 * 365)):
        answer = StrictClient().post("/sign-in/", {"login": owner.email, "password": PASSWORD})
        assert answer.status_code == 302


def test_passwords_are_hashed_with_argon2id(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, cost in AS_SHIPPED.items():
        monkeypatch.setattr(Argon2PasswordHasher, name, cost)
    assert make_password("anything").startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")


def test_keys_of_sessions_are_long_and_new(owner: User) -> None:
    browser, keys = StrictClient(), []
    for _ in range(2):
        browser.post("/sign-in/", {"login": owner.email, "password": PASSWORD})
        keys.append(browser.cookies["sessionid"].value)
        browser.post("/sign-out/")
    assert len({*keys}) == 2
    assert {len(key) for key in keys} == {32}


def test_a_link_opens_what_it_was_made_for_alone(owner: User, staff_admin: User) -> None:
    about = {"name": "Ada Roux", "title": "", "organisation": "", "language": "en"}
    invited = invite(actor=staff_admin, email="ada@example.org", **about)
    added = give_credential(actor=owner, person=owner, kind=CredentialKind.CODE_APP, origin=Origin.ADDED)
    links = {
        "browser": build_link_token(owner),
        "invitation": build_link(invited).rstrip("/").rpartition("/")[2],
        "set up": build_set_up_link().rstrip("/").rpartition("/")[2],
        "credential": build_confirm_link(added).rstrip("/").rpartition("/")[2],
    }
    opens: dict[str, Any] = {
        "browser": find_by_link,
        "invitation": find_invited,
        "set up": is_set_up_link,
        "credential": find_to_confirm,
    }
    opened = {(made, by) for made, token in links.items() for by, find in opens.items() if find(token)}
    assert opened == {(name, name) for name in links}
    assert not any(
        find(token[:-1] + ("A" if token[-1] != "A" else "B")) for token in links.values() for find in opens.values()
    )


def test_what_is_encrypted_cannot_be_changed() -> None:
    stored = encrypt("a secret", "tests")
    assert "secret" not in stored
    assert (decrypt(stored, "tests"), decrypt(stored, "another purpose")) == ("a secret", "")
    for place in (0, len(stored) // 3, len(stored) // 2):
        other = "A" if stored[place] != "A" else "B"
        assert decrypt(stored[:place] + other + stored[place + 1 :], "tests") == ""
