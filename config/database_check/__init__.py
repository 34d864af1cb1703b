"""Check that the database is as the code requires, beyond what serving pages would show.

Reads only the catalogues, as the runtime role. `manage.py check_database` prints it; production starts only without
faults (config/safety.py).
"""

from config.database_check import constraints, rights, server, tables, triggers
from config.database_check.verdict import Verdict

CHECKS = (
    server.migrations,
    triggers.installed,
    triggers.functions,
    tables.ordinary,
    tables.columns,
    constraints.enforced,
    constraints.indexed,
    rights.attributes,
    rights.on_tables,
    rights.elsewhere,
    server.settings,
)


def verdicts() -> list[Verdict]:
    """Return one verdict per check."""
    return [check() for check in CHECKS]


def faults() -> list[str]:
    """Return every fault as a sentence; empty when all is well."""
    return [fault for verdict in verdicts() for fault in verdict.faults]
