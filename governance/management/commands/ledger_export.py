"""Export the ledger for tools/verify_ledger.py."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.record.verification.bundles import export
from projects.models import Project


class Command(BaseCommand):
    help = "Export the ledger as JSON, for tools/verify_ledger.py. Without --contents it holds no personal text."
    requires_system_checks = ()  # they load every page; migrate runs them

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the project, the scope and the destination."""
        parser.add_argument("--project", metavar="CODE", help="this project only")
        parser.add_argument("--contents", action="store_true", help="with every text that the ledger seals")
        parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="a file that others cannot read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the export in chunks."""
        projects, code = Project.objects.all(), options["project"]
        if code and not (projects := projects.filter(code=code)).exists():
            raise CommandError(f"There is no project {code}.")
        pieces = export(projects, whole=code is None, contents=options["contents"])
        if options["output"] is None:
            self.stdout.writelines(pieces)
            return
        options["output"].touch(mode=0o600)
        with options["output"].open("w", encoding="utf-8") as file:
            file.writelines(pieces)
