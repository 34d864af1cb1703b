"""`make bench`: start a real instance, measure it, end it, print the table. Speed is measured, never asserted.

Only what breaks ends with an error: a page that does not answer, a floor that does not do the job it stands for.
"""

import json
import os
import signal
import sys
from typing import TYPE_CHECKING

import django

from config import embedded, instance
from config.embedded import ROOT
from config.processes import Failure, Progress, exclusive, say, stop, write_private

if TYPE_CHECKING:
    from tests.bench.report import Line

FOLDER, RESULT = ROOT / "var/bench", ROOT / "var/bench.json"
#: One web process, so that what is warm stays warm.
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "WEB_CONCURRENCY": "1"}
MEASURES = 16


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended then, too
    with exclusive(FOLDER, "a bench of this checkout is running"):
        RESULT.unlink(missing_ok=True)
        try:
            _clear()
            lines = measured(Progress(instance.steps(["cast"]) + MEASURES))
        finally:
            _clear()
    from tests.bench import report

    write_private(RESULT, json.dumps(report.as_json(lines), indent=1, ensure_ascii=False))
    say(f"\n{report.table(lines)}\n\nThe figures are in {RESULT}; docs/bench.md says how to read them.")


def measured(progress: Progress) -> "list[Line]":
    """Every line of the table, from an instance of its own."""
    started = instance.start(FOLDER, ["cast"], None, progress, {}, SETTINGS)
    for service in ("worker", "beat"):  # they would take a processor from what is measured, now and then
        stop(FOLDER / "run", service)
    os.environ.update(started.env)
    django.setup()
    from tests.bench import measures
    from tests.bench.imports import imports
    from tests.bench.measure import Person, rounds
    from tests.bench.place import Place
    from tests.bench.verification import verification
    from tests.e2e.visitor import Visitor

    users = started.made["cast"]["users"]
    with progress("files to measure on"):
        place = Place({key: user["email"] for key, user in users.items()})
        place.fill(measures.QUEUE, rounds)
        cookies = {
            member: Visitor({"base_url": started.base_url, "users": users}).sign_in(member).cookies
            for member in ("owner", "amoa")
        }
    with progress("requirements to read"):  # early, as autovacuum takes its figures of what is new once a minute
        pages = measures.requirement_pages(place)
    with progress("verification of the ledger"):
        verified = verification(place, rounds)
    with progress("appending an event"):
        lines = [measures.append(place)]
    for name, (path, limit) in measures.pages(place).items():
        with progress(name):
            person = Person(started.base_url, cookies["owner"])
            lines.append(measures.page(name, path, limit, place, person))
    with progress("decisions"):
        lines.append(measures.decision(place, Person(started.base_url, cookies["owner"])))
    for name, (path, limit) in pages.items():
        with progress(name):
            person = Person(started.base_url, cookies["amoa"])
            lines.append(measures.timed(name, path, limit, place, person))
    with progress("imports of requirements"):
        imported = imports(place, rounds)
    return [*lines, verified, *imported]


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
