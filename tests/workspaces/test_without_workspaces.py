"""Test the product without its workspaces: create, propose, advise, decide and verify on an empty database."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings

from config.database import with_parts
from tests.database import another_database

pytestmark = pytest.mark.django_db(transaction=False)
NAME = "ouvrage_bare"


@pytest.fixture
def empty() -> Iterator[str]:
    """Create a database beside that of the tests, dropped at the end."""
    with another_database(NAME):
        yield NAME


@pytest.mark.parametrize("workspaces", ["", "amoa", "pmo"])
def test_a_decision_is_taken_and_verified_without_a_workspace(workspaces: str, empty: str) -> None:
    urls = {url: with_parts(os.environ[url], name=NAME) for url in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    result = subprocess.run(
        [sys.executable, "-m", "tests.workspaces.life"],
        cwd=settings.ROOT,
        env={**os.environ, **urls, "WORKSPACES": workspaces, "OUVRAGE_DB_ROLE": "owner"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-4000:] + result.stdout[-2000:]
