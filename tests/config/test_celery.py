"""Test what the worker does with messages of a connection that is gone."""

import pytest
from kombu import Producer, Queue

from config.broker import Channel
from config.celery import app


@pytest.mark.parametrize("what", ["transport", "channel"])
def test_a_message_of_a_lost_connection_fails_as_its_connection_does(what: str) -> None:
    """The worker survives errors of its connection, and no others."""
    connection = app.connection_for_read()
    channel = connection.channel()
    assert isinstance(channel, Channel)
    queue = Queue("test-lost", channel=channel, durable=False, auto_delete=True)
    queue.declare()
    Producer(channel).publish({}, routing_key="test-lost")
    message, errors, transport = queue.get(), connection.connection_errors, channel.connection
    assert message
    channel._disconnect_pools()
    if what == "transport":
        transport.client = None
    else:
        channel.connection = None
    with pytest.raises(errors, match="is closed"):
        message.ack()
    transport.client, channel.connection = connection, transport
    connection.release()
