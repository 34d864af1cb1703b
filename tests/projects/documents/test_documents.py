"""Test the checks of documents: names, sizes and contents, each refused with a helpful message."""

import hashlib
import tracemalloc
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import translation

from core.files.checks import check_upload, clean_name
from projects.documents.uploads import BoundedUpload
from tests.files import HONEST, HOSTILE, PDF, WEIRD_NAMES, hostile, office, sent, zipped

MIB = 1024 * 1024


def refusal_of(file: Any) -> str:
    """Return the message that refuses a file; "" when it is accepted."""
    with translation.override("en"):
        try:
            check_upload(file)
        except ValidationError as error:
            (sentence,) = error.messages
            return sentence
    return ""


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_of_each_type_is_kept_byte_for_byte(name: str) -> None:
    kept = check_upload(sent(name, HONEST[name]))
    assert (kept.file_name, kept.content) == (name, HONEST[name])
    assert kept.sha256 == hashlib.sha256(HONEST[name]).hexdigest()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(name: str) -> None:
    assert HOSTILE[name][2] in refusal_of(hostile(name))


@pytest.mark.parametrize("name", HOSTILE)
def test_every_refusal_is_said_in_french_too(name: str) -> None:
    with translation.override("fr"), pytest.raises(ValidationError) as error:
        check_upload(hostile(name))
    with translation.override("fr"):
        french = error.value.messages
    assert french[0] != refusal_of(hostile(name))


@pytest.mark.parametrize("name", WEIRD_NAMES)
def test_a_weird_name_is_refused_in_words(name: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as error:
        clean_name(name)
    with translation.override("en"):
        assert WEIRD_NAMES[name] in error.value.messages[0]


@pytest.mark.parametrize("name", ["invoice\u202efdp.txt", f"{'n' * 147}.txt", "notes\x7f.txt"])
def test_a_file_with_a_weird_name_is_refused_before_it_is_read(name: str) -> None:
    file = ContentFile(b"Text", name=name)
    assert refusal_of(file)
    assert file.tell() == 0


def test_a_name_is_kept_composed() -> None:
    assert clean_name(" Mare\u0301e.txt ") == "Marée.txt"


def test_ten_mebibytes_are_kept_and_one_byte_more_is_not() -> None:
    assert refusal_of(sent("notes.txt", b"a" * (10 * MIB))) == ""
    assert "larger than 10 MiB" in refusal_of(sent("notes.txt", b"a" * (10 * MIB + 1)))
    assert "larger than 10 MiB" in refusal_of(sent("report.pdf", PDF + b"\n" * (11 * MIB)))


def test_a_size_that_lies_is_not_believed() -> None:
    file = sent("notes.txt", b"a" * (10 * MIB + 1))
    file.size = 5
    assert "larger than 10 MiB" in refusal_of(file)


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    file = hostile("a bomb")
    tracemalloc.start()
    assert refusal_of(file)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * MIB


def test_a_part_that_says_what_the_document_is_may_not_be_endless() -> None:
    endless = zipped({"[Content_Types].xml": " " * (30 * MIB)})
    assert "unpacks to far more" in refusal_of(sent("report.docx", endless))


def test_an_ordinary_document_with_pictures_is_no_bomb() -> None:
    text = b"<w:p><w:r><w:t>Quay 2 comes before quay 1.</w:t></w:r></w:p>" * 20_000
    assert refusal_of(sent("report.docx", office("docx", {"word/document.xml": text + bytes(range(256)) * 2000}))) == ""


@pytest.mark.parametrize(("size", "kept"), [(10 * MIB, 10 * MIB), (10 * MIB + 1, 0), (30 * MIB, 0)])
def test_an_upload_beyond_the_limit_is_not_held_in_memory(size: int, kept: int) -> None:
    handler = BoundedUpload()
    handler.new_file("file", "notes.txt", "text/plain", None)
    tracemalloc.start()
    for start in range(0, size, 64 * 1024):
        handler.receive_data_chunk(b"a" * min(64 * 1024, size - start), start)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    file = handler.file_complete(size)
    assert (file.size, len(file.read())) == (size, kept)
    assert peak < 13 * MIB
    assert ("larger than 10 MiB" in refusal_of(file)) == (kept == 0)
