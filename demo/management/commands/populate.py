"""Write many records for benchmarks, as the owner role; never in production."""

import os
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.population.populate import has_other_projects, is_populated, populate
from demo.population.sizes import SIZES, Odd
from roles.models import RoleTemplate

WIDTH = 40


class Command(BaseCommand):
    help = (
        "Populate the database with S (50 projects, 2,000 proposals), M (500, 20,000) or L (2,500, 200,000) and odd "
        "ones. Every row passes the guards of the database as a marked back-entry. Run as the owner role."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the size, the odd cases, the scope and the number of processes."""
        parser.add_argument("--size", choices=sorted(SIZES), default="S")
        parser.add_argument("--into-existing", action="store_true", help="beside projects of another origin")
        parser.add_argument("--without-odd", action="store_true", help="leave the odd ones out")
        parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse an unsuitable database, else write with a progress bar."""
        if settings.ENVIRONMENT == settings.PRODUCTION:
            raise CommandError("What is populated is for measuring: not in production.")
        if not settings.OWNS_DATABASE:
            raise CommandError("Past acts are entered by the role that owns the tables: OUVRAGE_DB_ROLE=owner.")
        if is_populated():
            raise CommandError("This database is populated already; populate a new one.")
        if has_other_projects() and not options["into_existing"]:
            raise CommandError("This database holds other projects: --into-existing writes beside them.")
        if not RoleTemplate.objects.filter(pack__code="fr", state="published").exists():
            raise CommandError("Load the catalogue first: manage.py load_catalogue.")
        size, began, whole = SIZES[options["size"]], time.monotonic(), 0
        for done, whole in populate(size, None if options["without_odd"] else Odd(), options["processes"]):
            if self.stderr.isatty():
                filled = done * WIDTH // whole
                bar = "▮" * filled + "▯" * (WIDTH - filled)
                self.stderr.write(f"\r{bar} {done}/{whole} projects", ending="\n" if done == whole else "")
        self.stdout.write(f"{options['size']}: {whole} projects in {time.monotonic() - began:.0f} s")
