"""Django's migrate, then what tables alone do not say: the cache table and the rights of the other roles."""

from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db.migrations.state import ProjectState

from config.grants import grant, granted_roles


def _only_itself(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    """The models to render again after a change of one: itself, not the hundreds that are related to it.

    For most changes that takes a tenth of a second less. A data migration still gets every model afresh, because
    Django renders them all again for it once `is_delayed` is set.
    """
    state.is_delayed = True
    return {(app_label, model_name.lower())}


ProjectState._find_reload_model = _only_itself  # type: ignore[attr-defined]


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
