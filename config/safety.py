"""Refuse to start the web process and the worker on a database whose guarantees are void."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config.database_check import faults

OWNED = """
SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'public' AND c.relkind = 'r' AND pg_has_role(current_user, c.relowner, 'USAGE'))
FROM pg_roles WHERE rolname = current_user
"""
#: Secrets that sign checkpoints of the ledger; a process that serves must not have them.
OF_THE_NOTARY = ("DATABASE_NOTARY_URL", "OUVRAGE_NOTARY_KEY")
SHOWN = 3


def refuse_unsafe_database() -> None:
    """Raise ImproperlyConfigured for a role that could bypass the guards and, in production, for any other fault.

    Production also refuses the notary's secrets in the environment. Elsewhere the full check is left to `manage.py
    check_database`, so that a start stays quick and a half-migrated checkout works.
    """
    with connection.cursor() as cursor:
        cursor.execute(OWNED)
        if cursor.fetchone()[0] or settings.DB_ROLE != "runtime":
            raise ImproperlyConfigured(
                "DATABASE_URL must name the runtime role: not a superuser, and not the owner of the tables."
            )
    if settings.ENVIRONMENT == settings.PRODUCTION:
        if held := [name for name in OF_THE_NOTARY if name in os.environ]:
            raise ImproperlyConfigured(f"Only the notary gets {' and '.join(held)}, not a process that serves.")
        if unsafe := faults():
            more = f" … and {len(unsafe) - SHOWN} more" if len(unsafe) > SHOWN else ""
            raise ImproperlyConfigured(
                f"The database is not as it must be (manage.py check_database): {'; '.join(unsafe[:SHOWN])}{more}"
            )
    connection.close()
    # gunicorn forks its workers after this, and the threads of a pool would stay behind.
    connection.close_pool()  # type: ignore[attr-defined]
