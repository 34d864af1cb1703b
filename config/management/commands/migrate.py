"""Django's migrate, then what tables alone do not say: the cache table and the rights of the other roles."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from config.grants import grant, granted_roles


def _changes_no_model(operation: type[AddTrigger | RemoveTrigger]) -> None:
    """Spare a trigger the rendering of every model related to its own: 0.2 s each, and there are hundreds."""
    note: Callable[[Any, str, ProjectState], None] = operation.state_forwards

    def state_forwards(self: Any, app_label: str, state: ProjectState) -> None:
        rendered = {"apps": apps} if (apps := state.__dict__.pop("apps", None)) else {}
        note(self, app_label, state)
        state.__dict__.update(rendered)

    operation.state_forwards = state_forwards  # type: ignore[method-assign]


_changes_no_model(AddTrigger)
_changes_no_model(RemoveTrigger)


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate forward as the owner role and grant; a partial or backward migration grants nothing."""
        super().handle(*args, **options)
        whole = not options.get("app_label") and not options.get("plan") and not options.get("check_unapplied")
        if not whole:
            return
        call_command("createcachetable", verbosity=0)
        if settings.RUNTIME_ROLE not in granted_roles():
            raise CommandError(f"Create the role {settings.RUNTIME_ROLE} of DATABASE_URL, then migrate again.")
        roles = grant()
        if options["verbosity"] > 0:
            self.stdout.write(f"Rights set of {', '.join(roles)}")
