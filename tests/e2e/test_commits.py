"""Test that a commit which PostgreSQL does not vouch for is not shown as recorded, until a standby confirmed it."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.e2e.visitor import ready

#: Connections of the web process that wait for a standby, whose wait is ended.
END_WAITS = (
    "SELECT pg_{}_backend(pid) FROM pg_stat_activity"
    " WHERE wait_event = 'SyncRep' AND query = 'COMMIT' AND usename = 'ouvrage_app'"
)


@pytest.fixture
def superuser(instance: Any) -> Any:
    """Connect as the superuser of the database; the standby that nobody runs is forgotten afterwards."""
    with psycopg.connect(instance["dsn"]["superuser"], autocommit=True) as connection:
        connection.execute("SET synchronous_commit = local")
        yield connection
        expect_standby(connection, "")


def expect_standby(superuser: Any, name: str) -> None:
    """Let every commit wait for the standby of this name."""
    superuser.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    superuser.execute("SELECT pg_reload_conf()")


@pytest.mark.parametrize("end", ["cancel", "terminate"])
def test_a_decision_that_no_standby_confirmed_is_not_shown_as_recorded(
    end: str, visitor: Any, superuser: Any, query: Any
) -> None:
    owner, adviser = visitor("owner"), visitor("pmo")
    values = ready(visitor("amoa"), adviser, f"Keep what a standby has, {end}")
    expect_standby(superuser, "nobody")
    with ThreadPoolExecutor(1) as sending:
        answer = sending.submit(owner.act, "decide", **values)
        while not answer.done():
            superuser.execute(END_WAITS.format(end))
            time.sleep(0.1)
    told = answer.result()
    assert (told.status, told.location[:6]) == (302, "/acts/")
    page = owner.get(told.location)
    assert (page.status, "Not confirmed yet" in page.text) == (200, True)
    assert "Not recorded" in adviser.get(told.location).text  # another reader's act is nothing to them
    expect_standby(superuser, "")
    confirmed = owner.get(told.location)
    assert (confirmed.status, confirmed.location) == (302, f"/proposals/{values['proposal']}/")
    assert "Recorded, and confirmed." in owner.get(confirmed.location).text
    assert query("SELECT count(*) FROM governance_decision WHERE proposal_id = %s", values["proposal"]) == [(1,)]


def test_a_server_that_only_reads_records_nothing_and_hands_back_what_was_typed(visitor: Any, superuser: Any) -> None:
    """A former primary reads on: its connections are given up, so that the next page finds the one that writes."""
    owner, adviser = visitor("owner"), visitor("pmo")
    values = ready(visitor("amoa"), adviser, "Written while the server only reads")
    superuser.execute("ALTER SYSTEM SET default_transaction_read_only = on")
    superuser.execute("SELECT pg_reload_conf()")
    try:
        answer = owner.act("decide", changes={"reasons": "The quay <cannot> wait any longer."}, **values)
    finally:
        superuser.execute("SET default_transaction_read_only = off")
        superuser.execute("ALTER SYSTEM RESET default_transaction_read_only")
        superuser.execute("SELECT pg_reload_conf()")
    assert answer.status == 503
    assert "Not recorded" in answer.text
    assert "The quay &lt;cannot&gt; wait any longer." in answer.text
    assert owner.act("decide", **values).status == 302


def test_an_act_that_the_database_lost_is_said_to_be_lost(visitor: Any) -> None:
    page = visitor("owner").get(f"/acts/{'ab' * 32}/")
    assert (page.status, "Go back with your browser and send it again." in page.text) == (200, True)
