"""App configuration of core."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Ouvrage")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the permission tables of every installed app."""
        import_module("core.access").discover()
