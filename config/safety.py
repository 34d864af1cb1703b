"""Serving with a role that owns the tables would void the guarantees of the database: such a start is refused."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

OWNED = """
SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'public' AND c.relkind = 'r' AND pg_has_role(current_user, c.relowner, 'USAGE'))
FROM pg_roles WHERE rolname = current_user
"""


def refuse_unsafe_connection() -> None:
    """Raise ImproperlyConfigured when the database role is a superuser or owns tables."""
    with connection.cursor() as cursor:
        cursor.execute(OWNED)
        if cursor.fetchone()[0]:
            raise ImproperlyConfigured(
                "DATABASE_URL must name the runtime role: not a superuser, and not the owner of the tables."
            )
    connection.close()
