"""`make demo`: run Ouvrage with its three scenarios on this machine until Ctrl-C; `make reset` starts over."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.processes import (
    Failure,
    Interrupted,
    Progress,
    end_on_signals,
    end_requested,
    find_record,
    lock_folder,
    say,
    tail,
)
from tools.servers import embedded, instance

FOLDER = embedded.ROOT / "var"
SCENARIOS = ("vigie", "orbelle", "sources")
VITAL = ("web", "postgres")
LANGUAGES = {"fr": "French", "en": "English"}
#: Heads of the table of sign-ins.
HEADS = {
    "fr": ("scénario", "rôle", "nom", "adresse", "mot de passe"),
    "en": ("scenario", "role", "name", "email", "password"),
}
BUSY = "The demo of this checkout is running: end it with Ctrl-C where it was started"


def demo() -> int:
    """Start all processes, print the address and the sign-ins, supervise, then stop them all."""
    end_on_signals()
    with lock_folder(FOLDER / "run", BUSY):
        try:
            port = instance.choose_port(FOLDER, os.environ)
            language = choose_language(os.environ)
            progress = Progress(instance.steps(SCENARIOS) + 1)
            running = instance.start(
                FOLDER, SCENARIOS, port, progress, os.environ, settings={"DEMO_LANGUAGE": language}
            )
            with progress("ledger verified"):
                verdict = verify_ledger(running)
            if verdict:
                say(verdict)
            say(f"\nOuvrage is at {running.base_url}/    (mail: {FOLDER / 'mail'}, logs: {FOLDER / 'log'})\n")
            say(sign_ins(running.made))
            if any(what["language"] != language for what in running.made.values()):
                say(f"\nIts data was entered in another language; `make reset` makes room for {LANGUAGES[language]}.")
            say("\nCtrl-C ends it; the data stays for the next time, `make reset` starts over.")
            return watch(FOLDER)
        except Interrupted:
            return 0
        finally:
            say("\nEnding … ")
            instance.end(FOLDER)


def choose_language(environ: Mapping[str, str]) -> str:
    """Return French if `DEMO_LANGUAGE`, else `LANG`, says so; else English."""
    wanted = environ.get("DEMO_LANGUAGE") or environ.get("LANG", "")
    return "fr" if wanted.lower().startswith("fr") else "en"


def verify_ledger(running: instance.Instance) -> str:
    """Verify every chain, so that the register shows a verdict from its first page; return the faults, if any."""
    words = [sys.executable, "manage.py", "ledger_verify"]
    told = subprocess.run(words, cwd=embedded.ROOT, env={**os.environ, **running.env}, capture_output=True, text=True)
    if end_requested.is_set():
        raise Interrupted
    return f"{told.stdout}{told.stderr}".strip() if told.returncode else ""


def watch(folder: Path) -> int:
    """Supervise until a signal; report each dead process once, and stop when nothing can work without it."""
    run = folder / "run"
    alive = {name for name in (*instance.SERVICES, "postgres", "redis") if find_record(run, name)}
    while not end_requested.wait(1):
        for name in sorted(alive):
            record = find_record(run, name)
            if record is None or record.process() is None:
                alive.discard(name)
                say(f"{name} has ended; {tail(folder / f'log/{name}.log')}")
        if not alive.issuperset({name for name in VITAL if find_record(run, name)}):
            return 1
    return 0


def sign_ins(made: dict[str, dict[str, Any]]) -> str:
    """Return a table with one sign-in per scenario and role, in the language of the scenarios."""
    rows = [HEADS[next(iter(made.values()))["language"]]]
    for scenario, what in made.items():
        for sign_in in what["sign_ins"]:
            user = what["users"][sign_in["person"]]
            rows.append((scenario, sign_in["role"], user["name"], user["email"], user["password"]))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  " + "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows
    )


def reset() -> int:
    """Delete the data, mail and logs of the embedded servers. Raises Failure while the demo runs."""
    if os.environ.get("DATABASE_URL"):
        raise Failure("DATABASE_URL is set: that database is yours; drop and create it there to start over")
    with lock_folder(FOLDER / "run", BUSY):
        instance.end(FOLDER)
        embedded.remove(FOLDER)
        for name in ("mail", "log", "static", "run"):
            shutil.rmtree(FOLDER / name, ignore_errors=True)
    say("The demo's data is gone; `make demo` starts over.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(reset() if sys.argv[1:] == ["reset"] else demo())
    except Failure as failure:
        sys.exit(str(failure))
