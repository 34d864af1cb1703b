"""Test that unsafe production settings stop the start, with a message about the missing setting."""

import json
import os
import re
import runpy
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import override_settings

from config.database import with_parts
from config.safety import refuse_unsafe_database
from config.settings import database
from tests.effort import WHOLE

pytestmark = pytest.mark.django_db

SAFE = {
    "OUVRAGE_ENV": "production",
    "OUVRAGE_HTTPS": "1",
    "OUVRAGE_DB_ROLE": "runtime",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "ouvrage.example",
    "BASE_URL": "https://ouvrage.example",
    "MAIL_URL": "smtp://mail.example:25",
}
WORKER = """
import sys
from celery.__main__ import main
sys.argv = ["celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "1"]
main()
"""
PROCESSES = {"web": "import config.wsgi", "worker": WORKER}
#: role × environment × process: each of them once, when WHOLE all of them together.
STARTS = [
    ("DATABASE_OWNER_URL", "production", "web"),
    ("DATABASE_SUPERUSER_URL", "development", "worker"),
]
if WHOLE:
    STARTS = list(product(("DATABASE_SUPERUSER_URL", "DATABASE_OWNER_URL"), ("production", "development"), PROCESSES))
COOKIES = [
    f"{cookie}_COOKIE_{lock}"
    for cookie in ("SESSION", "CSRF", "LANGUAGE")
    for lock in ("SECURE", "HTTPONLY", "SAMESITE", "NAME")
]
SHOWN = f"""
import config.wsgi, json
from django.conf import settings
names = {[*COOKIES, "ENVIRONMENT", "SECURE_SSL_REDIRECT", "ALLAUTH_TRUSTED_PROXY_COUNT"]!r}
names += ["SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"]
print(json.dumps({{name: getattr(settings, name) for name in names}}))
"""


def here(url: str) -> str:
    """Return the address of this role on the database of the tests."""
    return with_parts(os.environ[url], name=connection.settings_dict["NAME"])


def environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return the environment of production with these changes; None removes a variable."""
    servers = {name: os.environ[name] for name in ("REDIS_URL", "STATIC_ROOT", "PATH")}
    servers["DATABASE_URL"] = here("DATABASE_URL")
    return {name: value for name, value in (servers | SAFE | changes).items() if value is not None}


def start(changes: dict[str, str | None], code: str = "import config.wsgi") -> subprocess.CompletedProcess[str]:
    """Start the web process of production with a changed environment."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.ROOT,
        env=environment(changes),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def read_settings(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str | None]], dict[str, Any]]:
    """Return a function that reads the settings of production with a changed environment, without a start."""

    def read(changes: dict[str, str | None]) -> dict[str, Any]:
        monkeypatch.setattr(os, "environ", environment(changes))
        return runpy.run_path(str(settings.ROOT / "config/settings.py"))

    return read


def get_last_error(result: subprocess.CompletedProcess[str]) -> str:
    """Return the last line of its error output."""
    return result.stderr.strip().splitlines()[-1] if result.stderr.strip() else ""


