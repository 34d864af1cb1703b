"""Redis stopped: deciding goes on as if nothing were, and the mail leaves when Redis is back."""

import json
import os
import signal
import subprocess
import time
from typing import Any

from tests.e2e.visitor import known, mail_about, mails


def test_a_decision_is_recorded_without_redis_and_told_when_it_is_back(instance: Any, visitor: Any, query: Any) -> None:
    values, owner = known(instance, "ready_over_cap"), visitor("owner")
    pmo = instance["users"]["pmo"]["email"]
    [(title,)] = query(
        "SELECT r.title FROM governance_proposal p JOIN governance_proposalrevision r ON r.id = p.current_id"
        " WHERE p.id = %s",
        values["proposal"],
    )
    os.kill(instance["pids"]["redis"], signal.SIGKILL)
    try:
        time.sleep(0.3)
        health = owner.get("/healthz")
        assert (health.status, json.loads(health.text)["redis"]) == (200, "down")
        answer = owner.act("decide", **values)
        assert answer.status == 302
        assert answer.seconds < 2
        assert owner.get(answer.location).seconds < 2
        assert query("SELECT count(*) FROM governance_decision WHERE proposal_id = %s", values["proposal"]) == [(1,)]
        assert not [mail for mail in mails(instance) if mail["To"] == pmo and title in mail["Subject"]]
    finally:
        subprocess.run(instance["restart"]["redis"], shell=True, check=True, timeout=60)  # noqa: S602 our own command
    mail_about(instance, pmo, title, 45)
    assert json.loads(owner.get("/healthz").text)["redis"] == "ok"
    time.sleep(5)  # two more sweeps send nothing twice
    assert len([mail for mail in mails(instance) if mail["To"] == pmo and title in mail["Subject"]]) == 1
