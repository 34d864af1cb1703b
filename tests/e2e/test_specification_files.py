"""Test the file of a large specification on a real instance, when the worker that writes it is killed."""

import re
import subprocess
import time
import urllib.error
from typing import Any

import pytest

from tests.e2e.test_imports import ENDED, Query, send, until
from tests.e2e.visitor import Visitor

#: Whether the worker writes a file. It does for a second only: a page takes longer where others use the processor.
UNDER_WAY = "SELECT 1 FROM config_cache WHERE cache_key LIKE %s AND position('running' IN decode(value, 'base64')) > 0"
#: What the page says of its files.
FILES = re.compile(r'id="prepared-files".*?</div>', re.DOTALL)
#: Enough requirements to catch the worker in the middle.
MANY = 2500


def read_until(visitor: Visitor, path: str, words: str, seconds: float = 120) -> str:
    """Read a page again and again until it says these words."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if words in (text := visitor.get(path).text):
            return text
        time.sleep(0.1)  # each page takes the processor from who writes the file
    raise AssertionError(f"{path} does not say {words!r} within {seconds} s but {FILES.findall(text)}")


def test_a_file_whose_worker_is_killed_says_so_and_the_next_worker_writes_it(
    instance: Any, process_of: Any, visitor: Any, query: Query
) -> None:
    amoa = visitor("other_amoa")
    rows = [f"SPEC-{n};functional;Specified {n};must;proposed" for n in range(MANY)]
    with pytest.raises(urllib.error.HTTPError, match="302"):
        send(amoa, "spec.csv", "\n".join(["Code;Kind;Title;Priority;State", *rows]).encode())
    [(pk,)] = query("SELECT max(id) FROM amoa_importjob")
    names = ("code", "kind", "title", "priority", "state")
    columns = {f"column-{place}": name for place, name in enumerate(names)}
    assert amoa.post(f"/imports/{pk}/columns/", {**columns, "step": "check"}).status == 302
    assert amoa.post(f"/imports/{pk}/start/", {}).status == 302
    assert until(query, "the end of the import", ENDED, pk)[0] == "done"
    frozen = amoa.post("/projects/TWO/requirements/baselines/freeze/", {"seen": "", "reason": "Workshop"})
    page = f"{frozen.location}specification/"
    assert amoa.post(f"{page}prepare/", {"kind": "pdf", "order": "code"}).status == 302
    until(query, "the start of the file", UNDER_WAY, "%specification.%")
    process_of("worker").kill()
    said = " ".join(amoa.get(page).text.split())
    assert "The file is being written since" in said or "No worker has finished it since" in said
    try:
        silent = read_until(amoa, page, "No worker has finished it since")
        assert "Prepare the PDF" in " ".join(silent.split())
    finally:
        subprocess.run(instance["restart"]["worker"], shell=True, check=True, timeout=60)  # noqa: S602 our own command
    assert amoa.post(f"{page}prepare/", {"kind": "pdf", "order": "code"}).status == 302
    read_until(amoa, page, "The file is ready.")
    assert amoa.get(f"{frozen.location.rstrip('/')}/specification.pdf").text.startswith("%PDF-")
