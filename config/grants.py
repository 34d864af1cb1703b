"""What the runtime role may do in each table (architecture §4): add evidence, change the rest, delete housekeeping."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from psycopg import sql

from governance.models import Decision, LedgerEvent, Opinion, ProposalRevision
from roles.history import history_models

OURS = {"roles", "projects", "governance"}


def evidence_models() -> list[type[models.Model]]:
    """Models whose rows are only ever added."""
    return [Decision, LedgerEvent, Opinion, ProposalRevision, *history_models()]


def rights(table: str) -> str:
    """The rights of the runtime role on `table`."""
    if table in {model._meta.db_table for model in evidence_models()}:
        return "SELECT, INSERT"
    if table == "django_migrations":
        return "SELECT"
    kept = {m._meta.db_table for m in apps.get_models() if m._meta.app_label in OURS} - {"roles_responsibility"}
    return "SELECT, INSERT, UPDATE" if table in kept else "SELECT, INSERT, UPDATE, DELETE"


#: django-pgtrigger lets any session switch triggers off by a setting of its own; ours are never switched off.
NO_TRIGGER_IS_IGNORED = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""


def grant_runtime() -> int:
    """Bring the rights of the runtime role to exactly the above, as the owner role; returns the number of tables."""
    role = sql.Identifier(settings.RUNTIME_ROLE)
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:

        def run(statement: str, **parts: Any) -> None:
            cursor.execute(sql.SQL(statement).format(role=role, **parts).as_string(cursor.connection))

        cursor.execute(NO_TRIGGER_IS_IGNORED)
        run("REVOKE TEMPORARY ON DATABASE {db} FROM PUBLIC", db=sql.Identifier(connection.settings_dict["NAME"]))
        run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        run("GRANT USAGE ON SCHEMA public TO {role}")
        for table in tables:
            run("REVOKE ALL ON {table} FROM {role}", table=sql.Identifier(table))
            run("GRANT " + rights(table) + " ON {table} TO {role}", table=sql.Identifier(table))
        run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
    return len(tables)
