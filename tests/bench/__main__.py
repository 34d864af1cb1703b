"""`make bench`: start a real instance, populate it, measure it, end it, print the table.

`make bench SIZE=M` measures another size; `SIZE="S M"` several, one instance after the other: then it also says how
each page grows, and leaves docs/performance.md. Speed is measured, never asserted. Only what breaks ends with an
error: a page that does not answer, a floor that does not do the job it stands for.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import django
import psycopg

from config.processes import Failure, Progress, find_record, lock_folder, say, stop, tail, write_private
from tools.servers import embedded, instance
from tools.servers.embedded import ROOT
from tools.servers.instance import Instance

if TYPE_CHECKING:
    from tests.bench.report import Line

FOLDER, RESULT, PAGE = ROOT / "var/bench", ROOT / "var/bench.json", ROOT / "docs/performance.md"
#: Log of the population and of this process; those of the servers are beside it.
LOG = FOLDER / "log/bench.log"
#: One web process, so that what is warm stays warm.
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "WEB_CONCURRENCY": "1"}
SIZES = ("S", "M", "L")
#: Steps besides those of starting and of the pages of what was populated, whose number is known later.
STEPS = 27


def main() -> None:
    """Run every requested size, each in its own process: Django opens one database in its lifetime."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # its children end with it
    sizes = sys.argv[1:] or ["S"]
    if unknown := set(sizes) - set(SIZES):
        raise Failure(f"There is no size {', '.join(sorted(unknown))}: {', '.join(SIZES)}.")
    if part := os.environ.get("BENCH_PART"):  # one of several sizes, for the subprocess below
        return one(sizes[0], Path(part), whole=bool(os.environ.get("BENCH_WHOLE")))
    with lock_folder(FOLDER, "a bench of this checkout is running"):
        RESULT.unlink(missing_ok=True)
        found = {size: _apart(size, first=size == sizes[0]) for size in sizes}
    write_private(RESULT, json.dumps(found, indent=1, ensure_ascii=False))
    if len(sizes) > 1:
        from tests.bench import performance

        asked = " ".join(sizes)
        PAGE.write_text(performance.page(found, f'make bench SIZE="{asked}"'), encoding="utf-8")
        say(f"\n{performance.grown(found)}\n\nAll of it is in {PAGE.relative_to(ROOT)}.")
    say(f"The figures are in {RESULT}; docs/bench.md says how to read them.")
    return None


def _apart(size: str, *, first: bool) -> dict[str, object]:
    part = FOLDER / f"{size}.json"
    env = {**os.environ, "BENCH_PART": str(part), "BENCH_WHOLE": "1" if first else ""}
    if subprocess.run([sys.executable, "-m", "tests.bench", size], cwd=ROOT, env=env, check=False).returncode:
        raise Failure(f"The bench of {size} broke.")
    figures: dict[str, object] = json.loads(part.read_text())
    return figures


def one(size: str, part: Path, *, whole: bool) -> None:
    """Measure one size: its table on the terminal and its figures in `part`; imports only in the first, `whole` one."""
    try:
        _clear()
        lines = measured(size, Progress(instance.steps(["cast"]) + STEPS), whole=whole)
    finally:
        _clear()
    from tests.bench import report

    write_private(part, json.dumps(report.as_json(lines), indent=1, ensure_ascii=False))
    say(f"\n{size}\n{report.table(lines)}\n")


def measured(size: str, progress: Progress, *, whole: bool) -> "list[Line]":
    """Measure every line of the table on a fresh instance."""
    started = instance.start(FOLDER, ["cast"], None, progress, {}, SETTINGS)
    for service in ("worker", "beat", "notary"):  # they would sometimes take a processor from the measured pages
        stop(FOLDER / "run", service)
    with progress(f"population {size}"):
        populated = _populate(size, started)
    os.environ.update(started.env)
    django.setup()
    _log_to_file()
    from tests.bench import measures, scaled, search
    from tests.bench.imports import imports
    from tests.bench.measure import Person, rounds
    from tests.bench.place import Place
    from tests.bench.report import Line
    from tests.bench.verification import verification
    from tests.e2e.visitor import Visitor

    users = started.made["cast"]["users"]
    with progress("files to measure on"):
        place = Place({key: user["email"] for key, user in users.items()})
        place.fill(measures.QUEUE, rounds)
        jars = {
            member: {
                cookie.name: cookie.value or ""
                for cookie in Visitor({"base_url": started.base_url, "users": users}).sign_in(member).cookies
            }
            for member in ("owner", "amoa")
        }
    with progress("vacuum"):
        _vacuum(started)
    with progress("requirements to read"):
        pages = measures.requirement_pages(place)
    with progress("verification of the ledger"):
        verified = verification()
    with progress("appending an event"):
        lines = [Line(f"populated in {populated:.0f} s"), measures.append(place)]
    for name, (path, limit) in measures.pages(place).items():
        with progress(name):
            lines.append(measures.page(name, path, limit, place.owner, Person(started.base_url, jars["owner"])))
    with progress("decisions"):
        lines.append(measures.decision(place, Person(started.base_url, jars["owner"])))
    for name, (path, limit) in pages.items():
        with progress(name):
            lines.append(measures.timed(name, path, limit, place.amoa, Person(started.base_url, jars["amoa"])))
    with progress("pages of what was populated"):
        lines += [measure() for measure in scaled.lines(lambda user: Person(started.base_url, measures.session(user)))]
    with progress("texts to search"):
        search.fill(place.listed)
        _vacuum(started)
    for name, (path, limit) in search.pages().items():
        with progress(name):
            lines.append(measures.timed(name, path, limit, place.amoa, Person(started.base_url, jars["amoa"])))
    lines.append(Line(f"memory of the web process: {_memory():.0f} MiB"))
    if whole:
        with progress("imports of requirements"):
            lines += imports(place, rounds)
    return [*lines, *verified]


def _populate(size: str, started: Instance) -> float:
    """Populate, and return the seconds; over as many processes as the machine has, at most two."""
    began = time.monotonic()
    env = {**os.environ, **embedded.as_owner(started.env, started.servers)}
    words = [sys.executable, "manage.py", "populate", "--size", size, "--into-existing"]
    with LOG.open("ab") as log:
        told = subprocess.run(words, cwd=ROOT, env=env, check=False, stdout=subprocess.PIPE, stderr=log)
    if told.returncode:
        raise Failure(f"nothing could be populated; {tail(LOG)}")
    return time.monotonic() - began


def _log_to_file() -> None:
    """Have this process write the lines of its log to a file: on the terminal they would cut the progress."""
    root = logging.getLogger()
    handler = logging.FileHandler(LOG, delay=True)
    handler.setFormatter(root.handlers[0].formatter)
    root.handlers = [handler]


def _vacuum(started: Instance) -> None:
    """Do at once what autovacuum does within minutes, in the middle of what is measured."""
    owner = embedded.as_owner(started.env, started.servers)["DATABASE_OWNER_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _memory() -> float:
    """Return the memory of the largest process of the web server, in MiB."""
    record = find_record(FOLDER / "run", "web")
    if record is None:
        raise Failure("the web process is gone")
    held = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            said = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:  # it ended meanwhile
            continue
        if said["PPid"].strip() == str(record.pid):
            held.append(int(said["VmRSS"].split()[0]))
    return max(held) / 1024


def _clear() -> None:
    instance.end(FOLDER)
    embedded.remove(FOLDER)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)
