"""Keep what PostgreSQL has planned from one test to the next.

Every test ends with a rollback, and psycopg then forgets its prepared statements, because a table could be another one
than before: without this each statement of each test is planned anew, a quarter of all processor time. PostgreSQL
itself notices such a table, and plans again.
"""

from collections.abc import Sequence
from typing import Any

from psycopg._preparing import Prepare, PrepareManager
from psycopg.pq.abc import PGresult

#: More statements than the tests of one file send.
MOST = 1000


class KeptStatements(PrepareManager):
    """Prepared statements that outlive a rollback, as they do on the server."""

    def _should_discard(self, prep: Prepare, results: Sequence[PGresult], *rest: Any) -> bool:
        if any(result.command_status == b"ROLLBACK" for result in results):
            return False
        return super()._should_discard(prep, results, *rest)


def keep_plans(connection: Any, **_: Any) -> None:
    """Keep the prepared statements of a new connection, a receiver of `connection_created`."""
    kept, made = KeptStatements(), connection.connection
    kept.prepare_threshold, kept.prepared_max = made.prepare_threshold, MOST
    made._prepared = kept
