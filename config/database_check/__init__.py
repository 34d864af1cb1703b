"""Whether the database is as it must be: what the code relies on and cannot see while it serves.

Reads the catalogues only, as the runtime role. `manage.py check_database` prints it; production starts only when
nothing is found (config/safety.py).
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
    """One verdict per check."""
    return [check() for check in CHECKS]


def faults() -> list[str]:
    """Every fault in words; empty when all is well."""
    return [fault for verdict in verdicts() for fault in verdict.faults]
