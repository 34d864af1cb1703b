"""Rights of each database role on each table (architecture §4): insert evidence, update the rest, delete housekeeping.

The runtime role serves. The notary, where there is one, reads the ledger, adds signed checkpoints and their
time stamps.
"""

from functools import cache
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

from core.history import INSERT_ONLY

OURS = {"roles", "projects", "governance", "amoa", "pmo"}
NOTARY = "ouvrage_notary"
CHECKPOINTS, TIMESTAMPS = "governance_checkpoint", "governance_timestamp"
#: Read-only tables of the runtime role: the role that adds events must not add checkpoints or their time stamps.
READ_ONLY = {"django_migrations", CHECKPOINTS, TIMESTAMPS}
#: Rows that may be deleted with an unused draft; its history keeps a trace.
PARTS_OF_DRAFTS = {"roles_responsibility", "pmo_standardcheckpoint"}
#: Rows that record nothing: addresses of calendars, tasks put off, and how words of imported files are read.
VIEWS = {"governance_calendarfeed", "governance_snooze", "projects_wordmeaning"}
NOTARY_RIGHTS = {
    "projects_ledgerevent": "SELECT",
    "projects_project": "SELECT",
    CHECKPOINTS: "SELECT, INSERT",
    TIMESTAMPS: "SELECT, INSERT",
}

#: django-pgtrigger lets any session switch triggers off by a setting of its own; this disables the setting.
NO_TRIGGER_IS_IGNORED = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""


@cache
def evidence_tables() -> frozenset[str]:
    """Return the tables of the models whose triggers make their rows insert-only; their registry is long."""
    return frozenset(model._meta.db_table for model, trigger in pgtrigger.registered() if trigger.name == INSERT_ONLY)


def rights(role: str, table: str) -> str:
    """Return the rights of a role on `table`, as written in GRANT; "" for none."""
    if role == NOTARY:
        return NOTARY_RIGHTS.get(table, "")
    if table in READ_ONLY:
        return "SELECT"
    if table in evidence_tables():
        return "SELECT, INSERT"
    tables = {m._meta.db_table for m in apps.get_models() if m._meta.app_label in OURS} - PARTS_OF_DRAFTS - VIEWS
    return "SELECT, INSERT, UPDATE" if table in tables else "SELECT, INSERT, UPDATE, DELETE"


def granted_roles() -> list[str]:
    """List the runtime and notary roles that exist on this server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [[settings.RUNTIME_ROLE, NOTARY]])
        return sorted(name for (name,) in cursor.fetchall())


def grant() -> list[str]:
    """Set the rights of these roles exactly to the above, as the owner role; return their names.

    Keys are identity columns: nobody needs a right on their sequence.
    """
    roles, tables = granted_roles(), connection.introspection.table_names()
    names = sql.SQL(", ").join(sql.Identifier(role) for role in roles)
    with connection.cursor() as cursor:

        def run(statement: str, **parts: Any) -> None:
            parts |= {"roles": names, "db": sql.Identifier(connection.settings_dict["NAME"])}
            cursor.execute(sql.SQL(statement).format(**parts).as_string(cursor.connection))

        cursor.execute(NO_TRIGGER_IS_IGNORED)
        run("REVOKE CREATE, TEMPORARY ON DATABASE {db} FROM PUBLIC, {roles}")
        run("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {roles}")
        run("GRANT USAGE ON SCHEMA public TO {roles}")
        run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {roles}")
        run("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {roles}")
        for table in tables:
            run("REVOKE ALL ON {table} FROM PUBLIC", table=sql.Identifier(table))
            for role in roles:
                if words := rights(role, table):
                    run(
                        f"GRANT {words} ON {{table}} TO {{role}}",
                        table=sql.Identifier(table),
                        role=sql.Identifier(role),
                    )
    return roles
