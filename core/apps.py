"""App configuration of core."""

from importlib import import_module

from django.apps import AppConfig

from core.record import trigger_registry

trigger_registry.install()


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Ouvrage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the permission tables of every installed app, the trigger of every text, and what is searched."""
        import_module("core.access").discover()
        import_module("core.words.visible_texts").watch_every_text()
        import_module("core.search_index.sources").watch_every_source()
