"""Test the servers of the checkout: persistent data, free ports, and no signal to a foreign process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config import database
from config.processes import (
    SECRETS,
    Failure,
    Record,
    find_record,
    lock_folder,
    reserve_port,
    respawn,
    running,
    spawn,
    stop,
    wait_until,
    write_private,
)
from tools.servers import embedded, postgres

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    embedded.stop_servers(tmp_path)
    embedded.remove(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of servers that several tests start; each leaves them as it found them."""
    folder = tmp_path_factory.mktemp("shared")
    yield folder
    embedded.stop_servers(folder)
    embedded.remove(folder)


def killed(folder: Path, name: str) -> None:
    """Leave the state that `kill -9` leaves."""
    record = find_record(folder / "run", name)
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    while record.process() is not None:
        time.sleep(0.01)


def test_servers_come_back_after_a_kill_on_the_same_ports_with_their_data(folder: Path) -> None:
    first = embedded.start(folder, {})
    with psycopg.connect(first.dsn.owner) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    with redis.Redis.from_url(first.redis_url) as client:
        client.set("kept", "1")
        client.execute_command("WAITAOF", 1, 0, 2000)
    assert embedded.start(folder, {}) == first, "a second start finds the running servers"
    killed(folder, "postgres")
    killed(folder, "redis")
    assert embedded.start(folder, {}) == first
    with psycopg.connect(first.dsn.owner) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    with redis.Redis.from_url(first.redis_url) as client:
        assert client.get("kept") == b"1"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_two_folders_have_servers_of_their_own(shared: Path, folder: Path) -> None:
    one, two = embedded.start(shared, {}), embedded.start(folder, {})
    assert one.dsn.runtime != two.dsn.runtime
    assert one.redis_url != two.redis_url
    embedded.stop_servers(folder)
    psycopg.connect(one.dsn.runtime).close()


def test_a_locale_that_is_not_installed_stops_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    assert redis.Redis.from_url(embedded.start_redis(folder)).ping()


def test_a_lock_with_somebody_elses_pid_does_not_block_the_start(shared: Path) -> None:
    embedded.start_database(shared, {})
    lock = (shared / "postgres").resolve() / "postmaster.pid"
    words = lock.read_text().splitlines()
    killed(shared, "postgres")
    lock.write_text("\n".join([str(os.getpid()), *words[1:]]) + "\n")
    psycopg.connect(embedded.start_database(shared, {}).runtime).close()


def test_the_runtime_role_and_the_notary_own_and_create_nothing(shared: Path) -> None:
    dsn = embedded.start_database(shared, {})
    for other in (dsn.runtime, dsn.notary or ""):
        with psycopg.connect(other) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")
    with psycopg.connect(dsn.owner) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        assert row == (False,)


def test_a_given_server_is_used_and_none_is_started(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    given = embedded.start(shared, {})
    here = tmp_path_factory.mktemp("given")
    environ = {
        "DATABASE_URL": given.dsn.runtime,
        "DATABASE_OWNER_URL": given.dsn.owner,
        "REDIS_URL": given.redis_url,
    }
    used = embedded.start(here, environ)
    assert (used.dsn.runtime, used.dsn.owner, used.dsn.notary, used.redis_url) == (
        given.dsn.runtime,
        given.dsn.owner,
        None,
        given.redis_url,
    )
    signed = embedded.start_database(here, environ | {"DATABASE_NOTARY_URL": given.dsn.notary or ""})
    assert signed.notary == given.dsn.notary
    assert not list(here.glob("run/*.json"))
    alone = embedded.start(here, {name: dsn for name, dsn in environ.items() if name != "DATABASE_OWNER_URL"})
    assert alone.dsn == database.Dsn(given.dsn.runtime, None)
    with pytest.raises(Failure, match="set DATABASE_OWNER_URL"):
        embedded.as_owner({}, alone)
    with pytest.raises(Failure, match="REDIS_URL"):
        embedded.start_redis(here, {"REDIS_URL": "redis://127.0.0.1:1"})


def test_the_roles_are_created_on_a_given_server(folder: Path) -> None:
    superuser = postgres.start(folder, "superuser-password")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("CREATE ROLE boss LOGIN CREATEROLE CREATEDB PASSWORD 'boss'")
        connection.execute("CREATE DATABASE theirs OWNER boss")
    boss = database.with_parts(superuser, user="boss", password="boss", name="theirs")
    kept = folder / "given.json"
    dsn = database.prepare_given(boss, None, None, kept)
    assert database.prepare_given(boss, None, None, kept) == dsn
    psycopg.connect(dsn.notary or "").close()
    with psycopg.connect(dsn.owner) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
    with pytest.raises(Failure, match="DATABASE_OWNER_URL"):
        database.prepare_given(boss, None, None, folder / "lost.json")


def test_passwords_are_private(folder: Path) -> None:
    file = folder / "secret/keys.json"
    assert database.passwords(file) == database.passwords(file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_servers_of_an_older_version_get_the_notary_at_their_next_start(shared: Path) -> None:
    dsn, file = embedded.start_database(shared, {}), shared / "secret/keys.json"
    with psycopg.connect(dsn.superuser or "", autocommit=True) as connection:
        connection.execute("DROP ROLE ouvrage_notary")
    before = {name: word for name, word in json.loads(file.read_text()).items() if name != database.NOTARY}
    write_private(file, json.dumps(before))
    psycopg.connect(embedded.start_database(shared, {}).notary or "").close()
    assert before.items() <= json.loads(file.read_text()).items()


def test_the_environment_of_the_notary_is_asked_for_by_name(shared: Path) -> None:
    words = [sys.executable, "-m", "tools.servers.embedded", "run", "--folder", str(shared), "--role"]
    shown = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]
    env = {name: value for name, value in os.environ.items() if name not in SECRETS | {"DATABASE_URL", "REDIS_URL"}}
    said = {
        role: json.loads(
            subprocess.run(
                [*words, role, "--", *shown], cwd=embedded.ROOT, env=env, check=True, capture_output=True, text=True
            ).stdout
        )
        for role in ("runtime", "notary")
    }
    assert said["notary"]["OUVRAGE_DB_ROLE"] == "notary"
    assert said["notary"]["OUVRAGE_NOTARY_KEY"] == str(shared / "secret/notary.key")
    assert "ouvrage_notary" in said["notary"]["DATABASE_NOTARY_URL"]
    assert "DATABASE_OWNER_URL" not in said["notary"]
    assert "OUVRAGE_NOTARY_KEY" not in said["runtime"]


def test_a_process_gets_no_secret_but_those_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "ours")
    telling = "import json, os, time; print(json.dumps(dict(os.environ)), flush=True); time.sleep(60)"
    words = [sys.executable, "-c", telling]  # it goes on: one that ended at once is taken for a failure
    log = tmp_path / "log"
    record = spawn(tmp_path, "teller", words, log=log, cwd=tmp_path, env={"OUVRAGE_NOTARY_KEY": "given"})
    wait_until(lambda: log.read_text().endswith("\n"), record, 10)
    told = json.loads(log.read_text())
    assert {name: told[name] for name in SECRETS if name in told} == {"OUVRAGE_NOTARY_KEY": "given"}
    stop(tmp_path, "teller")


