"""Lines of the logs: one for each record, in universal time, and none that a reader of our pages can forge."""

import json
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Characters that end a line or steer a terminal, and those that programs take for a line end.
CONTROLS = {code: ascii(chr(code))[1:-1] for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}


def escape_controls(text: str) -> str:
    """Return the text with every control character written as its code."""
    return text.translate(CONTROLS)


class LineFormatter(logging.Formatter):
    """Write a record in one line. A traceback follows in lines of its own."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return escape_controls(super().formatMessage(record))


#: What runs now, by its name in a line: request, act, key of the user.
_RUNS: ContextVar[dict[str, str]] = ContextVar("runs", default={})  # noqa: B039 nobody changes it


@contextmanager
def telling(**what: str) -> Iterator[None]:
    """Have the lines of the block say what runs."""
    before = _RUNS.set(_RUNS.get() | what)
    try:
        yield
    finally:
        _RUNS.reset(before)


def name_request() -> str:
    """Return a name for a request, which no other has."""
    return uuid.uuid4().hex


class JsonFormatter(LineFormatter):
    """Write a record, with its traceback, as one line of JSON that says what runs."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"at": self.formatTime(record), "level": record.levelname, "logger": record.name}
        error = {"error": self.formatException(record.exc_info)} if record.exc_info else {}
        return json.dumps(told | _RUNS.get() | {"message": record.getMessage()} | error)


#: Formatters by LOG_FORMAT.
FORMATTERS = {"line": LineFormatter, "json": JsonFormatter}
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
