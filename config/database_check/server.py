"""Check the server settings: a recorded decision survives a crash, and no setting disables a guard."""

from django.conf import settings as ours
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config.database_check.verdict import Verdict, rows
from config.grants import NOTARY

#: Setting → accepted values.
SETTINGS = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
    "session_replication_role": {"origin"},
    "search_path": {'"$user", public', "public"},
}
KEPT = """
SELECT coalesce(r.rolname, 'every role'), coalesce(d.datname, 'every database'), split_part(c.one, '=', 1),
       substr(c.one, strpos(c.one, '=') + 1)
FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS c (one)
LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND (s.setrole = 0 OR r.rolname = ANY (%s)
       OR s.setrole IN (SELECT relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace))
"""


def check_settings() -> Verdict:
    """Check the settings of this connection, and those stored for roles and databases."""
    ((seen,),) = rows("SELECT current_schemas(false)::text[]")
    faults = [] if seen == ["public"] else [f"names are looked up in {', '.join(seen)} instead of public"]
    faults += [
        f"{name} is {value}"
        for name, value in rows("SELECT name, current_setting(name) FROM unnest(%s::text[]) AS n (name)", [*SETTINGS])
        if value not in SETTINGS[name]
    ]
    for role, database, name, value in rows(KEPT, [ours.RUNTIME_ROLE, NOTARY]):
        if name in SETTINGS and value not in SETTINGS[name]:
            faults.append(f"{name} is set to {value} for {role} in {database}")
    return Verdict("settings", "what is committed is on disk, and no setting undoes a guard", sorted(faults))


def check_migrations() -> Verdict:
    """Check that every migration is applied."""
    loader = MigrationLoader(connection)
    waiting = sorted(set(loader.graph.nodes) - set(loader.applied_migrations))
    faults = [f"the migration {app}.{name} is not applied" for app, name in waiting]
    return Verdict("migrations", f"{len(loader.applied_migrations)} migrations are applied", faults)
