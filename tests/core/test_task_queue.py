"""Test that whoever hands a task to the worker never waits for the queue."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from core import task_queue


class Task:
    """A task whose queue behaves as a test says."""

    name = "tests.task"

    def __init__(self, queue: Callable[[], None]) -> None:
        self.queue = queue
        self.sent: list[dict[str, Any]] = []

    def apply_async(self, **options: Any) -> None:
        self.queue()
        self.sent.append(options)


@pytest.fixture(autouse=True)
def _nothing_waits() -> Iterator[None]:
    assert task_queue.finish(30)
    yield
    assert task_queue.finish(30)


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """Return the address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_task_reaches_the_queue_with_its_options_and_is_not_tried_again() -> None:
    task = Task(lambda: None)
    task_queue.send(task, args=(7,), countdown=2)
    assert task_queue.finish(10)
    assert task.sent == [{"args": (7,), "countdown": 2, "retry": False, "ignore_result": True}]


def test_nobody_waits_for_redis_that_accepts_and_never_answers(silent_redis: str) -> None:
    app = Celery(broker=silent_redis)
    app.conf.broker_transport_options = {"socket_connect_timeout": 0.3, "socket_timeout": 1, "max_retries": 1}

    @app.task(name="tests.silent")
    def task() -> None:
        """Never run."""

    began = time.monotonic()
    for _time in range(3):
        task_queue.send(task)
    assert time.monotonic() - began < 0.2
    assert not task_queue.finish(0.2), "the thread waits in their place"


@pytest.mark.parametrize("error", [OperationalError("no Redis"), ConnectionRefusedError("no Redis"), ValueError("bad")])
def test_a_task_that_cannot_be_queued_is_logged_and_the_next_one_leaves(error: Exception, caplog: Any) -> None:
    def refuse() -> None:
        raise error

    task = Task(lambda: None)
    task_queue.send(Task(refuse))
    task_queue.send(task)
    assert task_queue.finish(10)
    assert len(task.sent) == 1
    assert "the next sweep does it: tests.task" in caplog.text


def test_while_the_queue_hangs_a_bounded_number_of_tasks_waits(caplog: Any) -> None:
    answer = threading.Event()
    task = Task(lambda: answer.wait(30) and None)
    for _time in range(task_queue.MOST + 10):
        task_queue.send(task)
    assert not task_queue.finish(0)
    assert "200 tasks wait already: tests.task" in caplog.text
    answer.set()
    assert task_queue.finish(30)
    assert task_queue.MOST <= len(task.sent) <= task_queue.MOST + 1
