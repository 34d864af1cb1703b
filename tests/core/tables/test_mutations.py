"""Fuzz the readers: any bytes give a table or a refusal, in bounded time."""

import time
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tables.reader import Table, open_table
from tests.effort import EFFORT

#: Files of other programs, and plans as Microsoft Project writes them.
FILES = [
    *sorted(
        path.name for path in Path(__file__).with_name("files").iterdir() if path.suffix not in {".md", ".xls", ".xlsm"}
    ),
    *sorted(f"../plans/{path.name}" for path in Path(__file__).with_name("plans").iterdir()),
]
ZIPPED = [name for name in FILES if name.endswith(("xlsx", "ods", "reqifz"))]
#: Bytes to insert: each means something to one of the readers.
TOKENS = [
    b"\0",
    b"\xff",
    b'"',
    b"'",
    b"<",
    b">",
    b"&",
    b"/>",
    b"<f>",
    b"<c>",
    b"<v>9999</v>",
    b"]]>",
    b"<!--",
    b"\r\n",
    b"PK\x03\x04",
    b"1e999",
    b"-1",
    b"999999999999999",
    b"r=",
    b't="s"',
    b"xml:space",
    b"\xef\xbb\xbf",
    b";",
    b"\t",
    b'number-rows-repeated="9999999"',
    b'r="A1048576"',
    b"<!DOCTYPE a>",
    b"&#0;",
    b"&e;",
    b"2026-13-45",
    b"PT99H",
]
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(TOKENS) | st.binary(max_size=8)),
    min_size=1,
    max_size=4,
)
LENIENT = settings(max_examples=20 * EFFORT, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def content_of(name: str) -> bytes:
    """Read the bytes of one sample file."""
    return (Path(__file__).with_name("files") / name).read_bytes()


def changed(content: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """Remove and insert bytes of `content` at random places."""
    for place, length, token in changes:
        at = int(place * len(content))
        content = content[:at] + token + content[at + length :]
    return content


def judged(name: str, content: bytes) -> None:
    """Open a file, and accept only a table or a refusal of one sentence."""
    begun = time.process_time()
    table = refused = None
    try:
        table = open_table(name, content)
    except ValidationError as error:
        refused = error
    if refused:
        assert len(refused.messages) == 1
        assert refused.code
    else:
        assert isinstance(table, Table)
        assert all(len(row) == len(table.header) for row in table.rows)
        assert len(table.rows) == len(table.lines)
        assert len({name.casefold() for name in table.header}) == len(table.header)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("name", FILES)
@LENIENT
@given(changes=CHANGES)
def test_bytes_changed_anywhere_give_a_table_or_a_refusal(name: str, changes: list[tuple[float, int, bytes]]) -> None:
    judged(name, changed(content_of(name), changes))


@pytest.mark.parametrize("name", ZIPPED)
@LENIENT
@given(data=st.data())
def test_bytes_changed_inside_an_archive_give_a_table_or_a_refusal(name: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(BytesIO(content_of(name))) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    part = data.draw(st.sampled_from(sorted(parts)))
    parts[part] = changed(parts[part], data.draw(CHANGES))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name_of, content in parts.items():
            archive.writestr(name_of, content)
    judged(name, out.getvalue())


@pytest.mark.parametrize("extension", ["csv", "reqif", "xlsx", "ods", "reqifz", "xml"])
@LENIENT
@given(content=st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_refusal(extension: str, content: bytes) -> None:
    judged(f"t.{extension}", content)
