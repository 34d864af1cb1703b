"""Hand tasks to the worker: a thread sends them, so that no request waits for a queue that is slow, full or away."""

import atexit
import logging
import threading
from collections.abc import Callable
from functools import partial
from queue import Full, Queue
from typing import Any

logger = logging.getLogger(__name__)
#: Tasks that wait to be sent. Further ones are dropped: what they would do, the periodic sweeps do.
MOST = 200
#: Seconds that a process which ends waits for what it has not sent yet.
LAST_SECONDS = 2.0

_waiting: Queue[tuple[str, Callable[[], Any]]] = Queue(MOST)
_starting = threading.Lock()
_sender: threading.Thread | None = None


def send(task: Any, **options: Any) -> None:
    """Queue a Celery task and return at once; `options` are those of `apply_async`."""
    _ensure_sender()
    try:
        _waiting.put_nowait((task.name, partial(task.apply_async, retry=False, ignore_result=True, **options)))
    except Full:
        logger.warning("Not queued, %s tasks wait already: %s", MOST, task.name)


def finish(seconds: float) -> bool:
    """Wait until everything is sent or dropped; return whether it is. Requests never call it."""
    with _waiting.all_tasks_done:
        return _waiting.all_tasks_done.wait_for(lambda: not _waiting.unfinished_tasks, seconds)


def _ensure_sender() -> None:
    """Start the thread on the first task of this process: a web process is forked after it is loaded."""
    global _sender
    with _starting:
        if _sender is None or not _sender.is_alive():
            _sender = threading.Thread(target=_send_forever, name="task-queue", daemon=True)
            _sender.start()
            atexit.register(finish, LAST_SECONDS)


def _send_forever() -> None:
    while True:
        name, queue = _waiting.get()
        try:
            queue()
        except Exception as error:
            logger.warning("Not queued, the next sweep does it: %s (%s)", name, error)
        finally:
            _waiting.task_done()
