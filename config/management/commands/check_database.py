"""Report whether the database is as the code requires; see config/database_check."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from config.database_check import verdicts
from config.database_check.found_texts import check_search


class Command(BaseCommand):
    help = "Check triggers, constraints, rights and settings of the database; exit 0 only when all is well."
    requires_system_checks = ()  # they load every page; migrate runs them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the same as a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [(verdict.check, *line) for verdict in [*verdicts(), check_search()] for line in verdict.sentences()]
        if options["json"]:
            keys = ("check", "ok", "sentence")
            self.stdout.write(json.dumps([dict(zip(keys, line, strict=True)) for line in lines], indent=1))
        else:
            for check, ok, sentence in lines:
                self.stdout.write(f"{'ok ' if ok else 'bad'}  {check}: {sentence}")
        if not all(ok for _, ok, _ in lines):
            sys.exit(1)
