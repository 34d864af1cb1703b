"""Test that decisions work while Redis is down, and that the mail leaves when it is back."""

import json
import subprocess
import time
from typing import Any

from config.processes import find_record, wait_until
from tests.e2e.conftest import FOLDER
from tests.e2e.visitor import Visitor, hidden, known, mails_of, submitted

#: Seconds of an act or a page on a busy machine. One time-out of the queue alone takes five.
PATIENT = 3
PAGES = ("/", "/start/", "/projects/", "/projects/ONE/", "/projects/ONE/register/", "/projects/ONE/proposals/")


#: People with a role on the project of a proposal; other journeys of this instance give more of them.
SEATED = """SELECT count(DISTINCT m.holder_id) FROM projects_mandate m JOIN governance_proposal p USING (project_id)
WHERE p.id = %s AND m.period @> now() AND NOT m.taken_back"""


def test_a_decision_is_recorded_without_redis_and_told_when_it_is_back(
    instance: Any, process_of: Any, visitor: Any, query: Any, told: Any
) -> None:
    values, owner = known(instance, "ready_over_cap"), visitor("owner")
    process_of("redis").kill()
    try:
        _restart(instance, "web")  # it has never reached the broker
        assert owner.get("/healthz").status == 200
        assert red(owner) >= {"redis", "worker"}
        answer = owner.act("decide", **values)
        assert answer.status == 302
        assert answer.seconds < 2
        assert owner.get(answer.location).seconds < 2
        assert query("SELECT count(*) FROM governance_decision WHERE proposal_id = %s", values["proposal"]) == [(1,)]
        notices = told(values["proposal"], "decided").values()
        assert [(len(notices),)] == query(SEATED, values["proposal"])  # every role, and the receipt of the decider
        time.sleep(3)  # longer than a sweep takes
        assert [mails_of(instance, notice) for notice in notices] == [[]] * len(notices)
    finally:
        _restart(instance, "redis")
    worker = find_record(FOLDER / "run", "worker")
    assert worker is not None
    wait_until(lambda: all(mails_of(instance, notice) for notice in notices), worker, 60)
    wait_until(lambda: "redis" not in red(owner), worker, 10)
    time.sleep(5)  # two more sweeps send nothing twice
    assert [len(mails_of(instance, notice)) for notice in notices] == [1] * len(notices)


def test_no_act_and_no_page_waits_for_redis_that_accepts_and_never_answers(
    instance: Any, process_of: Any, visitor: Any, query: Any, told: Any
) -> None:
    people = {name: visitor(name) for name in ("owner", "pmo", "amoa")}
    decided = known(instance, "ready_for_decision")
    process_of("redis").suspend()  # the system accepts its connections, nobody answers
    try:
        seconds = {"sign in": _time(lambda: Visitor(instance).sign_in("moe"))}
        seconds |= {path: _time(lambda path=path: people["owner"].get(path)) for path in PAGES}
        file: dict[str, Any] = {}
        seconds["draft and submit"] = _time(lambda: file.update(submitted(people["pmo"], "While the queue is silent")))
        fingerprint = hidden(people["amoa"].get(file["url"]), "fingerprint")
        answers = {
            "advise": people["amoa"].act("advise", proposal=file["proposal"], fingerprint=fingerprint),
            "decide": people["owner"].act("decide", **decided),
        }
        assert {answer.status for answer in answers.values()} == {302}
        seconds |= {name: answer.seconds for name, answer in answers.items()}
        assert {name: taken for name, taken in seconds.items() if taken > PATIENT} == {}
        assert "redis" in red(people["owner"])
        assert query("SELECT count(*) FROM governance_decision WHERE proposal_id = %s", decided["proposal"]) == [(1,)]
        notices = told(decided["proposal"], "decided").values()
        assert [mails_of(instance, notice) for notice in notices] == [[]] * len(notices)
    finally:
        process_of("redis").resume()
    worker = find_record(FOLDER / "run", "worker")
    assert worker is not None
    wait_until(lambda: all(mails_of(instance, notice) for notice in notices), worker, 60)


def red(owner: Visitor) -> set[str]:
    """Return the parts that are at fault."""
    return set(json.loads(owner.get("/readyz").text)["see"])


def _time(job: Any) -> float:
    began = time.monotonic()
    job()
    return time.monotonic() - began


def _restart(instance: Any, name: str) -> None:
    subprocess.run(instance["restart"][name], shell=True, check=True)  # noqa: S602 our own command
