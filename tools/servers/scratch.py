"""`make scratch`: run a throw-away instance in the background with the test cast, described in `FOLDER.json`.

That file is the contract for testing any version from outside; of an empty instance (`make scratch EMPTY=1`) it tells
the address that sets it up, `setup_url`. Tests call `start_instance` and `stop_instance`.
"""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from config.processes import Failure, Progress, lock_folder, respawn, running, say, wait_until, write_private
from tools.servers import embedded, instance, postgres
from tools.servers.embedded import ROOT

FOLDER, EMPTY = ROOT / "var/scratch", ROOT / "var/scratch-empty"
#: A test signs in the whole cast from one address many times, and cannot wait long for a checkpoint.
SETTINGS = {"SIGN_IN_LIMIT": "1000/m/ip", "DJANGO_ADMIN": "1"}
EVERY = 5
PROCESSES = (*instance.SERVICES, "postgres", "redis")


def start_instance(folder: Path, *scenario: str) -> dict[str, Any]:
    """Start a fresh instance with its own servers; return the description that is written to FOLDER.json.

    Without a scenario it is empty, and waits to be set up.
    """
    stop_instance(folder)
    with lock_folder(folder, f"{folder} is being started by another command"):
        try:
            progress = Progress(instance.steps(scenario))
            started = instance.start(folder, scenario, None, progress, {}, SETTINGS, EVERY)
            made = started.made[scenario[0]] if scenario else {"setup_url": instance.set_up_url(started)}
            made |= {"acts": read_requests(started.env)} if scenario else {}
        except BaseException:
            instance.end(folder)
            raise
        described = describe(folder, started, made)
        write_private(description_path(folder), json.dumps(described, indent=1, ensure_ascii=False))
        return described


def stop_instance(folder: Path) -> None:
    """End every process of that instance and delete it."""
    instance.end(folder)
    embedded.remove(folder)
    shutil.rmtree(folder, ignore_errors=True)
    description_path(folder).unlink(missing_ok=True)


def restart(folder: Path, name: str) -> int:
    """Restart one process on the same port with the same data; return its new pid."""
    if name == "postgres":
        postgres.end(folder)
        embedded.start_database(folder, {})
    elif name == "redis":
        embedded.stop_redis(folder)
        embedded.start_redis(folder, {})
    else:
        record = respawn(folder / "run", name)
        if name == "web":
            base_url = json.loads(description_path(folder).read_text())["base_url"]
            wait_until(lambda: instance.answers(base_url), record, 30)
    file = description_path(folder)
    described = json.loads(file.read_text())
    described["pids"] = pids(folder)
    write_private(file, json.dumps(described, indent=1, ensure_ascii=False))
    return int(described["pids"][name])


def description_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def read_requests(env: dict[str, str]) -> dict[str, Any]:
    """Return the request of each act on the cast."""
    words = [sys.executable, "-m", "tests.requests"]
    requests: dict[str, Any] = json.loads(subprocess.check_output(words, cwd=ROOT, env=env))
    return requests


def pids(folder: Path) -> dict[str, int | None]:
    return {name: running(folder / "run", name) for name in PROCESSES}


def describe(folder: Path, started: instance.Instance, made: dict[str, Any]) -> dict[str, Any]:
    """Return the contract: addresses, people, servers, the content of the scenario, and shell commands."""
    dsn, python = started.servers.dsn, [sys.executable]
    manage = [*python, str(ROOT / "manage.py")]
    owner = embedded.as_owner(started.env, started.servers)
    notary = embedded.as_notary(started.env, dsn.notary or "", folder)
    psql = str(postgres.program("psql"))
    control = ["-m", "tools.servers.scratch", "--folder", str(folder)]
    at_root = f"cd {shlex.quote(str(ROOT))} && "
    return {
        "base_url": started.base_url,
        "root": str(ROOT),
        "admin_url": f"{started.base_url}/admin/",
        "dsn": {"runtime": dsn.runtime, "owner": dsn.owner, "notary": dsn.notary, "superuser": dsn.superuser},
        "redis_url": started.servers.redis_url,
        "mail_dir": started.env["MAIL_DIR"],
        "anchor_dir": str(folder / "anchors"),
        **made,
        "commands": {
            "manage": at_root + with_environment(started.env, manage),
            "manage_owner": at_root + with_environment(owner, manage),
            "manage_notary": at_root + with_environment(notary, manage),
            "ledger_verify": at_root + with_environment(started.env, [*manage, "ledger_verify"]),
            "check_database": at_root + with_environment(started.env, [*manage, "check_database"]),
            "shell": at_root + with_environment(started.env, [*manage, "shell"]),
            "psql_runtime": shlex.join([psql, dsn.runtime]),
            "psql_owner": shlex.join([psql, dsn.owner or ""]),
            "psql_superuser": shlex.join([psql, dsn.superuser or ""]),
            "stop": at_root + shlex.join([*python, *control, "stop"]),
        },
        "pids": pids(folder),
        "restart": {name: at_root + shlex.join([*python, *control, "restart", name]) for name in PROCESSES},
    }


def with_environment(env: dict[str, str], words: list[str]) -> str:
    """Return a shell command with its environment; arguments may be appended."""
    return shlex.join(["env", *(f"{name}={value}" for name, value in env.items()), *words])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.servers.scratch", description=__doc__)
    parser.add_argument("do", choices=("start", "stop", "restart"))
    parser.add_argument("process", nargs="?", choices=PROCESSES)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--empty", action="store_true", help="without anybody; it waits to be set up")
    args = parser.parse_args()
    folder = (args.folder or (EMPTY if args.empty else FOLDER)).resolve()
    if args.do == "stop":
        stop_instance(folder)
        say("The throw-away instance has ended.")
    elif args.do == "restart":
        if args.process is None:
            parser.error(f"restart which? {', '.join(PROCESSES)}")
        say(f"{args.process}: pid {restart(folder, args.process)}")
    else:
        described = description_path(folder)
        if described.exists() and running(folder / "run", "web"):
            say(f"It runs already: {described}; `make scratch-stop` ends it.")
            return
        base_url = start_instance(folder, *([] if args.empty else ["cast"]))["base_url"]
        say(f"\nA throw-away instance is at {base_url}/, described in {described}; `make scratch-stop` ends it.")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))
