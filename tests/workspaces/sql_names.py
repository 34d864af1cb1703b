"""Read which tables the SQL of this house names: in the functions of the database, and in the sources of each app."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

#: The apps from the lowest to the highest, whether this installation has them or not.
APPS = ("core", "roles", "projects", "governance", "amoa", "pmo", "demo", "config")
TABLE = re.compile(rf"\b(?:{'|'.join(APPS)})_[a-z]+\b")
QUALIFIED = re.compile(r"\bpublic\.(\w+)")
BODIES = """
SELECT p.proname, p.prosrc FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
"""
KNOWN = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION SELECT cfgname FROM pg_ts_config WHERE cfgnamespace = 'public'::regnamespace
"""


def list_unknown_names() -> dict[str, list[str]]:
    """Map each function of the database, those of triggers included, to what it names and the database has not."""
    with connection.cursor() as cursor:
        known = {name for (name,) in cursor.execute(KNOWN).fetchall()}
        bodies = cursor.execute(BODIES).fetchall()
    assert len(bodies) > 100, "the functions of the triggers are there"
    found = {name: set(TABLE.findall(body)) | set(QUALIFIED.findall(body)) for name, body in bodies}
    return {name: sorted(names - known) for name, names in found.items() if names - known}


def list_names_above() -> Iterator[str]:
    """List the lines of an app that name a table of an app above it."""
    tables = {model._meta.db_table: model._meta.app_label for model in apps.get_models()}
    for place, app in enumerate(APPS):
        above = {table for table, owner in tables.items() if owner in APPS[place + 1 :]}
        for path in sorted((Path(settings.ROOT) / app).rglob("*.py")):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                if named := above & set(TABLE.findall(line)):
                    yield f"{path.relative_to(settings.ROOT)}:{number}: {', '.join(sorted(named))}"