def test_production_starts_when_nothing_is_said_with_safe_settings_and_locked_cookies() -> None:
    result = start({"OUVRAGE_ENV": None}, SHOWN)
    assert result.returncode == 0, result.stderr
    given: dict[str, Any] = json.loads(result.stdout)
    assert given["ENVIRONMENT"] == "production"
    for name in ("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE"):
        assert (given[f"{name}_SECURE"], given[f"{name}_HTTPONLY"], given[f"{name}_SAMESITE"]) == (True, True, "Lax")
        assert given[f"{name}_NAME"].startswith("__Host-")
    assert given["SECURE_SSL_REDIRECT"] is True
    assert given["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert (given["SECURE_HSTS_INCLUDE_SUBDOMAINS"], given["SECURE_HSTS_PRELOAD"]) == (False, False)
    assert given["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0


def test_what_concerns_other_sites_of_the_domain_and_proxies_is_asked_for(read_settings: Any) -> None:
    given = read_settings({"HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "1", "BEHIND_PROXY": "1"})
    assert (given["SECURE_HSTS_INCLUDE_SUBDOMAINS"], given["SECURE_HSTS_PRELOAD"]) == (True, True)
    assert given["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1


def test_migrating_as_the_role_that_serves_says_which_role_it_needs() -> None:
    with override_settings(OWNS_DATABASE=False), pytest.raises(CommandError, match="OUVRAGE_DB_ROLE=owner"):
        call_command("migrate")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DEBUG": "1"}, "DEBUG"),
        ({"DEBUG": "1", "OUVRAGE_ENV": None}, "DEBUG"),
        ({"DEBUG": "true"}, "DEBUG is 0 or 1"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 80}, "SECRET_KEY"),
        ({"SECRET_KEY": "changeme" * 10}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + secrets.token_urlsafe(64)}, "SECRET_KEY"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"REDIS_URL": None}, "REDIS_URL"),
        ({"OUVRAGE_ENV": "prod"}, "OUVRAGE_ENV"),
        ({"OUVRAGE_HTTPS": "yes"}, "OUVRAGE_HTTPS"),
        ({"OUVRAGE_DB_ROLE": "admin"}, "OUVRAGE_DB_ROLE"),
        ({"TIMESTAMP_URL": "http://stamps.example.org/"}, "TIMESTAMP_URL begins with https://"),
        ({"TIMESTAMP_URL": "http://localhost.example.org/"}, "TIMESTAMP_URL begins with https://"),
        ({"TIMESTAMP_URL": "https://me:secret@stamps.example.org/"}, "TIMESTAMP_URL begins with https://"),
        ({"TIMESTAMP_URL": "https://stamps.example.org/"}, "TIMESTAMP_CERTIFICATES"),
    ],
    ids=lambda value: (
        "-".join(f"{k}={(v or 'missing')[:16]}" for k, v in value.items()) if isinstance(value, dict) else ""
    ),
)
def test_settings_that_production_refuses(changes: dict[str, str | None], words: str, read_settings: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        read_settings(changes)


def test_refused_settings_end_the_start_with_their_sentence() -> None:
    result = start({"SECRET_KEY": "short"})
    assert result.returncode != 0
    assert get_last_error(result).startswith("django.core.exceptions.ImproperlyConfigured: SECRET_KEY")


SECRETS = ("OUVRAGE_NOTARY_KEY", "DATABASE_NOTARY_URL")


@pytest.mark.parametrize("name", SECRETS)
def test_production_refuses_the_secrets_of_the_notary(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in SECRETS:
        monkeypatch.delenv(secret, raising=False)
    monkeypatch.setenv(name, "given")
    with (
        override_settings(ENVIRONMENT="production", DB_ROLE="runtime"),
        pytest.raises(ImproperlyConfigured, match=f"Only the notary gets {name}, not"),
    ):
        refuse_unsafe_database()


@pytest.mark.parametrize(("role", "environment", "process"), STARTS)
def test_the_server_refuses_a_role_that_could_undo_the_guards(role: str, environment: str, process: str) -> None:
    if role not in os.environ:
        pytest.skip("no superuser is known of the given servers")
    result = start({"DATABASE_URL": here(role), "OUVRAGE_ENV": environment}, PROCESSES[process])
    assert result.returncode != 0
    assert "runtime role" in get_last_error(result)


def test_nothing_serves_as_the_owner_by_the_switch_either() -> None:
    with override_settings(DB_ROLE="owner"), pytest.raises(ImproperlyConfigured, match="runtime role"):
        refuse_unsafe_database()


@pytest.fixture
def losing_commits() -> Iterator[None]:
    """Set asynchronous commit on the database of the tests until the test ends."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with psycopg.connect(here("DATABASE_OWNER_URL"), autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        try:
            yield
        finally:
            owner.execute(f"ALTER DATABASE {name} RESET synchronous_commit")


@contextmanager
def serving_from(url: str) -> Iterator[None]:
    """Connect to the database of this address, as a process of production, until the block ends."""
    usual = connections["default"]
    connections["default"] = usual.copy()
    connections["default"].settings_dict |= database(url)
    try:
        with override_settings(ENVIRONMENT="production", DB_ROLE="runtime"), pytest.MonkeyPatch.context() as patch:
            for secret in SECRETS:
                patch.delenv(secret, raising=False)
            yield
    finally:
        connections["default"].close()
        connections["default"] = usual


def test_production_starts_only_on_a_database_that_is_as_it_must_be(losing_commits: None) -> None:
    with serving_from(here("DATABASE_URL")), pytest.raises(ImproperlyConfigured) as error:
        refuse_unsafe_database()
    assert "The database is not as it must be" in str(error.value)
    assert "synchronous_commit is off" in str(error.value)


def test_development_starts_on_any_database_and_without_collected_files(losing_commits: None, tmp_path: Path) -> None:
    code = "import config.wsgi; from django.test import Client; print(Client().get('/sign-in/').status_code)"
    changes = {"OUVRAGE_ENV": "development", "OUVRAGE_HTTPS": "0", "DEBUG": "1", "STATIC_ROOT": str(tmp_path)}
    result = start(changes | {"ALLOWED_HOSTS": "testserver"}, code)
    assert result.stdout.split()[-1:] == ["200"], result.stderr


def test_a_database_without_tables_is_refused_with_the_first_faults() -> None:
    with serving_from(os.environ["DATABASE_URL"]), pytest.raises(ImproperlyConfigured) as error:
        refuse_unsafe_database()
    assert str(error.value).count(";") == 2
    assert re.search(r"… and \d+ more$", str(error.value))
