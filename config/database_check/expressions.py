"""Compare SQL expressions: the declared one and the one PostgreSQL prints.

EXPLAIN parses and prints both in the same way; no row is read.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction


@dataclass(frozen=True)
class Pair:
    """Two expressions over the tables of `source`, and the fault to report when they differ."""

    source: str
    declared: str
    found: str
    fault: str


def faults_of(pairs: list[Pair]) -> list[str]:
    """Return the faults of the pairs that differ."""
    if not pairs:
        return []
    explain = "EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT {0.declared}, {0.found} FROM {0.source} WHERE false"
    statement = ";\n".join(explain.format(pair) for pair in pairs)
    faults = []
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            for pair in pairs:
                declared, installed = _output(cursor.fetchone()[0])
                if declared != installed:
                    faults.append(pair.fault)
                cursor.nextset()
    except DatabaseError as error:
        return [f"the conditions of the tables cannot be compared: {str(error).splitlines()[0]}"]
    return faults


def _output(explained: Any) -> list[str]:
    plans = json.loads(explained) if isinstance(explained, str) else explained
    output: list[str] = plans[0]["Plan"]["Output"]
    return output
