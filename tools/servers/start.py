"""`make start`: run an empty Ouvrage on this machine until Ctrl-C, and print the address that sets it up.

`save` writes what a server needs to go on with its data, in the form of deploy/ouvrage backup; `run` calls a command of
manage.py on it. Both work while it runs and while it does not.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from config import database
from config.processes import Failure, Interrupted, Progress, end_on_signals, lock_folder, running, say, write_private
from tools.servers import embedded, instance, postgres
from tools.servers.demo import watch

FOLDER = embedded.ROOT / "var/start"
BUSY = "Ouvrage runs from this checkout already: end it with Ctrl-C where it was started"


def start() -> int:
    """Start all processes, print the address, supervise, then stop them all; the data stays for the next time."""
    end_on_signals()
    with lock_folder(FOLDER / "run", BUSY):
        try:
            port = instance.choose_port(FOLDER, os.environ)
            started = instance.start(FOLDER, (), port, Progress(instance.steps(())), os.environ)
            say(f"\nOuvrage is at {started.base_url}/    (mail: {FOLDER / 'mail'}, logs: {FOLDER / 'log'})")
            say(f"\n{set_up_line(started)}\n\nCtrl-C ends it; the data stays for the next time.")
            return watch(FOLDER)
        except Interrupted:
            return 0
        finally:
            say("\nEnding … ")
            instance.end(FOLDER)


def set_up_line(started: instance.Instance) -> str:
    """Return the address that sets the instance up, or the sentence that it is done."""
    address = instance.set_up_url(started)
    return f"Set it up (once, within a day): {address}" if address else "It is set up: sign in."


@contextmanager
def serving(folder: Path) -> Iterator[embedded.Servers]:
    """Return the servers of the pilot; start them, and end them afterwards, unless they run."""
    if not (folder / "postgres").exists():
        raise Failure("There is no pilot here yet: `make start` makes one")
    if running(folder / "run", "postgres"):
        yield embedded.start(folder, {})
        return
    with lock_folder(folder / "run", BUSY):
        try:
            yield embedded.start(folder, {})
        finally:
            embedded.stop_servers(folder)


def save(folder: Path, target: Path) -> Path:
    """Write the dump, and apart from it key, anchors and secret, to a new folder below the target; return it."""
    saved = target / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    apart = saved / "apart"
    (apart / "anchors").mkdir(mode=0o700, parents=True)
    saved.chmod(0o700)
    with serving(folder) as servers:
        # Before the dump: an anchor of a later checkpoint would say that the dump was rolled back.
        if (folder / "secret/notary.key").exists():
            write_private(apart / "notary.key", (folder / "secret/notary.key").read_text())
        shutil.copytree(folder / "anchors", apart / "anchors", dirs_exist_ok=True)
        secret = database.passwords(folder / "secret/keys.json")["secret_key"]
        write_private(apart / "settings/ouvrage.env", f"SECRET_KEY={secret}\n")
        dump = [str(postgres.program("pg_dump")), "--format=custom", f"--file={saved / 'ouvrage.dump'}"]
        if subprocess.run([*dump, servers.dsn.superuser or servers.dsn.runtime], check=False).returncode:
            raise Failure(f"The database could not be saved to {saved}")
        _call(folder, servers, ["note_backup"])
    return saved


def run(folder: Path, words: list[str]) -> int:
    """Call a command of manage.py on the pilot, as the role that serves."""
    with serving(folder) as servers:
        return _call(folder, servers, words)


def _call(folder: Path, servers: embedded.Servers, words: list[str]) -> int:
    port = instance.choose_port(folder, {})
    env = embedded.environment(servers, folder, "development", f"http://localhost:{port}")
    command = [sys.executable, str(embedded.ROOT / "manage.py"), *words]
    return subprocess.run(command, env={**os.environ, **env}, check=False).returncode


def main(words: list[str]) -> int:
    match words:
        case []:
            return start()
        case ["save", target]:
            say(f"Saved to {save(FOLDER, Path(target).resolve())}: keep its folder `apart` in another place.")
            return 0
        case ["run", _command, *_rest]:
            return run(FOLDER, words[1:])
    raise Failure("python -m tools.servers.start [save FOLDER | run COMMAND …]")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        sys.exit(str(failure))
