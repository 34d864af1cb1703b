"""Run the races of the services on the database of the instance (rounds.py); the last of these tests."""

import os
import subprocess
from typing import Any

from tests.effort import EFFORT


def test_many_rounds_at_once_leave_one_decision_an_unbroken_chain_and_only_documented_refusals(
    instance: Any, process_of: Any
) -> None:
    worker = process_of("worker")
    worker.suspend()  # the mails of a thousand decisions would only take the processor
    try:
        played = subprocess.run(  # noqa: S602 our own command
            f"{instance['commands']['shell']} --no-imports -c 'from tests.e2e.rounds import main; main()'",
            shell=True,
            check=False,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300 + 60 * EFFORT,
            env={**os.environ, "LOG_LEVEL": "ERROR"},  # thousands of refusals are expected
        )
    finally:
        worker.resume()
    assert played.returncode == 0, played.stderr[-3000:]
    assert subprocess.run(instance["commands"]["ledger_verify"], shell=True, timeout=120).returncode == 0  # noqa: S602
