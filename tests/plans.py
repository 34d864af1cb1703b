"""Keep what PostgreSQL has planned from one test to the next.

Every test ends with a rollback, and psycopg then forgets its prepared statements, because a table could be another one
than before; so it does when an attack disables a trigger. Without this each statement of each test is planned anew, a
quarter of all processor time. PostgreSQL itself notices such a table, and plans again. Its connection makes one plan
for all values (`plan_cache_mode` in conftest.py): it would plan the first five executions each by its values.

psycopg also remembers how it has read the placeholders of its last 128 short statements: here of all of them.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from psycopg import _queries
from psycopg._preparing import Key, Prepare, PrepareManager
from psycopg._queries import PostgresQuery
from psycopg.pq.abc import PGresult

#: More statements than the tests of one file send.
MOST = 1000
#: Executions of a statement before it is prepared.
BEFORE = 1
#: Savepoints have names of their own, so none of these statements is sent twice.
SENT_ONCE = (b"SAVEPOINT", b"RELEASE", b"ROLLBACK")


class KeptStatements(PrepareManager):
    """Prepared statements that outlive a rollback and a changed table, as they do on the server."""

    def clear(self) -> bool:
        """Keep all of them, when the connection rolls back too."""
        return False

    def _should_discard(self, prep: Prepare, results: Sequence[PGresult], *rest: Any) -> bool:
        return False

    def maybe_add_to_cache(self, query: PostgresQuery, prep: Prepare, name: bytes) -> Key | None:
        """Count the use of a statement. A savepoint is not counted."""
        return None if query.query.startswith(SENT_ONCE) else super().maybe_add_to_cache(query, prep, name)


def keep_readings() -> None:
    """Keep how psycopg has read each statement of a file, however long: 3 % of the tests of acts and pages."""
    _queries._query2pg = lru_cache(MOST)(_queries._query2pg_nocache)
    _queries.MAX_CACHED_STATEMENT_LENGTH, _queries.MAX_CACHED_STATEMENT_PARAMS = 100_000, 1_000


def keep_plans(connection: Any, **_: Any) -> None:
    """Keep the prepared statements of a new connection, a receiver of `connection_created`."""
    kept, made = KeptStatements(), connection.connection
    kept.prepare_threshold, kept.prepared_max = BEFORE, MOST
    made._prepared = kept
