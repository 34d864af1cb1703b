"""Test that of several PostgreSQL servers the one that writes is used, also after it has failed."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from config.processes import stop
from config.settings import database
from tools.servers import postgres

PASSWORD = "superuser-password"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Start a server and a standby that follows it; return their addresses."""
    first, second = tmp_path / "first", tmp_path / "second"
    try:
        dsn = postgres.start(first, PASSWORD)
        postgres.start(second, PASSWORD)
        postgres.end(second)
        copy(dsn, (second / "postgres").resolve())
        yield dsn, postgres.start(second, PASSWORD)
    finally:
        for folder in (first, second):
            postgres.end(folder)
            postgres.remove(folder)


def copy(dsn: str, data: Path) -> None:
    """Put a copy of a server in place of this data, which follows it."""
    shutil.rmtree(data)
    subprocess.run(
        [postgres.program("pg_basebackup"), "-D", data, "-d", dsn, "--write-recovery-conf", "--checkpoint=fast"],
        check=True,
        timeout=120,
    )
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for path in (data, *data.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)


def of_both(first: str, second: str) -> dict[str, Any]:
    """Return the settings of an address that names both servers, with a pool as in production."""
    places = ",".join(urlsplit(dsn).netloc.rpartition("@")[2] for dsn in (first, second))
    settings = database(f"postgresql://postgres:{PASSWORD}@{places}/postgres")
    settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 2, "timeout": 3, "reconnect_timeout": 4}
    return settings | {"CONN_HEALTH_CHECKS": True}


@pytest.fixture
def connection(servers: tuple[str, str]) -> Iterator[Any]:
    """Return a connection by the address of both servers, the standby first."""
    primary, standby = servers
    found: Any = ConnectionHandler({"default": of_both(standby, primary)})["default"]
    yield found
    found.close_pool()


@pytest.fixture
def run(connection: Any, django_db_blocker: Any) -> Callable[[str], list[Any]]:
    """Return a function that runs a statement as a page does, which takes a connection and gives it back."""

    def send(statement: str) -> list[Any]:
        with django_db_blocker.unblock():
            try:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    return cursor.fetchall() if cursor.description else []
            finally:
                connection.close()

    return send


def test_the_server_that_writes_is_found_first_and_after_it_has_failed(
    servers: tuple[str, str], run: Callable[[str], list[Any]], tmp_path: Path
) -> None:
    primary, standby = servers
    run("CREATE TABLE kept (number integer)")
    run("INSERT INTO kept VALUES (1)")
    with psycopg.connect(standby) as other:
        assert other.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
    wait_for(standby, primary)
    stop(tmp_path / "first/run", "postgres", signal.SIGQUIT)
    with pytest.raises(OperationalError):
        run("INSERT INTO kept VALUES (2)")
    with psycopg.connect(standby, autocommit=True) as other:
        other.execute("SELECT pg_promote()")
    for _page in range(20):
        with suppress(OperationalError):
            run("INSERT INTO kept VALUES (3)")
            break
    assert run("SELECT number FROM kept ORDER BY number") == [(1,), (3,)]


def wait_for(standby: str, primary: str) -> None:
    """Wait until the standby has all that the primary wrote."""
    with psycopg.connect(primary, autocommit=True) as other:
        [[sent]] = other.execute("SELECT pg_current_wal_lsn()").fetchall()
    with psycopg.connect(standby, autocommit=True) as other:
        while other.execute("SELECT pg_last_wal_replay_lsn() < %s::pg_lsn", [sent]).fetchone() == (True,):
            pass


def test_an_address_of_one_server_is_taken_as_it_is() -> None:
    settings = database("postgresql://app:secret@db.example:5433/ouvrage?sslmode=verify-full")
    assert settings["OPTIONS"] == {"sslmode": "verify-full"}
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", "5433", "ouvrage")


def test_the_words_of_an_address_of_several_servers_are_kept() -> None:
    settings = database("postgresql://app:secret@a,b:5433/ouvrage?target_session_attrs=any&connect_timeout=9")
    assert settings["OPTIONS"]["target_session_attrs"] == "any"
    assert settings["OPTIONS"]["connect_timeout"] == "9"
    assert (settings["HOST"], settings["PORT"]) == ("a,b", ",5433")
