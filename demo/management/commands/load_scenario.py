"""Load a scenario of demo/scenarios/ through the services, as the owner role."""

import json
import sys
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.scenarios import loader, words
from demo.scenarios.contract import describe
from pmo.steering.dashboards.tasks import take_snapshots


class Command(BaseCommand):
    help = "Load a scenario (vigie, orbelle, sources, cast). Run as the owner role; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the name of the scenario and its language; --json describes its content."""
        parser.add_argument("name", choices=sorted(file.stem for file in loader.FOLDER.glob("*.yaml")))
        parser.add_argument("--language", choices=words.LANGUAGES, default="en", help="of the texts of the scenario")
        parser.add_argument("--json", action="store_true", help="print users, projects, proposals and tables")

    def handle(self, *args: Any, name: str, language: str, **options: Any) -> None:
        """Load the scenario unless it is loaded, with progress; then describe it if asked."""
        if not loader.is_loaded(name):
            try:
                for done, whole, what in loader.load(name, language):
                    if sys.stderr.isatty():
                        self.stderr.write(f"\r{name}: {done}/{whole} {what:<40}", ending="")
            except (KeyError, ValueError) as error:
                raise CommandError(f"{name}.yaml cannot be entered: {error!r}") from error
            loader.close_accounts(name)
            take_snapshots()  # the night before its first day: pages over several projects show its figures
            if not options["json"]:
                self.stdout.write(f"{name}: {whole} acts entered")
        elif not options["json"]:
            self.stdout.write(f"{name}: already there, nothing changed")
        if options["json"]:
            try:
                self.stdout.write(json.dumps(describe(name), ensure_ascii=False, indent=1))
            except ObjectDoesNotExist as error:
                raise CommandError(
                    f"{name} was entered by an earlier version of Ouvrage and lacks what was added since; "
                    "`make reset` throws the demo's data away, so that it is entered anew."
                ) from error
