"""Measure times of a signed-in person at the running instance, in turn, and summarise them."""

import gzip
import http.client
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from config.processes import Failure, write

WARM_UP = 5
#: Idle seconds after which the connection is reopened, outside the measurement.
KEPT_OPEN = 1
FORM = "application/x-www-form-urlencoded"


def rounds(times: int) -> Iterator[int]:
    """Yield 0 to `times` - 1, with a mark on the terminal for every tenth."""
    for number in range(times):
        yield number
        write("▮" * ((number + 1) * 10 // times - number * 10 // times))
    write(" ")


@dataclass(frozen=True)
class Times:
    """Median and 95th percentile, in milliseconds."""

    p50: float
    p95: float


def in_turn(times: int, *runs: Callable[[], float]) -> list[Times]:
    """Measure several functions that return their seconds, in turn so that noise affects all alike."""
    taken: list[list[float]] = [[] for _run in runs]
    for number in rounds(WARM_UP + times):
        pairs = list(zip(taken, runs, strict=True))
        for seconds, run in pairs if number % 2 else reversed(pairs):
            seconds.append(run())
    return [_times(seconds[WARM_UP:]) for seconds in taken]


def weights(text: str) -> tuple[float, float]:
    """Return the size of a page, plain and compressed, in KiB."""
    whole = text.encode()
    return len(whole) / 1024, len(gzip.compress(whole)) / 1024


def _times(seconds: list[float]) -> Times:
    return Times(1000 * statistics.median(seconds), 1000 * statistics.quantiles(seconds, n=20)[-1])


class Person:
    """A signed-in person with one connection that stays open, as a browser's does."""

    def __init__(self, base_url: str, jar: Mapping[str, str]) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=60)
        self.used = 0.0
        self.token = jar.get("csrftoken", "")
        cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
        self.headers = {"Cookie": cookie, "Accept-Language": "fr"}

    def get(self, path: str) -> tuple[float, str]:
        """Return the seconds of a page, and its text. Raises Failure unless it answers 200."""
        return self._ask("GET", path, None, 200)

    def post(self, path: str, fields: dict[str, str]) -> float:
        """Return the seconds of an act. Raises Failure unless it redirects."""
        body = urlencode({**fields, "csrfmiddlewaretoken": self.token}).encode()
        return self._ask("POST", path, body, 302)[0]

    def _ask(self, method: str, path: str, body: bytes | None, expected: int) -> tuple[float, str]:
        headers = self.headers if body is None else {**self.headers, "Content-Type": FORM}
        if time.monotonic() - self.used > KEPT_OPEN:  # the server closes an idle connection after two seconds
            self.connection.close()
            self.connection.connect()
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        seconds = time.perf_counter() - began
        self.used = time.monotonic()
        if answer.status != expected:
            raise Failure(f"{method} {path} answered {answer.status}, not {expected}")
        return seconds, text.decode()
