"""Run Django's migrate, then install triggers, the cache table and rights, seal and index rows of earlier releases."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate

from config.first_tables import create_first_tables
from config.grants import grant, granted_roles
from config.triggers import install_triggers
from core.search_index.sources import rebuild
from projects.ledger.upgrades import seal_older_rows


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect garbage rarely: Django builds models anew by the thousand here. A fifth less time for 200 MB."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 50, 1000)
    yield
    gc.set_threshold(*usual)


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate forward as the owner role, install triggers, grant, seal; a partial migration only changes tables.

        Raises CommandError for any other role.
        """
        if not settings.OWNS_DATABASE:
            raise CommandError("Only the owner of the tables migrates: set OUVRAGE_DB_ROLE=owner (docs/install.md).")
        whole = not any(options.get(name) for name in ("app_label", "plan", "check_unapplied", "fake"))
        with rare_collections():
            if whole:
                create_first_tables()
            super().handle(*args, **options)
        if not whole:
            return
        changed = install_triggers()
        call_command("createcachetable", verbosity=0)
        if settings.RUNTIME_ROLE not in granted_roles():
            raise CommandError(f"Create the role {settings.RUNTIME_ROLE} of DATABASE_URL, then migrate again.")
        roles = grant()
        sealed = seal_older_rows()
        indexed = rebuild()
        if options["verbosity"] > 0:
            self.stdout.write(f"Triggers installed or dropped: {changed}")
            self.stdout.write(f"Rows sealed: {sealed}")
            self.stdout.write(f"Texts indexed for the search: {indexed}")
            self.stdout.write(f"Rights set of {', '.join(roles)}")
