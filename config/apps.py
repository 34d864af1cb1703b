from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project as an app: the commands that know every table live here."""

    name = "config"

    def ready(self) -> None:
        """Make ours the Celery application of this process, so that the web process finds the broker too."""
        import_module("config.celery")
