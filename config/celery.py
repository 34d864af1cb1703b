"""Celery application: `celery -A config worker`, `celery -A config beat`."""

import os
from typing import Any

from celery import Celery, Task
from celery.app.amqp import AMQP
from celery.signals import worker_init
from kombu import Connection
from kombu.transport import redis
from redis.exceptions import ConnectionError as LostConnection

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


class Channel(redis.Channel):
    """A channel that is lost with its connection.

    A worker gives back what it has not acknowledged when it closes a lost connection, and acknowledges later what it
    was doing: kombu then fails in a way that ends the worker, instead of with an error of the connection.
    """

    def _connparams(self, *args: Any, **options: Any) -> Any:
        if getattr(self.connection, "client", None) is None:
            raise LostConnection("The connection of this channel is closed.")
        return super()._connparams(*args, **options)  # type: ignore[misc]


class Transport(redis.Transport):
    """Redis, with channels that are lost with their connection."""

    Channel = Channel


class PatientConnection(Connection):
    """A connection that outlives its broker.

    It asks for one that is down every few seconds, not ever more seldom up to 30 s.
    """

    def get_transport_cls(self) -> Any:
        """Return our transport for Redis."""
        found = super().get_transport_cls()
        return Transport if found is redis.Transport else found

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        """Connect, however long it takes: mail leaves seconds after the broker is back."""
        return super().ensure_connection(*args, **{"interval_max": 4, **options})


class Queues(AMQP):
    """The queues of worker, beat and web, with their connections."""

    Connection = PatientConnection


app = Celery("ouvrage", task_cls=OrganisationTask, amqp=Queues)
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
