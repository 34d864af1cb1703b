"""What is unsafe in production stops the start, with a sentence that says what to set."""

import json
import os
import secrets
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from config.database import with_parts

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
COOKIES = """
import config.wsgi, json
from django.conf import settings
locks = ("SECURE", "HTTPONLY", "SAMESITE")
names = [f"{cookie}_COOKIE_{lock}" for cookie in ("SESSION", "CSRF", "LANGUAGE") for lock in locks]
print(json.dumps({name: getattr(settings, name) for name in (*names, "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS")}))
"""


def start(changes: dict[str, str | None], code: str = "import config.wsgi") -> subprocess.CompletedProcess[str]:
    """Start the web process of production, with some of its environment changed or missing (None)."""
    servers = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "STATIC_ROOT", "PATH")}
    env = {name: value for name, value in (servers | SAFE | changes).items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def said(result: subprocess.CompletedProcess[str]) -> str:
    """The last line of what it complained about."""
    return result.stderr.strip().splitlines()[-1] if result.stderr.strip() else ""


def test_production_starts_with_safe_settings_and_every_cookie_is_locked() -> None:
    result = start({}, COOKIES)
    assert result.returncode == 0, result.stderr
    given: dict[str, Any] = json.loads(result.stdout)
    for name in ("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE"):
        assert (given[f"{name}_SECURE"], given[f"{name}_HTTPONLY"], given[f"{name}_SAMESITE"]) == (True, True, "Lax")
    assert given["SECURE_SSL_REDIRECT"] is True
    assert given["SECURE_HSTS_SECONDS"] >= 31_536_000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DEBUG": "1"}, "DEBUG"),
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
    ],
    ids=lambda value: (
        "-".join(f"{k}={(v or 'missing')[:16]}" for k, v in value.items()) if isinstance(value, dict) else ""
    ),
)
def test_production_refuses_to_start(changes: dict[str, str | None], words: str) -> None:
    result = start(changes)
    assert result.returncode != 0
    assert said(result).startswith("django.core.exceptions.ImproperlyConfigured")
    assert words in said(result)


def test_production_is_what_starts_when_nothing_is_said() -> None:
    assert start({"OUVRAGE_ENV": None, "DEBUG": "1"}).returncode != 0
    assert start({"OUVRAGE_ENV": None}, "import config.wsgi as w; from django.conf import settings as s; "
                 "assert s.ENVIRONMENT == 'production'").returncode == 0  # fmt: skip


def here(url: str) -> str:
    """The role of this address on the database of the tests, which has its tables."""
    return with_parts(os.environ[url], name=connection.settings_dict["NAME"])


@pytest.mark.parametrize("role", ["DATABASE_SUPERUSER_URL", "DATABASE_OWNER_URL"])
@pytest.mark.parametrize("environment", ["production", "development"])
def test_the_web_process_refuses_a_role_that_could_undo_the_guards(role: str, environment: str) -> None:
    if role not in os.environ:
        pytest.skip("no superuser is known of the given servers")
    result = start({"DATABASE_URL": here(role), "OUVRAGE_ENV": environment})
    assert result.returncode != 0
    assert "runtime role" in said(result)


def test_the_web_process_refuses_to_serve_as_the_owner_by_the_switch_too() -> None:
    result = start({"OUVRAGE_DB_ROLE": "owner", "DATABASE_OWNER_URL": here("DATABASE_OWNER_URL")})
    assert result.returncode != 0
    assert "runtime role" in said(result)
