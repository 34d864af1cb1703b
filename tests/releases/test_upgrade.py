"""Databases of earlier releases, migrated by the code of today: migrations only go forward (docs/adr/0013).

Migrated, they are as a new database, whose tables are created at once (config/first_tables.py).
"""

import json
import lzma
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection as tested
from django.db.migrations.executor import MigrationExecutor

from config.database import with_parts
from tests.database import another_database, owning, run
from tools.servers.postgres import program

DUMPS = sorted(Path(__file__).parent.glob("*.sql.xz"))
#: Events that a dump holds at least.
EVENTS = {"0.1.sql.xz": 10_000, "0.2.sql.xz": 3_800}
NAME = "ouvrage_upgraded"


@pytest.fixture
def database() -> Iterator[dict[str, str]]:
    """An empty database beside that of the tests: the addresses of its roles, by variable."""
    urls = {name: with_parts(os.environ[name], name=NAME) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    with another_database(NAME):
        yield urls


def call(database: dict[str, str], role: str, *calls: str) -> str:
    """Call commands of manage.py on the database, in one process. Raises AssertionError with what a failed one said."""
    code = "; ".join(["import sys", "from django.core.management import call_command", *calls])
    result = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", code],
        cwd=settings.ROOT,
        env={**os.environ, **database, "OUVRAGE_DB_ROLE": role},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result.stdout


def schema(name: str) -> list[list[str]]:
    """Return the statements that make this database: tables, keys, indexes, functions, triggers, rights; sorted.

    A dump that was restored writes the casts and brackets of constraints otherwise, and a column that came later stands
    last: both are left out.
    """
    words = [str(program("pg_dump")), "--schema-only", "--no-comments"]
    words.append(with_parts(os.environ["DATABASE_OWNER_URL"], name=name))
    sql = subprocess.run(words, capture_output=True, check=True, text=True).stdout
    sql = re.sub(r"::(character varying|text)\b|\[\]|[()]", "", sql)
    lines = (line.rstrip(",") for line in sql.splitlines() if not line.startswith(("--", "\\restrict", "\\unrestrict")))
    return sorted(sorted(statement.split("\n")) for statement in re.split(r"\n\n+", "\n".join(lines)))


def test_a_release_has_left_its_dump() -> None:
    assert DUMPS
    assert all(dump.stat().st_size <= 3 * 2**20 for dump in DUMPS)


@pytest.mark.django_db
@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.name)
def test_the_database_of_a_release_is_migrated_and_its_ledger_verifies(dump: Path, database: dict[str, str]) -> None:
    restored = subprocess.run(
        [str(program("psql")), "--quiet", "--set", "ON_ERROR_STOP=1", database["DATABASE_OWNER_URL"]],
        input=lzma.decompress(dump.read_bytes()),
        capture_output=True,
        check=False,
    )
    assert restored.returncode == 0, restored.stderr[-2000:]
    with psycopg.connect(database["DATABASE_OWNER_URL"]) as connection:
        [events] = connection.execute("SELECT count(*) FROM projects_ledgerevent").fetchone() or [0]
    assert events > EVENTS[dump.name]
    migrate = "call_command('migrate', verbosity=0)"
    call(database, "owner", migrate, migrate)  # the second time there is nothing left to do
    check = "call_command('check_database', stdout=sys.stderr)"
    jobs = 2 if dump is DUMPS[-1] else 1  # two processes more load everything again
    verify = f"call_command('ledger_verify', jobs={jobs}, json=True)"
    report = json.loads(call(database, "runtime", check, verify))
    assert (report["verdict"], report["events"]) == ("INTACT", events + len(report["chains"]))
    assert schema(NAME) == schema(tested.settings_dict["NAME"]), "an upgraded database is not as a new one"


@pytest.mark.django_db
def test_a_database_of_the_time_before_the_release_has_nothing_left_to_migrate() -> None:
    """It has applied the migrations that were folded, each under its first name, and none that replaces them."""
    loader = MigrationExecutor(tested).loader
    folded = {key: migration.replaces for key, migration in loader.disk_migrations.items() if migration.replaces}
    assert {app for app, _ in folded} == {"core", "roles", "projects", "governance", "amoa", "pmo"}
    last = "pmo", "0003_validate_constraints"
    later = sorted(key for key in loader.disk_migrations if key[0] == last[0] and key > last)

    def waiting(*forgotten: tuple[str, str]) -> list[tuple[str, str]]:
        for key in forgotten:
            run("DELETE FROM django_migrations WHERE (app, name) = (%s, %s)", key)
        executor = MigrationExecutor(tested)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return [(migration.app_label, migration.name) for migration, _ in plan]

    with owning():
        assert waiting(*folded) == []
        assert waiting(*folded[last], *later) == [last, *later]
