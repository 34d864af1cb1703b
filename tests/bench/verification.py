"""Measure the verification of the ledger: `manage.py ledger_verify` on what was populated, a mix of all acts."""

import io
import time

from django.core.management import call_command

from projects.models import LedgerEvent
from tests.bench.report import Line

LEAST_A_SECOND = 5_000


def verification() -> list[Line]:
    """Measure events a second over the whole ledger, rows and seals included, in one process and in two.

    The command runs in this process, so that the start of Python is not counted.
    """
    count = LedgerEvent.objects.count()
    return [
        Line(f"verify {count:,} events", rate=count / _seconds(1), least_rate=LEAST_A_SECOND),
        Line(f"verify {count:,} events in two processes", rate=count / _seconds(2)),
    ]


def _seconds(jobs: int) -> float:
    began = time.perf_counter()
    call_command("ledger_verify", jobs=jobs, stdout=io.StringIO())
    return time.perf_counter() - began
