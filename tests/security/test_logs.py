"""Test the logs: every sign-in is in them, nothing personal or secret is, and nobody forges a line."""

import json
import logging
import re
import runpy
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils.module_loading import import_string
from gunicorn.config import Config

from core.acts import open_act
from core.words.log_lines import JsonFormatter, telling
from tests.conftest import StrictClient

PASSWORD = "ouvrage-cast"
OFFICE = "198.51.100.4"
FORGED = "a\r\n2026-11-28T01:00:00.000Z INFO all is well\x1b[2J\u2028"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet(db: None) -> None:
    cache.clear()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """List what the log of sign-ins holds."""
    return [record.getMessage() for record in caplog.records if record.name == "ouvrage.sign_ins"]


def test_signing_in_and_out_is_logged(owner: Any, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    browser = StrictClient(REMOTE_ADDR=OFFICE)
    browser.post("/sign-in/", {"login": owner.email, "password": PASSWORD})
    browser.post("/sign-out/")
    assert lines(caplog) == [f"{owner.key} signed in from {OFFICE}: password", f"{owner.key} signed out from {OFFICE}"]


def test_a_refused_sign_in_is_logged_with_its_reason_and_nothing_personal(owner: Any, caplog: Any) -> None:
    for _ in range(6):
        StrictClient(REMOTE_ADDR=OFFICE).post("/sign-in/", {"login": owner.email, "password": "my-secret-guess"})
    StrictClient(REMOTE_ADDR=OFFICE).post("/sign-in/", {"login": "nobody@example.org", "password": "x"})
    refused = f"sign-in refused to {owner.key} from {OFFICE}"
    unknown = f"sign-in refused to nobody from {OFFICE}: wrong password"
    assert lines(caplog) == [f"{refused}: wrong password"] * 5 + [f"{refused}: too many guesses from here", unknown]
    assert not [line for line in lines(caplog) if "my-secret-guess" in line or owner.email in line or "@" in line]


def format_line(message: str) -> str:
    """Return the line that the settings make of a message."""
    line = dict(settings.LOGGING["formatters"]["line"])
    formatter = import_string(line.pop("()"))(line["format"])
    record = logging.LogRecord("ouvrage.refusals", logging.WARNING, __file__, 1, "%s", (message,), None)
    record.created, record.msecs = datetime(2026, 11, 28, 1, 2, 3, tzinfo=UTC).timestamp(), 4.0
    return str(formatter.format(record))


def test_a_line_is_in_universal_time_and_nobody_forges_another() -> None:
    assert format_line("é refused") == "2026-11-28T01:02:03.004Z WARNING ouvrage.refusals é refused"
    assert format_line(FORGED).isprintable()


def format_json(message: str, error: Any = None) -> str:
    """Return the line of JSON of a message."""
    return JsonFormatter().format(logging.LogRecord("ouvrage", logging.WARNING, __file__, 1, message, (), error))


def test_a_line_of_json_is_one_line_with_its_traceback() -> None:
    try:
        raise ValueError(FORGED)
    except ValueError as error:
        line = format_json(FORGED, (type(error), error, error.__traceback__))
    assert line.isprintable()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("WARNING", "ouvrage", FORGED)
    assert told["error"].startswith("Traceback")


def test_a_line_of_json_names_request_and_key_of_the_user(owner: Any, client_of: Any) -> None:
    said = StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("ouvrage.refusals")
    logger.addHandler(handler)
    try:
        for _ in range(2):
            assert client_of(owner).get("/administration/system/").status_code == 403
    finally:
        logger.removeHandler(handler)
    first, second = map(json.loads, said.getvalue().splitlines())
    assert first["user"] == second["user"] == str(owner.key)
    assert first["request"] != second["request"]


def test_a_line_of_json_names_the_act(owner: Any) -> None:
    @open_act
    def try_something(*, actor: Any) -> dict[str, Any]:
        return dict(json.loads(format_json("tried")))

    with telling(request="r1"):
        told = try_something(actor=owner)
    assert (told["request"], told["act"], told["user"]) == ("r1", "try_something", str(owner.key))
    assert not {"request", "act", "user"} & json.loads(format_json("afterwards")).keys()


def read_conf() -> dict[str, Any]:
    """Return what gunicorn.conf.py defines."""
    return runpy.run_path(str(settings.ROOT / "gunicorn.conf.py"))


def an_answer(path: str) -> tuple[Any, ...]:
    """Return what gunicorn tells its logger of a request."""
    took = datetime(2026, 11, 28) - datetime(2026, 11, 28)
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": path, "SERVER_PROTOCOL": "HTTP/1.1", "PATH_INFO": path}
    answer = type("Answer", (), {"status": "200 OK", "sent": 1, "headers": []})()
    return answer, type("Request", (), {"headers": []})(), environ, took


def test_a_request_is_one_line_of_json(monkeypatch: Any) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    kind, said = read_conf()["LineLogger"], list[str]()
    logger = kind.__new__(kind)
    logger.access_log = SimpleNamespace(info=said.append)
    logger.access(*an_answer('/a"\r\nb/0123456789abcdef0123456789abcdef/'))
    [line] = said
    assert line.isprintable()
    told = json.loads(line)
    assert (told["method"], told["path"], told["status"]) == ("GET", '/a"\\r\\nb/0123.../', "200")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/projects/ONE/", "/projects/ONE/"),
        ("/password/reset/1-d2k3x9-0123456789abcdef0123456789abcdef/", "/password/reset/1-d2.../"),
        ("/sign-in/link/ImZvbyI:1vWxYz:0123456789abcdefghijklmnop/", "/sign-in/link/ImZv.../"),
        ("/a\r\nb/", "/a\\r\\nb/"),
    ],
)
def test_a_request_is_one_line_without_the_secret_of_its_link(path: str, line: str) -> None:
    ours = read_conf()
    atoms = ours["LineLogger"].__new__(ours["LineLogger"]).atoms(*an_answer(path))
    assert atoms["U"] == line
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", atoms["t"])
    used = re.findall(r"%\((\w+)\)s", ours["access_log_format"])
    assert (ours["logger_class"], used[0], "q" in used) == (ours["LineLogger"], "t", False)


def test_a_start_of_the_web_process_is_logged_as_the_rest() -> None:
    ours = runpy.run_path(str(settings.ROOT / "gunicorn.conf.py"))
    logger = ours["LineLogger"](Config())
    [handler] = logger.error_log.handlers
    record = logging.LogRecord("gunicorn.error", logging.INFO, __file__, 1, "Listening at: %s", ("here",), None)
    record.created, record.msecs = datetime(2026, 11, 28, 1, 2, 3, tzinfo=UTC).timestamp(), 4.0
    try:
        assert handler.format(record) == "2026-11-28T01:02:03.004Z INFO gunicorn.error Listening at: here"
    finally:
        for log in (logger.error_log, logger.access_log):
            log.handlers.clear()
