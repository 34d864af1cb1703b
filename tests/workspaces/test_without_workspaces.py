"""Test the product with each choice of workspaces: the life of a project on an empty database, from its opening on."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings

from config.database import with_parts
from tests.database import another_database
from tests.effort import WHOLE
from tests.workspaces.sql_names import list_names_above, list_unknown_names

pytestmark = pytest.mark.django_db(transaction=False)
NAME = "ouvrage_bare"
#: By day each workspace without the other; when WHOLE none and both too, which all other tests have.
CHOICES = ["", "amoa", "pmo", "amoa,pmo"] if WHOLE else ["amoa", "pmo"]


@pytest.fixture
def empty() -> Iterator[str]:
    """Create a database beside that of the tests, dropped at the end."""
    with another_database(NAME):
        yield NAME


@pytest.mark.parametrize("workspaces", CHOICES)
def test_a_project_passes_every_gate_and_is_verified_with_these_workspaces_alone(workspaces: str, empty: str) -> None:
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


def test_the_sql_of_an_app_names_tables_of_its_own_and_of_apps_below() -> None:
    assert list(list_names_above()) == []


def test_every_function_of_the_database_names_what_is_there() -> None:
    assert list_unknown_names() == {}
