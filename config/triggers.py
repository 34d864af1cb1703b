"""Install the triggers and their functions from the code, after the tables exist.

Writes only what differs from the database, so that a release without trigger changes takes no lock. The triggers fire
in every session, one of replication included (ENABLE ALWAYS).
"""

import pgtrigger
from django.db import connection, transaction
from psycopg import sql

from config.database_check.triggers import ALWAYS, INSTALLED, declared_triggers
from config.database_check.verdict import rows
from config.grants import NO_TRIGGER_IS_IGNORED
from core.record.erasure import FUNCTIONS_SQL
from core.record.guards import BACK_ENTRY_SQL
from core.record.meaning import MEANINGFUL_SQL
from core.record.sealing import CANONICAL_SQL
from core.words.visible_texts import FUNCTIONS_SQL as VISIBLE_SQL
from projects.ledger import row_seals
from projects.organisation_settings.guards import ZONE_SQL
from projects.people.administrators.guards import ADMINISTERS_SINCE_SQL, ADMINISTERS_SQL
from projects.people.credentials import counting
from projects.people.replacements.guards import MAY_SECOND_SQL, SUSPENDED_SQL
from projects.people.second_factors.guards import FACTOR_REQUIRED_SQL
from projects.people.vouching import guards as vouching
from projects.seats.mandates.availability import UNAVAILABLE_SQL
from roles.accounts.guards import SKELETON_SQL


@transaction.atomic
def install_triggers() -> int:
    """Install the triggers of the code as the owner role; return how many changed."""
    installed = {
        (table, name): (definition, body) if enabled == ALWAYS and plain else None
        for table, name, internal, enabled, definition, body, plain, _key in rows(INSTALLED)
        if not internal
    }
    wanted = declared_triggers()
    outdated = {key for key, declared in wanted.items() if installed.get(key) != declared}
    surplus = installed.keys() - wanted.keys()
    with connection.cursor() as cursor:
        cursor.execute(
            BACK_ENTRY_SQL
            + CANONICAL_SQL
            + MEANINGFUL_SQL
            + VISIBLE_SQL
            + SKELETON_SQL
            + ZONE_SQL
            + UNAVAILABLE_SQL
            + ADMINISTERS_SINCE_SQL
            + ADMINISTERS_SQL
            + counting.FUNCTIONS_SQL
            + vouching.FUNCTIONS_SQL
            + MAY_SECOND_SQL
            + SUSPENDED_SQL
            + FACTOR_REQUIRED_SQL
            + FUNCTIONS_SQL
            + row_seals.FUNCTIONS_SQL
        )
        statements = [
            compiled.install_sql
            for model, trigger in pgtrigger.registered()
            if (model._meta.db_table, (compiled := trigger.compile(model)).sql.pgid) in outdated
        ]
        if statements:
            cursor.execute("".join(statements))
        for table, name in sorted(outdated):
            always = sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}")
            cursor.execute(always.format(sql.Identifier(table), sql.Identifier(name)).as_string(cursor.connection))
        for table, name in sorted(surplus):
            # The function of a trigger has its name.
            drop = sql.SQL("DROP TRIGGER {name} ON {table}; DROP FUNCTION IF EXISTS {name}()")
            cursor.execute(
                drop.format(name=sql.Identifier(name), table=sql.Identifier(table)).as_string(cursor.connection)
            )
        cursor.execute(NO_TRIGGER_IS_IGNORED)  # pgtrigger writes its own version of this function with each trigger
    return len(outdated) + len(surplus)
