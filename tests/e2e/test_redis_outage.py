"""Test that decisions work while Redis is down, and that the mail leaves when it is back."""

import json
import subprocess
import time
from typing import Any

from config.processes import find_record, wait_until
from tests.e2e.conftest import FOLDER
from tests.e2e.visitor import known, mails_of


def test_a_decision_is_recorded_without_redis_and_told_when_it_is_back(
    instance: Any, process_of: Any, visitor: Any, query: Any, told: Any
) -> None:
    values, owner = known(instance, "ready_over_cap"), visitor("owner")
    process_of("redis").kill()
    try:
        _restart(instance, "web")  # it has never reached the broker
        health = owner.get("/healthz")
        assert (health.status, json.loads(health.text)["redis"]) == (200, "down")
        answer = owner.act("decide", **values)
        assert answer.status == 302
        assert answer.seconds < 2
        assert owner.get(answer.location).seconds < 2
        assert query("SELECT count(*) FROM governance_decision WHERE proposal_id = %s", values["proposal"]) == [(1,)]
        notices = told(values["proposal"], "decided").values()
        assert len(notices) == 5  # every role, and the receipt of the decider
        time.sleep(3)  # longer than a sweep takes
        assert [mails_of(instance, notice) for notice in notices] == [[], [], [], [], []]
    finally:
        _restart(instance, "redis")
    worker = find_record(FOLDER / "run", "worker")
    assert worker is not None
    wait_until(lambda: all(mails_of(instance, notice) for notice in notices), worker, 60)
    assert json.loads(owner.get("/healthz").text)["redis"] == "ok"
    time.sleep(5)  # two more sweeps send nothing twice
    assert [len(mails_of(instance, notice)) for notice in notices] == [1, 1, 1, 1, 1]


def _restart(instance: Any, name: str) -> None:
    subprocess.run(instance["restart"][name], shell=True, check=True)  # noqa: S602 our own command
