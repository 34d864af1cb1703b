"""Run a complete Ouvrage under one folder: both servers, web, worker and beat; shared by the demo and tests."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from config.processes import (
    Failure,
    Interrupted,
    Progress,
    Record,
    end_requested,
    free_port,
    reserve_port,
    spawn,
    stop,
    tail,
    wait_until,
    write_private,
)
from tools.servers import embedded
from tools.servers.embedded import ROOT, Servers

PROGRAMS = Path(sys.executable).parent
SERVICES = ("web", "worker", "beat", "notary")
#: File of the port that an instance keeps, since mailed links lead to it.
KEPT_PORT = "run/web.port"
#: One worker has no other workers to hear of; what listens to them (gossip, mingle) fails whenever Redis is lost.
WORKER = ["--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"]


@dataclass(frozen=True)
class Instance:
    """A running instance: its address, its environment, and the output of each `load_scenario NAME --json`."""

    base_url: str
    servers: Servers
    env: dict[str, str]
    made: dict[str, dict[str, Any]]


def commands(folder: Path, every: int = 60) -> dict[str, list[str]]:
    """Return the command of each service, as in docker-compose.yml; the notary signs every `every` seconds."""
    celery = ["celery", "-A", "config"]
    return {
        "web": ["gunicorn", "config.wsgi"],
        "worker": [*celery, "worker", *WORKER, "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile=", "--schedule", str(folder / "run/beat")],
        "notary": ["python", "manage.py", "notary", "run", "--init", "--every", str(every)],
    }


def preparation(scenarios: Sequence[str]) -> int:
    """Return the number of steps of `config.prepare`."""
    return 3 + len(scenarios)


def steps(scenarios: Sequence[str]) -> int:
    """Return the number of steps of `start`."""
    return 2 + preparation(scenarios) + 3


def start(
    folder: Path,
    scenarios: Sequence[str],
    port: int | None,
    progress: Progress,
    environ: Mapping[str, str],
    settings: Mapping[str, str] | None = None,
    every: int = 60,
) -> Instance:
    """Start everything on that port, or on any free one, in `steps(scenarios)` steps; return when pages answer.

    `environ` may name servers to use instead of ours: without an owner role if they are prepared already, without a
    notary if it has no address for one. `settings` are further variables for `config.settings`; the notary signs every
    `every` seconds.

    The caller calls `end` too, also after a Failure.
    """
    for service in SERVICES:
        stop(folder / "run", service)
    for name in ("mail", "log", "anchors"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    wanted = port
    with reserve_port(wanted) as port:
        if wanted is not None:
            _keep_port(folder, wanted, port)
        with progress("PostgreSQL 18"):
            dsn = embedded.start_database(folder, environ)
        with progress("Redis"):
            servers = Servers(dsn, embedded.start_redis(folder, environ))
        base_url = f"http://localhost:{port}"  # passkeys know no IP address
        env = embedded.environment(servers, folder, "development", base_url)
        env |= {"BIND": f"127.0.0.1:{port}", "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1", **(settings or {})}
        made = _prepare(folder, scenarios, progress, embedded.as_owner(env, servers) if dsn.owner else env)
    before = {name: _size(folder / f"log/{name}.log") for name in SERVICES}
    path = {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    told = {name: env | path for name in SERVICES if name != "notary"}
    if dsn.notary:
        told["notary"] = embedded.as_notary(env | path, dsn.notary, folder)
    words = commands(folder, every)
    records = {
        name: spawn(folder / "run", name, words[name], log=folder / f"log/{name}.log", cwd=ROOT, env=its)
        for name, its in told.items()
    }
    with progress("web"):
        wait_until(lambda: answers(base_url), records["web"], 30)
    with progress("worker"):
        wait_until(lambda: _is_logged(records["worker"], before["worker"], " ready."), records["worker"], 30)
    with progress("beat, notary" if "notary" in records else "beat"):
        wait_until(lambda: _is_logged(records["beat"], before["beat"], "beat: Starting"), records["beat"], 30)
        if "notary" in records:
            wait_until(Path(told["notary"]["OUVRAGE_NOTARY_KEY"]).exists, records["notary"], 30)
    return Instance(base_url, servers, env, made)


def choose_port(folder: Path, environ: Mapping[str, str]) -> int:
    """Return PORT, else the port of the first start in this folder, else 8000 or another free one."""
    kept = folder / KEPT_PORT
    wanted = environ.get("PORT") or (kept.read_text() if kept.exists() else "")
    if wanted and not (wanted.isdecimal() and 0 < int(wanted) < 2**16):
        raise Failure(f"PORT is a number from 1 to 65535, not {wanted}")
    return int(wanted) if wanted else free_port(8000)


def _keep_port(folder: Path, wanted: int, got: int) -> None:
    """Keep the port for the next start. Raises Failure when another program has it."""
    if got != wanted:
        raise Failure(
            f"Port {wanted} of 127.0.0.1 is taken {_name_listener(wanted)}. Links that were mailed lead to that port.\n"
            f"End that program. Or put PORT={free_port(wanted + 1)} before the command, once: that port is kept, and "
            "invitations mailed before lead nowhere."
        )
    write_private(folder / KEPT_PORT, str(wanted))


def _name_listener(port: int) -> str:
    """Return by which program the port is taken, where we may know."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections(kind="tcp"):
            at = connection.laddr
            if connection.status == psutil.CONN_LISTEN and at and at.port == port and connection.pid:
                return f"by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return "by another program"


def _prepare(
    folder: Path, scenarios: Sequence[str], progress: Progress, env: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Run `config.prepare`: its steps on our terminal, its other output in a log."""
    log, result = folder / "log/prepare.log", folder / "run/scenarios.json"
    words = ["-m", "config.prepare", *scenarios, "--result", str(result)]
    words += ["--done", str(progress.done), "--total", str(progress.total)]
    with log.open("w") as errors:
        child = subprocess.Popen([sys.executable, *words], cwd=ROOT, env={**os.environ, **env}, stderr=errors)
    while child.poll() is None and not end_requested.is_set():
        time.sleep(0.02)
    if end_requested.is_set():
        child.terminate()
        child.wait()
        raise Interrupted
    if child.returncode:
        raise Failure(tail(log))
    progress.done += preparation(scenarios)
    made: dict[str, dict[str, Any]] = json.loads(result.read_text())
    return made


def answers(base_url: str) -> bool:
    """Return whether the web process answers."""
    try:
        with urllib.request.urlopen(f"{base_url}/healthz", timeout=5) as response:  # noqa: S310 our own http address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def set_up_url(running: Instance) -> str:
    """Return the address that sets the instance up, by `manage.py welcome`; empty once that is done."""
    words = [sys.executable, "manage.py", "welcome"]
    told = subprocess.run(words, cwd=ROOT, env={**os.environ, **running.env}, capture_output=True, text=True)
    return "" if told.returncode else told.stdout.strip()


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _is_logged(record: Record, offset: int, words: str) -> bool:
    with Path(record.log).open(errors="replace") as log:
        log.seek(offset)
        return words in log.read()


def end(folder: Path) -> None:
    """End every process of the instance in this folder: the services at once, each takes seconds; the servers last."""
    with ThreadPoolExecutor() as services:
        list(services.map(partial(stop, folder / "run"), SERVICES))
    embedded.stop_servers(folder)
