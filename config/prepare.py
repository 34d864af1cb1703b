"""Everything between a fresh database and a page, in one process and as the owner role: `python -m config.prepare`.

Tables, catalogues, a scenario, static files; one progress line each. What the scenario made is written as JSON.
As the runtime role it only looks whether the first three are there already.
"""

import argparse
import io
import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

from config.processes import Progress, write_private


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m config.prepare", description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("--result", type=Path, required=True, help="the file for what the scenario made")
    parser.add_argument("--done", type=int, default=0, help="steps that were shown before these")
    parser.add_argument("--total", type=int, default=4, help="all steps shown")
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    owning = os.environ.get("OUVRAGE_DB_ROLE") == "owner"
    progress = Progress(args.total, args.done)
    said = io.StringIO()
    with progress("tables"):
        django.setup()
        if owning:
            call_command("migrate", interactive=False, verbosity=0, stdout=said)
        else:
            refuse_unprepared(args.scenario)
    with progress("catalogues"):
        if owning:
            call_command("load_catalogue", stdout=said)
    with progress(f"scenario {args.scenario}"):
        made = io.StringIO()
        call_command("load_scenario", args.scenario, "--json", stdout=made, stderr=said)
        write_private(args.result, made.getvalue())
    with progress("static files"):
        call_command("collectstatic", interactive=False, verbosity=0, stdout=said)


def refuse_unprepared(scenario: str) -> None:
    """End unless the database is as the code declares it and holds the scenario."""
    from config.database_check import faults
    from governance.scenarios import loader

    remedy = "set DATABASE_OWNER_URL once, the owner role prepares it."
    if found := faults():
        sys.exit(f"The database is not prepared ({found[0]}): {remedy}")
    if not loader.is_loaded(scenario):
        sys.exit(f"The scenario {scenario} is not in this database: {remedy}")


if __name__ == "__main__":
    main()
