"""Verify the ledger in the database (docs/ledger.md)."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.record.verification.verifier import verify_and_keep
from projects.models import LedgerEvent, Project
from tools.verify_ledger import UNVERIFIABLE, Progress, Signed, files, read, read_authorities


def _exit(status: int = 0, message: str | None = None) -> NoReturn:
    sys.stderr.write(message or "")
    sys.exit(UNVERIFIABLE if status else 0)


class Command(BaseCommand):
    help = (
        "Verify every chain in the database, or that of one project. "
        "Exit code: 0 intact, 1 altered, 2 truncated or rolled back, 3 cannot verify."
    )
    requires_system_checks = ()  # they load every page; migrate runs them

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the project, the anchors, the authorities, the processes and the output."""
        parser.add_argument("--project", metavar="CODE", help="this project only")
        parser.add_argument("--anchor", type=Path, nargs="+", default=[], action="extend", metavar="FILE")
        parser.add_argument(
            "--authority",
            type=Path,
            nargs="+",
            default=[],
            action="extend",
            metavar="FILE",
            help="certificates of the authorities whose time stamps count; TIMESTAMP_CERTIFICATES unless given",
        )
        parser.add_argument("--jobs", type=int, default=1, metavar="N", help="as many processes; 1 unless given")
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Exit with code 3 on a wrong option, since 2, argparse's code, would be a verdict."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.exit = _exit  # type: ignore[method-assign]
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, store and print the result, and exit with its code."""
        code = options["project"]
        try:
            project = Project.objects.filter(code=code).first() if code else None
            if code and project is None:
                raise CommandError(f"There is no project {code}.", returncode=UNVERIFIABLE)
            anchors = [Signed.read(read(path)) for path in files(options["anchor"])]
            events = LedgerEvent.objects.filter(project=project) if project else LedgerEvent.objects.all()
            progress = Progress(events.count())
            report, _kept = verify_and_keep(
                project, anchors, progress.step, options["jobs"], read_authorities(options["authority"]) or None
            )
            progress.end()
        except CommandError:
            raise
        except Exception as error:  # no interruption is a verdict on the ledger
            raise CommandError(f"Cannot verify: {error!r}", returncode=UNVERIFIABLE) from error
        text = json.dumps(report.as_json(), indent=1, ensure_ascii=False) if options["json"] else report.as_text()
        self.stdout.write(text)
        if report.result:
            sys.exit(report.result)
