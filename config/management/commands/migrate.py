"""Django's migrate, then what tables alone do not say: the cache table and the rights of the runtime role."""

from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection

from config.grants import grant_runtime


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate forward as the owner role and grant; a partial or backward migration grants nothing."""
        super().handle(*args, **options)
        whole = not options.get("app_label") and not options.get("plan") and not options.get("check_unapplied")
        if not whole:
            return
        call_command("createcachetable", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [settings.RUNTIME_ROLE])
            if not cursor.rowcount:
                raise CommandError(f"Create the role {settings.RUNTIME_ROLE} of DATABASE_URL, then migrate again.")
        tables = grant_runtime()
        if options["verbosity"] > 0:
            self.stdout.write(f"Rights of {settings.RUNTIME_ROLE} set on {tables} tables")
