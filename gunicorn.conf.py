"""How gunicorn serves Ouvrage: threads in a few processes; the environment may say how many (WEB_CONCURRENCY)."""

import json
import os
import re
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
preload_app = True  # loaded once and then forked: half the work at a start, and the workers share its memory
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
graceful_timeout = 10
control_socket_disable = True  # its default path is one per user: two instances would share it
accesslog = "-"
access_log_format = '%(t)s %(h)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'  # no query string: it may hold what people typed


LOG_FORMAT = os.environ.get("LOG_FORMAT", "line")


class LineLogger(Logger):
    """Write each request in one line, without the secrets of mailed links, and other lines as the rest of Ouvrage."""

    def setup(self, cfg: Any) -> None:
        """Give the lines on starts, stops and errors the form and the universal time of all others."""
        from core.words.log_lines import FORMAT, FORMATTERS  # gunicorn knows our folder once it has read this file

        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(FORMATTERS[LOG_FORMAT](FORMAT))

    def access(self, *given: Any) -> None:
        """Write the line of a request."""
        if LOG_FORMAT != "json":
            super().access(*given)
            return
        atoms = self.atoms(*given)
        told = {
            "at": self.now(),
            "level": "INFO",
            "logger": "gunicorn.access",
            "from": atoms["h"],
            "method": atoms["m"],
        }
        self.access_log.info(
            json.dumps(told | {"path": atoms["U"], "status": atoms["s"], "bytes": atoms["B"], "ms": atoms["M"]})
        )

    def now(self) -> str:
        """Return the time of a line, in universal time."""
        return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def atoms(self, *given: Any) -> dict[str, Any]:
        """Return the parts of a line; a long part of the path, such as a token, is cut."""
        atoms: dict[str, Any] = super().atoms(*given)
        path = re.sub(r"[^/]{24,}", lambda found: f"{found[0][:4]}...", _escape(atoms["U"] or ""))
        return atoms | {"m": _escape(atoms["m"] or ""), "U": path}


def _escape(text: str) -> str:
    """Return the text without what would end the line."""
    return text.encode("unicode_escape").decode()


logger_class = LineLogger