def test_a_recycled_pid_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEP) as stranger:
        try:
            started = psutil.Process(stranger.pid).create_time()
            record = Record("gone", stranger.pid, started - 3600, SLEEP, {}, str(tmp_path), str(tmp_path / "log"), None)
            write_private(tmp_path / "gone.json", json.dumps(asdict(record)))
            assert running(tmp_path, "gone") is None
            stop(tmp_path, "gone")
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_forks_that_outlive_their_process_are_ended(tmp_path: Path) -> None:
    parent = (
        "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    )
    log = tmp_path / "log"
    spawn(tmp_path, "parent", [sys.executable, "-c", parent], log=log, cwd=tmp_path)
    limit = time.monotonic() + 10
    while not log.read_text().strip() and time.monotonic() < limit:
        time.sleep(0.05)
    orphan = psutil.Process(int(log.read_text()))
    stop(tmp_path, "parent")
    orphan.wait(5)
    assert not orphan.is_running()


def test_a_process_is_started_again_as_it_was(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import os, time; print(os.environ['TOLD'], flush=True); time.sleep(60)"]
    log = tmp_path / "log"
    first = spawn(tmp_path, "teller", words, log=log, cwd=tmp_path, env={"TOLD": "this"})
    wait_until(lambda: log.read_text() == "this\n", first, 10)
    second = respawn(tmp_path, "teller")
    try:
        wait_until(lambda: log.read_text() == "this\nthis\n", second, 10)
        assert first.process() is None
    finally:
        stop(tmp_path, "teller")


def test_a_death_names_the_log_and_its_last_lines(tmp_path: Path) -> None:
    record = spawn(
        tmp_path, "short", ["/bin/sh", "-c", "echo no room left; exit 1"], log=tmp_path / "log", cwd=tmp_path
    )
    with pytest.raises(Failure, match=r"(?s)short ended.*log.*no room left"):
        wait_until(lambda: False, record, 10)
    stop(tmp_path, "short")


@pytest.mark.parametrize(
    ("work", "answers"),
    [
        ("while True: sum(range(10**6)); time.sleep(.2)", True),
        ("while True: print('still here', flush=True); time.sleep(.05)", True),
        ("", False),
    ],
)
def test_a_process_is_waited_for_while_it_works(work: str, answers: bool, tmp_path: Path) -> None:
    words = [sys.executable, "-c", f"import time\n{work}\ntime.sleep(60)"]
    record, limit = spawn(tmp_path, "slow", words, log=tmp_path / "log", cwd=tmp_path), time.monotonic() + 3
    try:
        with nullcontext() if answers else pytest.raises(Failure, match="slow did not answer"):
            wait_until(lambda: time.monotonic() > limit and answers, record, 1)
    finally:
        stop(tmp_path, "slow")


def test_a_busy_port_and_a_busy_folder_are_noticed(tmp_path: Path) -> None:
    with reserve_port() as port, reserve_port(port) as other:
        assert port != other
    with lock_folder(tmp_path, "busy"):
        code = "import sys; from pathlib import Path; from config.processes import lock_folder\n"
        code += "with lock_folder(Path(sys.argv[1]), 'busy'): pass"
        result = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], cwd=embedded.ROOT, capture_output=True, text=True, check=False
        )
        assert "Failure: busy" in result.stderr


def test_a_database_that_nobody_prepared_says_who_does(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    servers, here = embedded.start(shared, {}), tmp_path_factory.mktemp("shown")
    env = embedded.environment(servers, here, "development", "http://127.0.0.1")
    clean = {name: value for name, value in os.environ.items() if name not in SECRETS}
    words = [sys.executable, "-m", "config.prepare", "cast", "--result", str(here / "made.json")]
    result = subprocess.run(words, cwd=embedded.ROOT, env=clean | env, capture_output=True, text=True, check=False)
    assert "set DATABASE_OWNER_URL" in result.stderr
