from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project as an app: it holds the commands that know every table."""

    name = "config"

    def ready(self) -> None:
        """Load the Celery application, so that the web process finds the broker too."""
        import_module("config.celery")
