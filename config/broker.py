"""How worker, beat and web reach Redis; loaded with its first message, not at every start."""

from typing import Any

from celery.app.amqp import AMQP
from kombu import Connection
from kombu.transport import redis
from redis.exceptions import ConnectionError as LostConnection


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
