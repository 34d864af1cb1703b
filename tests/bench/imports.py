"""Measure imports of requirements: rows per second, lock time of the project, memory of the worker.

The import runs in its own process, as in a worker: `python -m tests.bench.imports NUMBER` runs one and reports.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import django

from config.processes import Failure
from tools.servers.embedded import ROOT

ROWS, MOST_SECONDS = 20_000, 60
HEAD = "Code;Nature;Titre;Énoncé;Priorité;Critères d’acceptation;Lot"
ROW = (
    "REQ-{n};fonctionnelle;L’équipage voit le plan d’amarrage du quai {n};Le système montre à l’équipage le plan"
    " d’amarrage à jour du quai {n}, avec les horaires de marée et les travaux annoncés.;{priority};"
    "Le plan paraît en 2 s;Lot {lot}"
)


def content(priority: str, rows: int = ROWS) -> bytes:
    """Build a CSV of `rows` requirements with this priority."""
    lines = (ROW.format(n=n, priority=priority, lot=n % 5) for n in range(rows))
    return "\n".join([HEAD, *lines]).encode()


def imports(place: Any, rounds: Callable[[int], Iterable[int]]) -> list[Any]:
    """Measure adding ROWS requirements and changing them all: one line each, in requirements per second."""
    from tests.bench.report import Line

    lines = []
    for number in rounds(2):
        what, priority = (("add", "doit"), ("change", "devrait"))[number]
        told = imported(place.amoa, place.listed, content(priority))
        if told["written"] != ROWS:
            raise Failure(f"the import wrote {told['written']} requirements, not {ROWS}")
        text = f"import, {what} {ROWS:,} in {told['seconds']:.0f} s ({told['checking']:.1f} s to check before)"
        text += f", project held {told['held']:.0f} s, {told['mebibytes']} MiB"
        lines.append(Line(text, rate=ROWS / told["seconds"], least_rate=ROWS / MOST_SECONDS))
    return lines


def imported(amoa: Any, project: Any, file: bytes) -> dict[str, Any]:
    """Import a CSV into a project in a separate process, and return its report."""
    from amoa.imports.services import start
    from core.files.checks import Upload
    from core.tables.reader import open_table
    from projects.imports.services import build_import, choose_columns, receive

    began = time.perf_counter()
    table = open_table("requirements.csv", file)
    upload = Upload("requirements.csv", "text/csv", file)
    job = receive(actor=amoa, job=build_import(project, "requirements"), upload=upload, table=table)
    choose_columns(actor=amoa, job=job, mapping=job.mapping)
    checking = time.perf_counter() - began
    start(actor=amoa, job=job, leave_out=False)
    words = [sys.executable, "-m", "tests.bench.imports", str(job.pk)]
    child = subprocess.run(words, cwd=ROOT, env=os.environ, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(child.stdout)
    return {**told, "checking": checking}


def _run(pk: int) -> None:
    from amoa.imports import runner as running
    from amoa.imports.models import ImportJob

    held: list[float] = []

    class Timed(running.Pulse):
        """Record when the lock of the project is taken: at the first progress report."""

        def tell(self, done: int) -> None:
            held.append(time.perf_counter())
            super().tell(done)

    began = time.perf_counter()
    state = running.run(pk, Timed)
    ended = time.perf_counter()
    if state != "done":
        raise Failure(f"the import ended as {state}")
    told = {
        "seconds": ended - began,
        "held": ended - held[0],
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "written": ImportJob.objects.values_list("done", flat=True).get(pk=pk),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    django.setup()
    _run(int(sys.argv[1]))
