"""Commit an act, and hear when PostgreSQL does not vouch for the commit.

With synchronous standbys, a commit that is cancelled while it waits for one is reported as a commit, with a notice: it
may be lost at a failover. A connection that breaks during the commit leaves it unknown as well.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import InterfaceError, OperationalError, connection, transaction

#: The function of PostgreSQL that gives the notice; its words depend on the language of the server.
WAITS_FOR_STANDBY = "SyncRepWaitForLSN"
#: SQLSTATE classes of a connection that broke and of a server that stops: the commit may have been done.
BROKEN = ("08", "57P")


class NotConfirmed(Exception):
    """Raised when an act may be recorded or not; `key` finds it again, the hash (hexadecimal) of its last event."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the commit of {key} was not confirmed")
        self.key = key


class Unsure(Exception):
    """Raised by `commit` when the commit was not confirmed."""


@contextmanager
def commit() -> Iterator[None]:
    """Run the block in a transaction. Raises Unsure when PostgreSQL does not vouch for its commit."""
    if connection.in_atomic_block:  # the outermost block commits
        with transaction.atomic():
            yield
        return
    connection.ensure_connection()
    session, heard, done = connection.connection, [], False

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        heard.append(notice.source_function)

    session.add_notice_handler(hear)
    try:
        with transaction.atomic():
            yield
            done = True
    except (OperationalError, InterfaceError) as error:
        state = getattr(error.__cause__, "sqlstate", None) or ""
        if done and (not state or state.startswith(BROKEN)):
            raise Unsure from error
        raise
    finally:
        session.remove_notice_handler(hear)
    if WAITS_FOR_STANDBY in heard:
        raise Unsure


def are_commits_confirmed(seconds: float = 2) -> bool:
    """Return whether a commit made now is confirmed within this time; every earlier one is confirmed then."""
    heard: list[str | None] = []
    with psycopg.connect(**connection.get_connection_params()) as session:
        session.add_notice_handler(lambda notice: heard.append(notice.source_function))
        session.execute("SELECT pg_logical_emit_message(true, 'ouvrage', '')")
        patience = threading.Timer(seconds, session.cancel)
        patience.start()
        try:
            session.commit()
        finally:
            patience.cancel()
    return WAITS_FOR_STANDBY not in heard
