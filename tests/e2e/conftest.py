"""Start a whole instance for the tests that need one: five processes, its own servers, the cast, real browsers.

These tests never use Django's own connection.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from config.processes import find_record
from tests.e2e.visitor import Visitor
from tools.servers import scratch
from tools.servers.embedded import ROOT

FOLDER = ROOT / f"var/test-e2e{os.environ.get('PYTEST_XDIST_WORKER', '')}"
FRESH = 300
#: Milliseconds that a page is waited for: a busy machine takes ten times as long as an idle one.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
#: Pages are looked at as the cast left them. A thousand decisions leave the worker mails and records to write for
#: minutes: nothing comes after them on their instance, and what comes then has one of its own.
ORDER = {"test_pages_look.py": -1, "test_rounds.py": 1, "test_moving_in.py": 2}
#: Playwright keeps an event loop in the main thread, where Django then refuses its connection to later tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests of real instances after all quicker tests, or before them where workers share the suite.

    One of these runs them; while its browsers wait, the others work.
    """
    is_shared = "PYTEST_XDIST_WORKER" in os.environ
    items.sort(key=lambda item: (item.nodeid.startswith("tests/e2e/") != is_shared, ORDER.get(item.path.name, 0)))


@pytest.fixture(scope="package")
def instance() -> Iterator[dict[str, Any]]:
    """Start a fresh instance with the cast for this folder, and return its description by `tools.servers.scratch`.

    Its outbox is swept every two seconds. An import without a heartbeat for five seconds is taken up again.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SWEEP_SECONDS", "2")
        environment.setenv("IMPORT_SILENT_SECONDS", "5")
        try:
            yield scratch.start_instance(FOLDER, "cast")
        finally:
            scratch.stop_instance(FOLDER)


@pytest.fixture(scope="package")
def process_of(instance: dict[str, Any]) -> Callable[[str], psutil.Process]:
    """Return a function that finds a process of the instance as it runs now: an earlier test may have restarted it."""

    def find(name: str) -> psutil.Process:
        record = find_record(FOLDER / "run", name)
        process = record and record.process()
        assert process, f"{name} does not run"
        return process

    return find


@pytest.fixture(scope="package")
def visitor(instance: dict[str, Any]) -> Callable[[str], Visitor]:
    """Return a function that signs a person of the cast in, each once in five minutes: older ones are asked again."""
    known: dict[str, tuple[float, Visitor]] = {}

    def signed_in(member: str) -> Visitor:
        if member not in known or time.monotonic() - known[member][0] > FRESH:
            person = Visitor(instance) if member == "anonymous" else Visitor(instance).sign_in(member)
            known[member] = time.monotonic(), person
        return known[member][1].again()

    return signed_in


@pytest.fixture(scope="package")
def query(instance: dict[str, Any]) -> Iterator[Callable[..., list[Any]]]:
    """Return a read-only query function on the database of the instance."""
    with psycopg.connect(instance["dsn"]["runtime"], autocommit=True) as connection:
        yield lambda sql, *values: connection.execute(sql, values).fetchall()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the Chromium of the system, the headless one if it is there, without network calls of its own.

    No page lives long enough to earn back what the optimizing compilers cost: axe is compiled anew on each.
    """
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
    options = ["--disable-background-networking", "--disable-gpu", "--js-flags=--no-maglev --no-turbofan"]
    options += ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": program, "args": options}


@pytest.fixture(scope="package")
def told(query: Callable[..., list[Any]]) -> Callable[[int, str], dict[str, int]]:
    """Map the recipients of a proposal's notification for one reason: address → id of the notification."""
    return lambda proposal, reason: dict(
        query(
            "SELECT u.email, n.id FROM projects_notification n JOIN roles_user u ON u.id = n.recipient_id"
            " JOIN projects_ledgerevent e ON e.id = n.event_id WHERE e.proposal_id = %s AND n.reason = %s",
            proposal,
            reason,
        )
    )


#: What a page asks for beside its work, the icon and the advice on a text: one may leave it before the answer.
BESIDE = ("/favicon.", "/requirements/lint/")


def _failures(request: Request) -> list[str]:
    """Describe a failed request; ignore what the browser no longer waited for when its page was left."""
    if any(part in request.url for part in BESIDE) and request.failure == "net::ERR_ABORTED":
        return []
    return [f"{request.url}: {request.failure}"]


class Complaints(list[str]):
    """The browser's complaints: console errors, uncaught exceptions, failed requests."""

    def watch(self, page: Page) -> None:
        """Listen to this page."""
        page.on("console", lambda message: self.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("requestfailed", lambda request: self.extend(_failures(request)))


@pytest.fixture
def complaints() -> Complaints:
    """Collect the complaints of every page that `person` opens, and expect none."""
    return Complaints()


@pytest.fixture
def person(
    browser: Browser, instance: dict[str, Any], visitor: Callable[[str], Visitor], complaints: Complaints
) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page as a member of the cast; options are those of a browser context."""
    opened: list[BrowserContext] = []

    def page_of(member: str, *, language: str = "en", **options: Any) -> Page:
        context = browser.new_context(base_url=instance["base_url"], locale=language, **options)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        if member != "anonymous":
            [session] = [cookie for cookie in visitor(member).cookies if cookie.name == "sessionid"]
            context.add_cookies([{"name": session.name, "value": session.value or "", "url": instance["base_url"]}])
        page = context.new_page()
        complaints.watch(page)
        return page

    yield page_of
    for context in opened:
        context.close()
