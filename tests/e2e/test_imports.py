"""Test imports on a real instance: watched in the browser, stopped, and taken up again after a killed worker."""

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visitor import Visitor
from tests.effort import in_turn

Query = Callable[..., list[Any]]
UPLOAD = "/projects/TWO/requirements/import/"
#: Enough rows to catch the worker in the middle.
MANY = 4_000
BOUNDARY = "a-line-that-parts-the-fields"


def file_of(rows: int, stem: str) -> bytes:
    """Build a CSV of this many new requirements."""
    return "\n".join(["Code;Kind;Title;Priority", *(f"{stem}-{n};need;{stem} {n};must" for n in range(rows))]).encode()


def send(visitor: Visitor, name: str, content: bytes) -> None:
    """Send a file with the form of the upload."""
    token = next(cookie.value for cookie in visitor.cookies if cookie.name == "csrftoken")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    request = urllib.request.Request(visitor.instance["base_url"] + UPLOAD, body, headers)
    visitor.opener.open(request, timeout=60)


def started(visitor: Visitor, query: Query, stem: str) -> int:
    """Hand an import of MANY requirements to the worker."""
    with pytest.raises(urllib.error.HTTPError, match="302"):  # redirects are not followed
        send(visitor, f"{stem}.csv", file_of(MANY, stem))
    [(pk,)] = query("SELECT max(id) FROM amoa_importjob")
    columns = {"column-0": "code", "column-1": "kind", "column-2": "title", "column-3": "priority", "step": "check"}
    assert visitor.post(f"/imports/{pk}/columns/", columns).status == 302
    assert visitor.post(f"/imports/{pk}/start/", {}).status == 302
    return int(pk)


def until(query: Query, what: str, sql: str, *values: Any, seconds: float = 120) -> Any:
    """Wait for the first row of `sql`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := query(sql, *values):
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"{what}: not after {seconds} s")


MIDDLE = "SELECT done FROM amoa_importjob WHERE id = %s AND state = 'running' AND done > 0"
ENDED = "SELECT state, runs FROM amoa_importjob WHERE id = %s AND finished_at IS NOT NULL"
WRITTEN = "SELECT count(*) FROM amoa_requirement WHERE code LIKE %s"
EVENTS = "SELECT count(*) FROM projects_ledgerevent WHERE act = 'import_requirements' AND subject_id = %s"


def test_an_import_whose_worker_is_killed_is_written_once_by_the_next(
    instance: Any, process_of: Any, visitor: Any, query: Query
) -> None:
    pk = started(visitor("other_amoa"), query, "KILLED")
    until(query, "the middle of the import", MIDDLE, pk)
    process_of("worker").kill()
    try:
        time.sleep(1)
        assert query(WRITTEN, "KILLED-%") == [(0,)]
        assert query("SELECT state FROM amoa_importjob WHERE id = %s", pk) == [("running",)]
    finally:
        subprocess.run(instance["restart"]["worker"], shell=True, check=True, timeout=60)  # noqa: S602 our own command
    state, runs = until(query, "the end of the import", ENDED, pk)
    assert (state, runs) == ("done", 2)
    assert query(WRITTEN, "KILLED-%") == [(MANY,)]
    assert query(EVENTS, pk) == [(1,)]
    notices = "SELECT count(*) FROM projects_notification WHERE reason = 'import_done' AND link = %s"
    assert query(notices, f"/imports/{pk}/") == [(1,)]


def test_an_import_that_is_stopped_in_the_middle_leaves_nothing(instance: Any, visitor: Any, query: Query) -> None:
    amoa = visitor("other_amoa")
    pk = started(amoa, query, "STOPPED")
    until(query, "the middle of the import", MIDDLE, pk)
    assert amoa.post(f"/imports/{pk}/stop/", {}).status == 302
    assert query(ENDED, pk)[0][0] == "cancelled"
    time.sleep(5)  # longer than a chunk takes
    assert query(WRITTEN, "STOPPED-%") == [(0,)]
    assert query(EVENTS, pk) == [(0,)]
    assert query("SELECT octet_length(content) FROM amoa_importjob WHERE id = %s", pk) == [(0,)]


WORDS = {
    "fr": ("Lire le fichier", "Vérifier chaque ligne", "Importer 400 exigences", "Importé le"),
    "en": ("Read the file", "Check every line", "Import 400 requirements", "Imported on"),
}


@pytest.mark.parametrize("language", in_turn(6, [*WORDS]))
def test_a_file_is_sent_checked_followed_and_read_in_the_browser(
    language: str, person: Callable[..., Page], complaints: Any
) -> None:
    read, check, start, done = WORDS[language]
    page = person("other_amoa", language=language)
    page.goto(UPLOAD)
    content = file_of(400, f"WEB-{language.upper()}")
    page.set_input_files("input[type=file]", [{"name": "besoins.csv", "mimeType": "text/csv", "buffer": content}])
    page.get_by_role("button", name=read).click()
    expect(page.locator('select[name="column-2"]')).to_have_value("title")
    page.get_by_role("button", name=check).click()
    expect(page.locator(".figures")).to_contain_text("400")
    page.get_by_role("button", name=start).click()
    expect(page.locator("main .lede")).to_contain_text(done)
    expect(page.locator("main")).to_contain_text(f"WEB-{language.upper()}-0")
    assert complaints == []


def test_the_bar_moves_without_a_reload(person: Callable[..., Page], complaints: Any) -> None:
    page = person("other_amoa")
    page.goto(UPLOAD)
    content = file_of(MANY, "BAR")
    page.set_input_files("input[type=file]", [{"name": "bar.csv", "mimeType": "text/csv", "buffer": content}])
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Check every line").click()
    page.get_by_role("button", name=f"Import {MANY} requirements").click()
    page.evaluate("window.stays = true")
    expect(page.locator("#import-status")).to_contain_text(f"of {MANY} requirements")
    expect(page.locator("#import-bar progress")).to_have_attribute("max", str(MANY))
    assert page.evaluate("window.stays")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("main .lede")).to_contain_text("Nothing was written")
    assert complaints == []
