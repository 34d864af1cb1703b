"""Lines of the logs: one for each record, in universal time, and none that a reader of our pages can forge."""

import logging
import time

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
