"""Prepare a fresh database and static files in one process, as the owner role: `python -m config.prepare`.

Migrates, loads catalogues and scenarios, collects static files; one progress line each. `DEMO_LANGUAGE` (fr or en) is
the language of the scenarios. The description of each is written as JSON under its name. As the runtime role it only
checks that the first three are done.
"""

import argparse
import io
import json
import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

from config.processes import Progress, write_private


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m config.prepare", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="scenario")
    parser.add_argument("--result", type=Path, required=True, help="the file for what the scenarios made")
    parser.add_argument("--done", type=int, default=0, help="steps that were shown before these")
    parser.add_argument("--total", type=int, help="all steps shown")
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    owning = os.environ.get("OUVRAGE_DB_ROLE") == "owner"
    progress = Progress(args.total or 3 + len(args.scenarios), args.done)
    output = io.StringIO()
    with progress("tables"):
        django.setup()
        if owning:
            call_command("migrate", interactive=False, verbosity=0, stdout=output)
        else:
            refuse_unprepared(args.scenarios)
    with progress("catalogues"):
        if owning:
            call_command("load_catalogue", stdout=output)
    made = {}
    language = "fr" if os.environ.get("DEMO_LANGUAGE") == "fr" else "en"
    for scenario in args.scenarios:
        with progress(f"scenario {scenario}"):
            described = io.StringIO()
            call_command("load_scenario", scenario, "--json", "--language", language, stdout=described, stderr=output)
            made[scenario] = json.loads(described.getvalue())
    write_private(args.result, json.dumps(made, ensure_ascii=False, indent=1))
    with progress("static files"):
        call_command("collectstatic", interactive=False, verbosity=0, stdout=output)


def refuse_unprepared(scenarios: list[str]) -> None:
    """Exit unless the database is as the code declares it and holds the scenarios."""
    from config.database_check import faults
    from demo.scenarios import loader

    remedy = "set DATABASE_OWNER_URL once, the owner role prepares it."
    if unsafe := faults():
        sys.exit(f"The database is not prepared ({unsafe[0]}): {remedy}")
    for scenario in scenarios:
        if not loader.is_loaded(scenario):
            sys.exit(f"The scenario {scenario} is not in this database: {remedy}")


if __name__ == "__main__":
    main()
