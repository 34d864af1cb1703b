"""Celery application: `celery -A config worker`, `celery -A config beat`."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import worker_init

from core.capabilities import capabilities_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class OrganisationTask(Task):  # type: ignore[type-arg]
    """A task whose days are those of the organisation; its settings are read once per run."""

    abstract = True

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Run in the time zone of the organisation."""
        from django.utils import timezone

        from core.acts import cached_reads
        from projects.organisation_settings.queries import zone

        with cached_reads(), timezone.override(zone()):
            return self.run(*args, **options)


app = Celery("ouvrage", task_cls=OrganisationTask, amqp="config.broker:Queues")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: capabilities_with("tasks"))


@worker_init.connect
def refuse_an_unsafe_database(**_: object) -> None:
    """Start the worker only as the runtime role and on a sound database, like the web process.

    Celery logs an Exception of a receiver and continues: only SystemExit stops the start.
    """
    from django.core.exceptions import ImproperlyConfigured

    from config.safety import refuse_unsafe_database

    try:
        refuse_unsafe_database()
    except ImproperlyConfigured as refusal:
        raise SystemExit(f"{refusal}") from None
