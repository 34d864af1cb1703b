"""Lint the SQL of the migrations with squawk: no operation may block a table that is in use for long.

Those of the first release make the tables of an empty database, and are left out.

Left out are squawk's opinions on column types and on constraints that are dropped, since a rule may move to a trigger.
So is the statement timeout: a migration may take its time once it has its locks. The lock timeout is that of the
settings, which every connection has.
"""

import os
import re
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = (
    "ban-drop-constraint",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-text-field",
    "require-statement-timeout",
)
FIRST_RELEASE = ("0001_initial", "0002_events_of_proposals")
OURS = ("core", "roles", "projects", "governance", "amoa", "pmo")


def write_sql(folder: Path) -> dict[Path, bool]:
    """Write one SQL file a migration, as Django would run it; return them in order: file → whether in a transaction."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    timeout = re.search(r"-c lock_timeout=(\d+)", settings.DATABASES["default"]["OPTIONS"]["options"])
    head = f"SET lock_timeout = {timeout[1]};\n" if timeout else ""
    files = {}
    for (app, name), migration in sorted(MigrationLoader(connection).disk_migrations.items()):
        if app in OURS and name not in FIRST_RELEASE:
            sql = StringIO()
            call_command("sqlmigrate", app, name, stdout=sql, no_color=True)
            body = re.sub(r"^(BEGIN|COMMIT);$", "", sql.getvalue(), flags=re.MULTILINE)
            file = folder / f"{app}.{name}.sql"
            file.write_text(head + body)
            files[file] = migration.atomic
    return files


def main() -> int:
    """Return squawk's exit code: 0 when it has nothing to say."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        files = write_sql(Path(folder))
        found = 0
        for atomic in set(files.values()):
            command = [str(Path(sys.executable).parent / "squawk"), "--pg-version", "18.0", "--reporter", "gcc"]
            command += [f"--exclude={','.join(LEFT_OUT)}", *(["--assume-in-transaction"] if atomic else [])]
            command += [str(file) for file in files if files[file] == atomic]
            found |= subprocess.run(command, check=False).returncode
        return found


if __name__ == "__main__":
    sys.exit(main())
