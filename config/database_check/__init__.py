"""Check that the database is as the code requires, beyond what serving pages would show.

Reads only the catalogues, as the runtime role. `manage.py check_database` prints it; production starts only without
faults (config/safety.py).
"""

from config.database_check import constraints, rights, server, tables, triggers
from config.database_check.verdict import Verdict

CHECKS = (
    server.check_migrations,
    triggers.check_triggers,
    triggers.check_functions,
    tables.check_tables,
    tables.check_columns,
    constraints.check_constraints,
    constraints.check_indexes,
    rights.check_attributes,
    rights.check_tables,
    rights.check_other_rights,
    server.check_settings,
)


def verdicts() -> list[Verdict]:
    """Return one verdict per check."""
    return [check() for check in CHECKS]


def faults() -> list[str]:
    """Return every fault as a sentence; empty when all is well."""
    return [fault for verdict in verdicts() for fault in verdict.faults]
